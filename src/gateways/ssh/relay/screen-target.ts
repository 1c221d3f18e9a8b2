import type { Client } from 'ssh2';
import { countRekeys } from '../wire/count-rekeys.ts';
import { readEow } from '../wire/encode.ts';
import { screenMessages, socketOf } from '../wire/ssh2-surface.ts';
import { holdUnread } from './flow.ts';

const GLOBAL = 80;
const OPEN_CONFIRMATION = 91;

/** What a target may do that its session has to hear of. */
export interface TargetEvents {
  /** It no longer reads what a channel is sent. */
  readonly stopsReading: (channel: number) => void;
  /** It opened a channel of ours, and has heard nothing in it yet. */
  readonly opened: (client: Client, ours: number, theirs: number) => void;
  /** It breaks the protocol after the login. */
  readonly violation: () => void;
}

/**
 * Judges each message of a target before ssh2 sees it. Before the login nothing of the connection protocol passes, and
 * after it nothing of the login: a target that asks for the credential a second time is answered by nobody. `early`
 * hears of the first. A target that makes us answer and does not read, or changes keys without end, is held back like
 * a client that does.
 */
export function screenTarget(
  client: Client,
  on: TargetEvents & { readonly early: () => void },
): { readonly loggedIn: () => void } {
  const checkUnread = holdUnread(socketOf(client));
  let loggedIn = false;
  let broken = false;
  const violation = (): void => {
    broken = true;
    if (loggedIn) on.violation();
    else on.early();
  };
  countRekeys(client, violation);
  screenMessages(client, (payload) => {
    if (broken) return false;
    const type = payload[0] ?? 0;
    if (!loggedIn) {
      if (type > GLOBAL) violation();
      return type < GLOBAL; // OpenSSH announces its host keys early at times
    }
    if (type >= 50 && type < GLOBAL) {
      violation();
      return false;
    }
    checkUnread();
    if (type === OPEN_CONFIRMATION && payload.length >= 9)
      on.opened(client, payload.readUInt32BE(1), payload.readUInt32BE(5));
    const eow = readEow(payload);
    if (eow !== undefined) on.stopsReading(eow);
    return !announcesHostKeys(payload);
  });
  return {
    loggedIn: () => {
      loggedIn = true;
    },
  };
}

const HOST_KEYS = Buffer.from('hostkeys-00@openssh.com');
/** OpenSSH offers its other host keys for a known_hosts file. Pins are changed by people, not by targets. */
const announcesHostKeys = (payload: Buffer): boolean =>
  payload[0] === GLOBAL && payload.subarray(5, 5 + HOST_KEYS.length).equals(HOST_KEYS);
