import type { TLSSocket } from 'node:tls';
import type { ByteReader } from '../../database/index.ts';
import { askPassword, T } from '../wire/messages.ts';

const LONGEST = 1024;

/** Asks for the password, over TLS always. Undefined: the client left, or said something else. The bytes are the caller's to wipe. */
export async function takePassword(socket: TLSSocket, reader: ByteReader): Promise<Buffer | undefined> {
  if (reader.waiting > 0) return undefined;
  socket.write(askPassword);
  const message = await reader.message((begun) => {
    if (begun.length < 5) return undefined;
    const length = begun.readUInt32BE(1);
    if (begun[0] !== T.password || length < 5 || length > LONGEST) throw new Error('this is no password message');
    return length + 1;
  });
  if (message === undefined) return undefined;
  if (message.at(-1) !== 0) throw new Error('this is no password message');
  const password = Buffer.from(message.subarray(5, -1));
  message.fill(0);
  return password.includes(0) ? undefined : password;
}
