/** How a store fails to keep up: it takes nothing, has no room, or takes too long. */
export type BehindWhy = 'unwritable' | 'full' | 'slow';

/** Whether the store of a recording keeps up with its session; where it does not for too long, the session must end. */
export type Standing =
  | { readonly is: 'kept_up' }
  | { readonly is: 'behind'; readonly why: BehindWhy; readonly waitSeconds: number }
  | { readonly is: 'over'; readonly why: BehindWhy };

const LOOK_MS = 250;
const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** What an error of a store says of it. */
export const whyOf = (error: unknown): BehindWhy =>
  FULL.has(String((error as { code?: unknown } | null)?.code)) ? 'full' : 'unwritable';

/**
 * Notices when a store does not take what a session shows, or takes it too late; says so once, and once when it has
 * caught up. After `waitSeconds` without that it is over, for good. With 0 there is no waiting: it is over at once.
 */
export class KeepUp {
  readonly #waitSeconds: number;
  readonly #slowMs: number;
  readonly #oldest: () => number | undefined;
  readonly #say: (standing: Standing) => void;
  #why: BehindWhy | undefined;
  #over = false;
  #looking: NodeJS.Timeout | undefined;
  #waiting: NodeJS.Timeout | undefined;

  /** `slowMs`: how long something may wait to be in the store. `oldest` answers since when the oldest of what is not in the store waits. */
  constructor(parts: {
    readonly waitSeconds: number;
    readonly slowMs: number;
    readonly oldest: () => number | undefined;
    readonly say: (standing: Standing) => void;
  }) {
    this.#waitSeconds = parts.waitSeconds;
    this.#slowMs = parts.slowMs;
    this.#oldest = parts.oldest;
    this.#say = parts.say;
  }

  /** Why it is behind now; undefined: it is not. */
  get behind(): BehindWhy | undefined {
    return this.#why;
  }

  get over(): boolean {
    return this.#over;
  }

  /** Something waits to be in the store. */
  watch(): void {
    this.#looking ??= setInterval(() => this.#look(), LOOK_MS).unref();
  }

  /** The store did not take something. */
  failed(error: unknown): void {
    this.#fallBehind(whyOf(error));
  }

  /** The store took something. */
  wrote(): void {
    if (this.#why !== undefined) this.#look();
  }

  /** Nothing follows any more. */
  stop(): void {
    clearInterval(this.#looking);
    clearTimeout(this.#waiting);
    this.#looking = undefined;
  }

  #look(): void {
    const oldest = this.#oldest();
    if (oldest !== undefined && performance.now() - oldest > this.#slowMs) return this.#fallBehind('slow');
    if (oldest === undefined) {
      clearInterval(this.#looking);
      this.#looking = undefined;
      this.#catchUp();
    } else if (this.#why === 'slow') this.#catchUp();
  }

  #fallBehind(why: BehindWhy): void {
    if (this.#over || this.#why !== undefined) return;
    this.#why = why;
    if (this.#waitSeconds === 0) return this.#end();
    this.#waiting = setTimeout(() => this.#end(), this.#waitSeconds * 1000).unref();
    this.#say({ is: 'behind', why, waitSeconds: this.#waitSeconds });
  }

  #catchUp(): void {
    if (this.#over || this.#why === undefined) return;
    this.#why = undefined;
    clearTimeout(this.#waiting);
    this.#say({ is: 'kept_up' });
  }

  #end(): void {
    this.#over = true;
    this.#say({ is: 'over', why: this.#why ?? 'unwritable' });
  }
}
