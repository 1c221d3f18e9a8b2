import type { Ticket } from '../../port.ts';

/** More than a person reads; what is older is dropped where none of it could be told yet. */
const MOST_WORDS = 5;

/** What somebody in charge wants of one session, from its admission on. */
export class StandingOrders {
  #pausedBecause: string | undefined;
  #words: string[] = [];
  #changed: () => void = () => {};

  constructor(ticket: Pick<Ticket, 'orders'>) {
    ticket.orders?.(({ kind, sentence }) => {
      if (kind === 'pause') this.#pausedBecause = sentence;
      else if (kind === 'resume') this.#pausedBecause = undefined;
      else {
        this.#words.push(sentence);
        if (this.#words.length > MOST_WORDS) this.#words.shift();
      }
      this.#changed();
    });
  }

  /** Why nothing may flow; undefined: it may. */
  get pausedBecause(): string | undefined {
    return this.#pausedBecause;
  }

  /** What the person was not told yet. Whoever takes it tells it. */
  takeWords(): readonly string[] {
    return this.#words.splice(0);
  }

  /** Has `changed` called after each order from now on. */
  serve(changed: () => void): void {
    this.#changed = changed;
  }
}
