import { createHash } from 'node:crypto';

/** Message numbers of the agent protocol (draft-ietf-sshm-ssh-agent §6.1; OpenSSH PROTOCOL.agent). */
export const AGENT = {
  failure: 5,
  success: 6,
  list: 11,
  listed: 12,
  sign: 13,
  signed: 14,
  extension: 27,
  extensionFailure: 28,
} as const;

/** Longest message OpenSSH's agent takes (AGENT_MAX_LEN). */
export const LONGEST_MESSAGE = 256 * 1024;

/** What a program on a target asks of somebody's agent. */
export type AgentRequest =
  | { readonly kind: 'list' }
  /** `fingerprint` is of the key that is to sign; `toReeve`: what is signed would let somebody in to Reeve. */
  | { readonly kind: 'sign'; readonly fingerprint: string; readonly what: string; readonly toReeve: boolean }
  /** OpenSSH binds the agent to the host it speaks for (session-bind@openssh.com), which can only narrow what it signs. */
  | { readonly kind: 'bind' }
  | { readonly kind: 'other'; readonly what: string };

const BIND = 'session-bind@openssh.com';
const USERAUTH_REQUEST = 50;
const SSHSIG = 'SSHSIG';
/** Kinds of what Reeve itself has signed, by which a host says who it is. */
const REEVES_OWN = /^reeve-/;
const OTHERS: Readonly<Record<number, string>> = {
  17: 'to be given a key',
  18: 'to lose a key',
  19: 'to lose all keys',
  20: 'to be given a key of a card',
  21: 'to lose a key of a card',
  22: 'to be locked',
  23: 'to be unlocked',
  25: 'to be given a key for a while',
  26: 'to be given a key of a card for a while',
};

/** Reads one request, from its number on. What is not understood is `other`. */
export function readAgentRequest(message: Buffer): AgentRequest {
  const type = message[0] ?? 0;
  if (type === AGENT.list && message.length === 1) return { kind: 'list' };
  if (type === AGENT.sign) {
    const key = stringAt(message, 1);
    const data = key === undefined ? undefined : stringAt(message, key.end);
    if (key === undefined || data === undefined || data.end + 4 !== message.length)
      return { kind: 'other', what: 'something that is no request' };
    const fingerprint = `SHA256:${createHash('sha256').update(key.value).digest('base64').replace(/=+$/, '')}`;
    return { kind: 'sign', fingerprint, ...readSigned(data.value) };
  }
  if (type === AGENT.extension) {
    const name = stringAt(message, 1)?.value.toString('latin1');
    if (name === BIND) return { kind: 'bind' };
    return { kind: 'other', what: `the extension ${name?.slice(0, 64) ?? ''}` };
  }
  return { kind: 'other', what: OTHERS[type] ?? `message ${String(type)}` };
}

/**
 * What a signature would be for: a login (RFC 4252 §7: session id, request, user, service), a signed file (OpenSSH
 * PROTOCOL.sshsig: a namespace), or something else. Login names of Reeve's gateways hold @ or %, and no account's does.
 */
function readSigned(data: Buffer): { readonly what: string; readonly toReeve: boolean } {
  if (data.toString('latin1', 0, SSHSIG.length) === SSHSIG) {
    const namespace = stringAt(data, SSHSIG.length)?.value.toString('utf8').slice(0, 64);
    if (namespace === undefined) return { what: 'other data', toReeve: false };
    return { what: `something of the kind ${namespace}`, toReeve: REEVES_OWN.test(namespace) };
  }
  const session = stringAt(data, 0);
  if (session === undefined || data[session.end] !== USERAUTH_REQUEST) return { what: 'other data', toReeve: false };
  const user = stringAt(data, session.end + 1)
    ?.value.toString('utf8')
    .slice(0, 255);
  if (user === undefined) return { what: 'other data', toReeve: false };
  return { what: `a login as ${user}`, toReeve: /[@%]/.test(user) };
}

function stringAt(from: Buffer, at: number): { readonly value: Buffer; readonly end: number } | undefined {
  if (at + 4 > from.length) return undefined;
  const end = at + 4 + from.readUInt32BE(at);
  return end > from.length ? undefined : { value: from.subarray(at + 4, end), end };
}

/** Whoever speaks to an agent waits for its answer; one that sends more than this meanwhile is not one of them. */
const MOST_WAITING = 2 * (4 + LONGEST_MESSAGE);

/**
 * Cuts a stream of agent messages, each behind its length, however it is cut into pieces. What it costs grows with the
 * bytes and not with the pieces: a target may send them one at a time.
 */
export class AgentMessages {
  #kept: Buffer = Buffer.alloc(0);
  #from = 0;
  #to = 0;

  /** Keeps a copy of `chunk`. Throws RangeError where more would wait than anybody sends. */
  add(chunk: Buffer): void {
    const waiting = this.#to - this.#from;
    if (waiting + chunk.length > MOST_WAITING) throw new RangeError('more agent messages than wait for an answer');
    if (this.#to + chunk.length > this.#kept.length) {
      // twice as long at least, so that each byte is moved a few times at most
      const roomy = Buffer.allocUnsafe(Math.max(1024, 2 * (waiting + chunk.length)));
      this.#kept.copy(roomy, 0, this.#from, this.#to);
      [this.#kept, this.#from, this.#to] = [roomy, 0, waiting];
    }
    this.#to += chunk.copy(this.#kept, this.#to);
  }

  /** The next whole message, from its number on; undefined: there is none yet. Throws RangeError for what can be none. */
  next(): Buffer | undefined {
    const waiting = this.#to - this.#from;
    if (waiting < 4) return undefined;
    const length = this.#kept.readUInt32BE(this.#from);
    if (length < 1 || length > LONGEST_MESSAGE) throw new RangeError(`an agent message of ${String(length)} bytes`);
    if (waiting < 4 + length) return undefined;
    const begin = this.#from + 4;
    this.#from = begin + length;
    return Buffer.from(this.#kept.subarray(begin, this.#from));
  }
}
