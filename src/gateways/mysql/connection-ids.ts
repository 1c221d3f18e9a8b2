import type { Log } from '#kit/log/index.ts';
import type { KillWanted } from './statements/what-it-ends.ts';

/** Whose a session is, and what it is on its target. */
export interface KnownConnection {
  readonly identityId: string;
  readonly account: string;
  readonly system: string;
  readonly address: string;
  /** On its server, as `connection_id()` and lists of processes there have it. */
  readonly threadId: number;
  /** Whether what it runs may be stopped now. */
  readonly passes: () => boolean;
}

/** Numbers of servers' own connections are smaller. */
const FIRST_OF_OURS = 2 ** 31;

/**
 * The numbers that clients of this gateway were greeted with, by which they ask for what they run to be stopped: each is
 * good for the same person at the same account from the same address, and for nobody else.
 */
export class ConnectionIds {
  readonly #known = new Map<number, KnownConnection>();
  readonly #log: Log;
  readonly #metrics: { cancels: number; cancelsRefused: number };

  constructor(log: Log, metrics: { cancels: number; cancelsRefused: number }) {
    this.#log = log;
    this.#metrics = metrics;
  }

  /** False where the number is taken. */
  register(id: number, connection: KnownConnection): boolean {
    if (this.#known.has(id)) return false;
    this.#known.set(id, connection);
    return true;
  }

  forget(id: number): void {
    this.#known.delete(id);
  }

  /**
   * What a KILL comes to for who asks: the same of the target's number. Undefined where the number is none of this gateway's,
   * and what the server allows the account is the asker's to do. On an account that others use too it is not: there the
   * server's number has to be of a session of the same person's as well.
   */
  resolve(
    { what, id }: KillWanted,
    by: Omit<KnownConnection, 'threadId' | 'passes'>,
    shared: boolean,
  ): { readonly text: string } | { readonly refused: string } | undefined {
    const serversOwn = id < FIRST_OF_OURS;
    const isOwn = (one: KnownConnection): boolean =>
      one.identityId === by.identityId &&
      one.account === by.account &&
      one.system === by.system &&
      one.address === by.address;
    const one = serversOwn
      ? [...this.#known.values()].find((known) => known.threadId === id && isOwn(known))
      : this.#known.get(id);
    if (serversOwn && one === undefined && !shared) return undefined;
    if (one === undefined || !isOwn(one)) {
      this.#metrics.cancelsRefused += 1;
      if (one !== undefined)
        this.#log.warn("mysql: a kill of somebody else's session was refused", { address: by.address });
      return { refused: `unknown connection ${id}` };
    }
    if (!one.passes()) {
      this.#metrics.cancelsRefused += 1;
      return { refused: 'that session is paused, so nothing was stopped' };
    }
    this.#metrics.cancels += 1;
    return { text: `KILL ${what.toUpperCase()} ${one.threadId}` };
  }
}
