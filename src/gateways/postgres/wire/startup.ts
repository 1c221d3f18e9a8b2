import { cstring } from './messages.ts';

/** What a client may say first. */
export type FirstWord =
  | { readonly kind: 'tls' }
  | { readonly kind: 'gss' }
  | { readonly kind: 'cancel'; readonly pid: number; readonly secret: Buffer }
  | {
      readonly kind: 'startup';
      readonly minor: number;
      /** As sent, in order, without those of the protocol itself (`_pq_.…`). */
      readonly parameters: ReadonlyMap<string, string>;
      readonly protocolOptions: readonly string[];
    };

/** PostgreSQL's own limit (MAX_STARTUP_PACKET_LENGTH). */
const LONGEST = 10_000;
const CODES = { cancel: 80_877_102, tls: 80_877_103, gss: 80_877_104, version3: 3 } as const;

/** How many bytes the first word has: undefined while that is not known. Throws for what cannot be one. */
export function firstWordLength(buffer: Buffer): number | undefined {
  if (buffer.length < 4) return undefined;
  const length = buffer.readUInt32BE(0);
  if (length < 8 || length > LONGEST) throw new Error(`the first message says it has ${length} bytes`);
  return length;
}

/** Reads a whole first word. Throws for anything that is none. */
export function readFirstWord(message: Buffer): FirstWord {
  const code = message.readUInt32BE(4);
  if (code === CODES.tls || code === CODES.gss) {
    if (message.length !== 8) throw new Error('a request for encryption is too long');
    return { kind: code === CODES.tls ? 'tls' : 'gss' };
  }
  if (code === CODES.cancel) {
    if (message.length < 13 || message.length > 268) throw new Error('a cancel request has the wrong length');
    return { kind: 'cancel', pid: message.readInt32BE(8), secret: Buffer.from(message.subarray(12)) };
  }
  if (code >>> 16 !== CODES.version3)
    throw new Error(`the client speaks protocol ${code >>> 16}.${code & 0xffff}, which is not 3`);
  return { kind: 'startup', minor: code & 0xffff, ...readParameters(message) };
}

function readParameters(message: Buffer): { parameters: Map<string, string>; protocolOptions: string[] } {
  const parameters = new Map<string, string>();
  const protocolOptions: string[] = [];
  let at = 8;
  for (;;) {
    if (at === message.length - 1 && message[at] === 0) return { parameters, protocolOptions };
    const name = cstring(message, at, message.length);
    const value = name === undefined ? undefined : cstring(message, name.next, message.length);
    if (name === undefined || value === undefined || name.bytes.length === 0)
      throw new Error('the start-up message does not end as it should');
    const key = text(name.bytes);
    // said twice, a client and a server may take different ones
    if (parameters.has(key)) throw new Error('the start-up message names a parameter twice');
    if (key.startsWith('_pq_.')) protocolOptions.push(key);
    else parameters.set(key, text(value.bytes));
    at = value.next;
  }
}

const strict = new TextDecoder('utf-8', { fatal: true });
const text = (bytes: Buffer): string => strict.decode(bytes);

/** The message by which a session begins, with the parameters that are passed on. */
export function startupMessage(parameters: ReadonlyMap<string, string>): Buffer {
  const body = Buffer.from(`${[...parameters].map(([name, value]) => `${name}\0${value}\0`).join('')}\0`);
  const head = Buffer.allocUnsafe(8);
  head.writeUInt32BE(8 + body.length, 0);
  head.writeUInt32BE(CODES.version3 << 16, 4);
  return Buffer.concat([head, body]);
}

/** Asks a server to cancel what the session of this key does. */
export function cancelMessage(pid: number, secret: Buffer): Buffer {
  const head = Buffer.allocUnsafe(12);
  head.writeUInt32BE(12 + secret.length, 0);
  head.writeUInt32BE(CODES.cancel, 4);
  head.writeInt32BE(pid, 8);
  return Buffer.concat([head, secret]);
}

export const tlsRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
