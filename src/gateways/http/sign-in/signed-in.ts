import { createHash, randomBytes } from 'node:crypto';
import type { WebSession } from '../relay/web-session.ts';

/** How long it is remembered why a session ended, for whoever comes back to it. */
const REMEMBERED_MS = 10 * 60_000;
const MOST_REMEMBERED = 5_000;

const keyOf = (secret: string): string => createHash('sha256').update(secret).digest('base64');

/** What a token or password leads to. */
export type Found =
  | { readonly session: WebSession }
  | { readonly endedBecause: string }
  | { readonly elsewhere: WebSession }
  | undefined;

/** Which session is whose, by digests of what names them; nothing of it leaves this process. */
export class SignedIn {
  readonly #by = new Map<string, WebSession>();
  readonly #ended = new Map<string, { readonly sentence: string; readonly until: number }>();
  readonly #opening = new Map<string, Promise<Opened>>();

  /** A fresh name for a session, for a cookie. */
  issue(session: WebSession): string {
    const token = randomBytes(32).toString('base64url');
    this.#by.set(keyOf(token), session);
    return token;
  }

  /** What is named so, on this site and from this address; from elsewhere nothing is said of it. */
  find(secret: string, site: string, address: string): Found {
    const key = keyOf(secret);
    const session = this.#by.get(key);
    if (session !== undefined)
      return session.site === site && session.address === address ? { session } : { elsewhere: session };
    const ended = this.#ended.get(key);
    return ended === undefined || ended.until < performance.now() ? undefined : { endedBecause: ended.sentence };
  }

  /** The session a password opens: of many requests that bring it at once, the first opens it for all. */
  async openOnce(
    password: string,
    site: string,
    address: string,
    open: () => Promise<Opened>,
  ): Promise<Found | Opened> {
    const found = this.find(password, site, address);
    if (found !== undefined) return found;
    const key = keyOf(password);
    const opening = this.#opening.get(key);
    if (opening !== undefined) {
      await opening;
      return this.find(password, site, address);
    }
    const begun = open().finally(() => this.#opening.delete(key));
    this.#opening.set(key, begun);
    const opened = await begun;
    if ('session' in opened && !opened.session.over) this.#by.set(key, opened.session);
    return opened;
  }

  /** Forgets a session that is over, and remembers why. */
  forget(session: WebSession, sentence: string): void {
    for (const [key, one] of this.#by) {
      if (one !== session) continue;
      this.#by.delete(key);
      this.#ended.set(key, { sentence, until: performance.now() + REMEMBERED_MS });
    }
    for (const key of this.#ended.keys()) {
      if (this.#ended.size <= MOST_REMEMBERED) break;
      this.#ended.delete(key);
    }
  }

  get sessions(): ReadonlySet<WebSession> {
    return new Set(this.#by.values());
  }
}

/** What came of opening a session. */
export type Opened =
  | { readonly session: WebSession }
  | { readonly refused: { readonly status: number; readonly code: string; readonly sentence: string } };
