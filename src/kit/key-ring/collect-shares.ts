import { joinKey, placeOfShare, readShare, rootKeyInMemory, type RootKeyInReach } from '#kit/crypto/index.ts';
import { AppError } from '#kit/errors/index.ts';
import type { RootKeyRow } from './store.ts';

/** How far the shares have come. */
export interface ShareProgress {
  readonly entered: number;
  readonly needed: number;
  /** There once there are enough: the root key, the caller's to use and close. */
  readonly key?: RootKeyInReach | undefined;
}

/** Shares that were entered do not lie about for longer. */
const KEPT_MS = 15 * 60_000;

/** The shares entered in this process towards opening a ring. Each is known by its digest, so a wrong one never counts. */
export class CollectedShares {
  readonly #entered = new Map<number, string>();
  #timer: NodeJS.Timeout | undefined;

  get entered(): number {
    return this.#entered.size;
  }

  /** Takes a share. Throws 422 for what is no share, and `root_key.share_is_of_another` (409) for one of another key. */
  async enter(root: RootKeyRow, typed: string): Promise<ShareProgress> {
    const { text, id } = readShare(typed);
    const { threshold = 0, shares = [] } = root.settings;
    const place = id === root.id ? placeOfShare(text, shares) : undefined;
    if (place === undefined) {
      throw new AppError({
        code: 'root_key.share_is_of_another',
        status: 409,
        detail: 'this is no share of the root key that is in use',
        fix: 'look for the one that was handed out last',
      });
    }
    this.#entered.set(place, text);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.forget(), KEPT_MS);
    this.#timer.unref();
    if (this.#entered.size < threshold) return { entered: this.#entered.size, needed: threshold };
    const all = [...this.#entered.values()].slice(0, threshold);
    this.forget();
    return { entered: threshold, needed: threshold, key: rootKeyInMemory(await joinKey(root.id, all)) };
  }

  forget(): void {
    clearTimeout(this.#timer);
    this.#entered.clear();
  }
}
