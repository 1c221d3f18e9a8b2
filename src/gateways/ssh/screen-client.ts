import type { Connection } from 'ssh2';
import { holdUnread } from './relay/flow.ts';
import { refuseOpen, screenMessages, socketOf, whenAsked } from './wire/ssh2-surface.ts';
import { plain } from './tell.ts';
import { countRekeys } from './wire/count-rekeys.ts';
import { readEow } from './wire/encode.ts';

const OPEN = 90;
const GLOBAL = 80;
const CLOSE = 97;
const NOT_ALLOWED = 1;

/** The message being handled just now, for what ssh2 does not hand on. */
let current: Buffer = Buffer.alloc(0);
export const currentMessage = (): Buffer => current;

/**
 * Judges each message of a client before ssh2 sees it. Before login only what a login needs passes, and anything else
 * ends the connection (CVE-2018-10933, CVE-2025-32433); after it, only the connection protocol. Channels of a kind the
 * gateway never opens are refused here, with words the person's client shows.
 */
export function screenClient(
  conn: Connection,
  on: {
    readonly violation: (what: string) => void;
    readonly refused: (what: string) => void;
    /** Undefined: nobody knows yet, and `whenDecided` calls back with why not, or with nothing when it may. */
    readonly mayForward: (host: string, port: number) => boolean | undefined;
    readonly whenDecided: (host: string, port: number, then: (refusal?: string) => void) => void;
    /** The client reads no more of channel `id`. */
    readonly stopsReading: (id: number) => void;
    /** The client closes channel `id`. True: it will be `handOn`ed to ssh2 later. */
    readonly closes: (id: number, handOn: () => void) => boolean;
  },
): { readonly loggedIn: () => void } {
  const socket = socketOf(conn);
  const checkUnread = holdUnread(socket);
  let loggedIn = false;
  let broken = false;
  const violation = (what: string): void => {
    broken = true;
    on.violation(what);
  };
  // One who is asked nothing has nothing to answer: ssh2 would leave it waiting until the door closes.
  let answersDue = 0;
  whenAsked(conn, () => {
    answersDue += 1;
  });
  const isDue = (payload: Buffer): boolean => {
    if (answersDue === 0 || !isAnswer(payload)) return false;
    answersDue -= 1;
    return true;
  };
  countRekeys(conn, () => violation('too many key exchanges'));

  const handOn = screenMessages(conn, (payload) => {
    if (broken) return false; // what came in the same breath as a violation is not heard
    const type = payload[0] ?? 0;
    current = payload;
    if (!loggedIn) {
      const expected = (type >= 1 && type <= 5) || type === 7 || type === 20 || type === 50 || isDue(payload);
      if (!expected) violation(`message ${type} before login`);
      return expected;
    }
    if (type >= 50 && type < GLOBAL) {
      if (type === 50) return false; // RFC 4252 §5.3: a late login request is ignored
      violation(`message ${type} after login`);
      return false;
    }
    checkUnread();
    const eow = readEow(payload);
    if (eow !== undefined) on.stopsReading(eow);
    if (type === OPEN) return judgeOpen(conn, payload, on, handOnLater);
    if (type === CLOSE && payload.length >= 5) return !on.closes(payload.readUInt32BE(1), handOnLater(payload));
    if (type === GLOBAL) noteGlobal(payload, on.refused);
    return type <= 4 || type === 7 || type === 20 || (type >= GLOBAL && type <= 100);
  });
  const handOnLater = (payload: Buffer): (() => void) => {
    const kept = Buffer.from(payload);
    return () => handOn(kept);
  };
  return {
    loggedIn: () => {
      loggedIn = true;
    },
  };
}

const INFO_RESPONSE = 61;
const LONGEST_ANSWER = 256;

/** At most one short answer to keyboard-interactive (RFC 4256 §3.4), whole and nothing more: nobody is asked two things. */
function isAnswer(payload: Buffer): boolean {
  if (payload[0] !== INFO_RESPONSE || payload.length < 5) return false;
  const answers = payload.readUInt32BE(1);
  if (answers === 0) return payload.length === 5;
  if (answers !== 1 || payload.length < 9) return false;
  const length = payload.readUInt32BE(5);
  return length <= LONGEST_ANSWER && payload.length === 9 + length;
}

function judgeOpen(
  conn: Connection,
  payload: Buffer,
  on: Pick<Parameters<typeof screenClient>[1], 'refused' | 'mayForward' | 'whenDecided'>,
  handOnLater: (payload: Buffer) => () => void,
): boolean {
  const kind = textAt(payload, 1);
  if (kind === undefined || kind.end + 12 > payload.length) return true; // malformed: ssh2 breaks off
  if (kind.value === 'session') return true;
  const sender = payload.readUInt32BE(kind.end);
  let what = kind.value;
  if (kind.value === 'direct-tcpip') {
    const host = textAt(payload, kind.end + 12);
    if (host === undefined || host.end + 4 > payload.length) return true;
    const port = payload.readUInt32BE(host.end);
    const may = on.mayForward(host.value, port);
    if (may === true) return true;
    if (may === undefined) {
      const handOn = handOnLater(payload);
      on.whenDecided(host.value, port, (refusal) => {
        if (refusal === undefined) handOn();
        else refuseOpen(conn, sender, NOT_ALLOWED, refusal);
      });
      return false;
    }
    what = `forward to ${host.value}:${port}`;
  }
  on.refused(plain(what));
  refuseOpen(conn, sender, NOT_ALLOWED, `Reeve: ${plain(what)} is not allowed in this session`);
  return false;
}

function noteGlobal(payload: Buffer, refused: (what: string) => void): void {
  const name = textAt(payload, 1)?.value ?? '';
  if (name.startsWith('streamlocal-forward')) refused(`listening on the target (${name})`);
}

function textAt(payload: Buffer, at: number): { readonly value: string; readonly end: number } | undefined {
  if (at + 4 > payload.length) return undefined;
  const end = at + 4 + payload.readUInt32BE(at);
  if (end > payload.length) return undefined;
  return { value: payload.toString('utf8', at + 4, Math.min(end, at + 4 + 512)), end };
}
