/** A server that answers a log-in in ways a PostgreSQL of today does not, for tests. Speaks just enough of protocol 3.0, in clear. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Target } from '../port.ts';

const message = (type: string, ...words: readonly number[]): Buffer => {
  const body = Buffer.alloc(words.length * 4);
  words.forEach((word, index) => body.writeInt32BE(word, index * 4));
  const head = Buffer.alloc(5);
  head.write(type, 0, 'latin1');
  head.writeInt32BE(4 + body.length, 1);
  return Buffer.concat([head, body]);
};
const ready = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

export async function fakeServer(method: 'cleartext' | 'md5' | 'trust' | 'early bytes'): Promise<{
  target: Target;
  heard(): string;
  messagesAfterStartup(): number;
  stop(): Promise<void>;
}> {
  let heard = '';
  let messages = 0;
  const server = createServer((socket) => {
    let step = 0;
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.toString('latin1');
      step += 1;
      if (step === 1) socket.write(method === 'early bytes' ? 'SE' : 'N');
      else if (step > 2) messages += chunk[0] === 0x58 ? 0 : 1;
      else if (method === 'cleartext') socket.write(message('R', 3));
      else if (method === 'md5') socket.write(message('R', 5, 0x01020304));
      else socket.write(Buffer.concat([message('R', 0), ready]));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the fake server has no port');
  return {
    target: {
      systemId: 'fake',
      kind: 'postgres',
      host: '127.0.0.1',
      port: address.port,
      settings: {},
      pinned: ['tls:none'],
      credential: { kind: 'password', username: 'app', password: 'x' },
    },
    heard: () => heard,
    messagesAfterStartup: () => messages,
    stop: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}
