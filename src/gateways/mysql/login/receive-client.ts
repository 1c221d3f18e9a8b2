import { randomBytes, randomInt } from 'node:crypto';
import type { Socket } from 'node:net';
import type { SecureContext, TLSSocket } from 'node:tls';
import { ByteReader, secured } from '../../database/index.ts';
import { OFFERED, STATUS } from '../wire/capabilities.ts';
import { packet } from '../wire/packets.ts';
import { asksForTls, readHandshake, type ClientHandshake } from './read-handshake.ts';

/** What a connection turned out to be. */
export type Received =
  | {
      readonly kind: 'client';
      readonly socket: TLSSocket;
      readonly reader: ByteReader;
      readonly handshake: ClientHandshake;
      /** The number of the next packet of either side. */
      readonly sequence: number;
    }
  /** It wants to go on in clear; `sequence` is that of the answer. */
  | { readonly kind: 'unsafe'; readonly sequence: number }
  | { readonly kind: 'gone' };

/** The way clients are asked to prove their password by: over TLS it ends with the password itself. */
export const FULL_WAY = 'caching_sha2_password';
/** For clients that were told to send it as it is, and over TLS do. */
export const CLEAR_WAY = 'mysql_clear_password';
/** Longest message of a log-in; attributes of a client's may be of 64 KiB. */
const LONGEST = 80 * 1024;
/** utf8mb4_general_ci */
const COLLATION = 45;

/** Ids of connections here: in the upper half, where no server's own are, so that a `KILL` of one is never of another. */
export const newConnectionId = (): number => randomInt(2 ** 31, 2 ** 32 - 1);

/** A question of twenty bytes, none of which ends a text. */
export const newScramble = (): Buffer => Buffer.from(randomBytes(20).map((byte) => (byte % 127) + 1));

/** One message of a log-in that has to come next. Undefined: the client is gone. */
export async function loginMessage(reader: ByteReader, sequence: number): Promise<Buffer | undefined> {
  const message = await reader.message((begun) => {
    if (begun.length < 4) return undefined;
    const length = begun.readUIntLE(0, 3);
    if (length > LONGEST) throw new Error(`a message of the log-in says it has ${length} bytes`);
    if (begun[3] !== (sequence & 0xff)) throw new Error('the packets of the log-in come out of order');
    return length + 4;
  });
  return message?.subarray(4);
}

/** The first word, which is the server's: version 10 of the handshake. */
export function greeting(version: string, connectionId: number, scramble: Buffer): Buffer {
  const id = Buffer.alloc(4);
  id.writeUInt32LE(connectionId);
  const flags = Buffer.alloc(7);
  flags.writeUInt16LE(OFFERED & 0xffff, 0);
  flags[2] = COLLATION;
  flags.writeUInt16LE(STATUS.autocommit, 3);
  flags.writeUInt16LE(OFFERED >>> 16, 5);
  return packet(
    0,
    Buffer.from([10]),
    Buffer.from(`${version}\0`),
    id,
    scramble.subarray(0, 8),
    Buffer.alloc(1),
    flags,
    Buffer.from([scramble.length + 1]),
    Buffer.alloc(10),
    scramble.subarray(8),
    Buffer.alloc(1),
    Buffer.from(`${FULL_WAY}\0`),
  );
}

/** Greets a client and takes its handshake over TLS. Throws for what is no client of this protocol; the caller closes the connection. */
export async function receiveClient(
  socket: Socket,
  context: SecureContext,
  hello: { readonly version: string; readonly connectionId: number; readonly scramble: Buffer },
): Promise<Received> {
  const clear = new ByteReader(socket);
  socket.write(greeting(hello.version, hello.connectionId, hello.scramble));
  const first = await loginMessage(clear, 1);
  if (first === undefined) return { kind: 'gone' };
  if (!asksForTls(first)) return { kind: 'unsafe', sequence: 2 };
  // no answer comes between, so TLS may have begun already: what it cannot take for its own ends the connection, and
  // nothing that was sent in clear is taken for something that came over TLS (CVE-2021-23214)
  const begun = clear.release();
  if (begun.length > 0) socket.unshift(begun);
  const over = await secured(socket, context);
  if (over === undefined) return { kind: 'gone' };
  const reader = new ByteReader(over);
  const second = await loginMessage(reader, 2);
  if (second === undefined) return { kind: 'gone' };
  return { kind: 'client', socket: over, reader, handshake: readHandshake(second), sequence: 3 };
}
