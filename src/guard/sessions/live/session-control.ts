import type { SessionOrder } from '#gateways/port.ts';

/** What holds one running session up, and how its gateway and its person hear of it. */
export class SessionControl {
  #obey: ((order: SessionOrder) => void) | undefined;
  #held: string | undefined;
  #waiting: NodeJS.Timeout | undefined;
  #needsObserver = false;

  /** Hands the session's gateway its orders from now on; at once, where it is held already. */
  readonly orders = (obey: (order: SessionOrder) => void): void => {
    this.#obey = obey;
    if (this.#held !== undefined) obey({ kind: 'pause', sentence: this.#held });
  };

  get held(): boolean {
    return this.#held !== undefined;
  }

  get needsObserver(): boolean {
    return this.#needsObserver;
  }

  /** It goes on only while somebody observes it; from the start nobody does. */
  needObserver(): void {
    this.#needsObserver = true;
  }

  /** Nothing flows from now on. Said again only where the reason is another. */
  hold(because: string): void {
    const sentence = `Reeve: ${because}`;
    if (this.#held === sentence) return;
    this.#held = sentence;
    this.#obey?.({ kind: 'pause', sentence });
  }

  release(because: string): void {
    if (this.#held === undefined) return;
    this.#held = undefined;
    this.#obey?.({ kind: 'resume', sentence: `Reeve: ${because}` });
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
