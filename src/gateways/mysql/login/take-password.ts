import type { TLSSocket } from 'node:tls';
import type { ByteReader } from '../../database/index.ts';
import { packet } from '../wire/packets.ts';
import type { ClientHandshake } from './read-handshake.ts';
import { CLEAR_WAY, FULL_WAY, loginMessage, newScramble } from './receive-client.ts';

const LONGEST = 1024;
/** "Say the password itself": what `caching_sha2_password` asks where it has no quicker way. */
const SAY_IT = Buffer.from([0x01, 0x04]);

/** What a client answered, and the number of the packet that comes next. */
export interface TakenPassword {
  /** The caller's to wipe. */
  readonly password: Buffer;
  readonly sequence: number;
}

/**
 * Asks for the password itself, over TLS always: digests of it, which are all a challenge would show, cannot be held
 * against what is kept of a gateway password. Undefined: the client left, has none, or said something else.
 */
export async function takePassword(
  socket: TLSSocket,
  reader: ByteReader,
  client: { readonly handshake: ClientHandshake; readonly sequence: number },
): Promise<TakenPassword | undefined> {
  const { handshake } = client;
  let { sequence } = client;
  if (reader.waiting > 0) return undefined;
  const way = handshake.way === CLEAR_WAY ? CLEAR_WAY : FULL_WAY;
  let hasPassword = handshake.hasPassword || way === CLEAR_WAY;
  if (way === CLEAR_WAY || handshake.way !== FULL_WAY) {
    const question = way === CLEAR_WAY ? Buffer.alloc(0) : Buffer.concat([newScramble(), Buffer.alloc(1)]);
    socket.write(packet(sequence, Buffer.from([0xfe]), Buffer.from(`${way}\0`), question));
    const answer = await loginMessage(reader, sequence + 1);
    if (answer === undefined) return undefined;
    sequence += 2;
    if (way === CLEAR_WAY) return said(answer, sequence);
    hasPassword = answer.length > 1;
  }
  if (!hasPassword) return undefined;
  socket.write(packet(sequence, SAY_IT));
  const answer = await loginMessage(reader, sequence + 1);
  return answer === undefined ? undefined : said(answer, sequence + 2);
}

function said(answer: Buffer, sequence: number): TakenPassword | undefined {
  const password = Buffer.from(answer.subarray(0, -1));
  const whole = answer.length > 1 && answer.length <= LONGEST && answer.at(-1) === 0;
  answer.fill(0);
  if (whole && !password.includes(0)) return { password, sequence };
  password.fill(0);
  return undefined;
}
