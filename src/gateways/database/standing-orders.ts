import type { Ticket } from '../port.ts';

/** More than a person reads; what is older is dropped where none of it could be told yet. */
const MOST_WORDS = 20;

/** What somebody in charge wants of one session: kept from its admission on, for whoever serves it at the moment. */
export class StandingOrders {
  #paused = false;
  #words: string[] = [];
  #refusedCancel = false;
  #changed: () => void = () => {};

  constructor(ticket: Pick<Ticket, 'orders'>) {
    ticket.orders?.(({ kind, sentence }) => {
      if (kind !== 'message') {
        this.#paused = kind === 'pause';
        this.#refusedCancel = false;
      }
      this.#say(sentence);
    });
  }

  /** Nothing may flow. */
  get paused(): boolean {
    return this.#paused;
  }

  /** There is something the person was not told yet. */
  get untold(): boolean {
    return this.#words.length > 0;
  }

  /** What they were not told yet. Whoever takes it tells it. */
  takeWords(): readonly string[] {
    return this.#words.splice(0);
  }

  /** Has `changed` called after each order from now on. */
  serve(changed: () => void): void {
    this.#changed = changed;
  }

  /**
   * Whether a cancel may go to the target now. A paused session's may not, and is not kept either: what it meant may be
   * over by then, and it would stop something else. The protocol has no answer to a cancel, so the person is told by a notice, once.
   */
  letsCancel(): boolean {
    if (!this.#paused) return true;
    if (!this.#refusedCancel) {
      this.#refusedCancel = true;
      this.#say(
        'Reeve: the session is paused, so nothing was cancelled; what you sent meanwhile waits. Leave, and it never runs.',
      );
    }
    return false;
  }

  #say(sentence: string): void {
    this.#words.push(sentence);
    if (this.#words.length > MOST_WORDS) this.#words.shift();
    this.#changed();
  }
}
