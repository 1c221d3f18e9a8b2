import { randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import type { Log } from '#kit/log/index.ts';
import { dialTarget, type TargetAddress } from './relay/dial-target.ts';
import { cancelMessage } from './wire/startup.ts';

interface Entry {
  readonly secret: Buffer;
  readonly address: string;
  /** Whose, and as which account on which system. */
  readonly of: string;
  /** Of its backend, as lists of sessions on the target have it. */
  readonly backend: number;
  readonly fire: () => void;
  readonly passes: () => boolean;
}

/** The key of one session, as its client has it. */
export interface CancelKey {
  readonly pid: number;
  readonly secret: Buffer;
  /** Asks the target to stop what the session does. */
  readonly fire: () => void;
  readonly forget: () => void;
}

/** A cancel that does not leave in this time is of no use any more. */
const REACH_MS = 5_000;
const AT_ONCE = 4;

/**
 * Cancel keys of this gateway's own: a client never has that of the target's, a key is of one session and good from the
 * address of that session only, and what it stops is that session.
 */
export class CancelKeys {
  readonly #keys = new Map<number, Entry>();
  readonly #log: Log;
  constructor(log: Log) {
    this.#log = log;
  }

  issue(session: {
    readonly target: TargetAddress;
    readonly key: { readonly pid: number; readonly secret: Buffer };
    readonly address: string;
    readonly of: string;
    /** Whether the client's own may go to the target now. */
    readonly passes: () => boolean;
  }): CancelKey {
    let pid = randomInt(1, 2 ** 31 - 1);
    while (this.#keys.has(pid)) pid = randomInt(1, 2 ** 31 - 1);
    const secret = randomBytes(4);
    let going = 0;
    const fire = (): void => {
      if (going >= AT_ONCE) return;
      going += 1;
      sendCancel(session.target, session.key)
        .catch((error: unknown) =>
          this.#log.info('postgres: a cancel did not reach its target', { error: String(error) }),
        )
        .finally(() => {
          going -= 1;
        });
    };
    this.#keys.set(pid, {
      secret,
      address: session.address,
      of: session.of,
      backend: session.key.pid,
      fire,
      passes: session.passes,
    });
    return { pid, secret, fire, forget: () => void this.#keys.delete(pid) };
  }

  /** The backends of all sessions of one person on one account here. */
  backendsOf(of: string): ReadonlySet<number> {
    return new Set([...this.#keys.values()].filter((one) => one.of === of).map((one) => one.backend));
  }

  /** False where the key is of no session here, came from elsewhere than its session, or the session is paused: nothing happens then. */
  use(pid: number, secret: Buffer, address: string): boolean {
    const entry = this.#keys.get(pid);
    const good = entry !== undefined && entry.secret.length === secret.length && timingSafeEqual(entry.secret, secret);
    if (!good || entry.address !== address) {
      this.#log.warn('postgres: a cancel was refused', { address, because: good ? 'another address' : 'no such key' });
      return false;
    }
    if (!entry.passes()) return false;
    entry.fire();
    return true;
  }
}

async function sendCancel(
  target: TargetAddress,
  key: { readonly pid: number; readonly secret: Buffer },
): Promise<void> {
  const { stream } = await dialTarget(target, { targetMs: REACH_MS }, AbortSignal.timeout(REACH_MS));
  stream.end(cancelMessage(key.pid, key.secret));
  stream.resume();
  setTimeout(() => stream.destroy(), REACH_MS).unref();
}
