import type { Socket } from 'node:net';
import type { SecureContext, TLSSocket } from 'node:tls';
import { ByteReader, secured } from '../../database/index.ts';
import { firstWordLength, readFirstWord, type FirstWord } from '../wire/startup.ts';

/** What a connection turned out to be: one that wants a session, over TLS, or one that cancels. */
export type Received =
  | {
      readonly kind: 'startup';
      readonly socket: TLSSocket;
      readonly reader: ByteReader;
      readonly startup: Extract<FirstWord, { kind: 'startup' }>;
    }
  | { readonly kind: 'cancel'; readonly pid: number; readonly secret: Buffer }
  | { readonly kind: 'unsafe' }
  | { readonly kind: 'gone' };

const NO = Buffer.from('N');
const YES = Buffer.from('S');

/** Up to the start-up message. Throws for what is no client of this protocol; the caller closes the connection. */
export async function receiveClient(socket: Socket, context: SecureContext): Promise<Received> {
  let reader = new ByteReader(socket);
  let over: TLSSocket | undefined;
  for (let asked = 0; asked < 4; asked += 1) {
    const message = await reader.message(firstWordLength);
    if (message === undefined) return { kind: 'gone' };
    const word = readFirstWord(message);
    if (word.kind === 'cancel') return word;
    if (word.kind === 'startup')
      return over === undefined ? { kind: 'unsafe' } : { kind: 'startup', socket: over, reader, startup: word };
    if (over !== undefined) throw new Error('encryption within encryption');
    // CVE-2021-23214: what was sent in clear must never be taken for something that came over TLS
    if (reader.waiting > 0) throw new Error('the client sent data before encryption began');
    if (word.kind === 'gss') socket.write(NO);
    else {
      reader.release();
      socket.write(YES);
      over = await secured(socket, context, ['postgresql']);
      if (over === undefined) return { kind: 'gone' };
      reader = new ByteReader(over);
    }
  }
  throw new Error('the client asks for encryption again and again');
}
