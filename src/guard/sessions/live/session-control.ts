import type { SessionOrder } from '#gateways/port.ts';

/** What can hold a session up: those in charge with its observers, and the store of its recording. */
type HeldBy = 'orders' | 'recording';

/** What holds one running session up, and how its gateway and its person hear of it. */
export class SessionControl {
  #obey: ((order: SessionOrder) => void) | undefined;
  readonly #held = new Map<HeldBy, string>();
  #waiting: NodeJS.Timeout | undefined;
  #needsObserver = false;

  /** Hands the session's gateway its orders from now on; at once, where it is held already. */
  readonly orders = (obey: (order: SessionOrder) => void): void => {
    this.#obey = obey;
    for (const sentence of this.#held.values()) obey({ kind: 'pause', sentence });
  };

  get held(): boolean {
    return this.#held.size > 0;
  }

  get needsObserver(): boolean {
    return this.#needsObserver;
  }

  /** It goes on only while somebody observes it; from the start nobody does. */
  needObserver(): void {
    this.#needsObserver = true;
  }

  /** Nothing flows from now on. Said again only where the reason is another. */
  hold(because: string, by: HeldBy = 'orders'): void {
    const sentence = `Reeve: ${because}`;
    if (this.#held.get(by) === sentence) return;
    this.#held.set(by, sentence);
    this.#obey?.({ kind: 'pause', sentence });
  }

  /** Goes on, unless something else holds it: then the person is told of that again. */
  release(because: string, by: HeldBy = 'orders'): void {
    if (!this.#held.delete(by)) return;
    const [still] = this.#held.values();
    this.#obey?.(
      still === undefined ? { kind: 'resume', sentence: `Reeve: ${because}` } : { kind: 'pause', sentence: still },
    );
  }

  tell(words: string): void {
    this.#obey?.({ kind: 'message', sentence: `Reeve: ${words}` });
  }

  /** Nobody observes it: `over` is called after so long, unless somebody does before. Asked again, the first time counts. */
  waitFor(seconds: number, over: () => void): void {
    this.#waiting ??= setTimeout(over, seconds * 1000).unref();
  }

  waitNoMore(): void {
    clearTimeout(this.#waiting);
    this.#waiting = undefined;
  }

  /** The session is over; nothing more is called. */
  over(): void {
    this.waitNoMore();
    this.#obey = undefined;
  }
}
