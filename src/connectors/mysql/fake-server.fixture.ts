/** A server that greets, logs in and answers in ways a MariaDB of today does not, for tests. Speaks just enough of the protocol, over TLS. */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Target } from '../port.ts';

/** A packet with its length and number. */
export const packet = (sequence: number, ...parts: readonly (Buffer | string | number)[]): Buffer => {
  const content = Buffer.concat(
    parts.map((one) =>
      typeof one === 'number' ? Buffer.from([one]) : typeof one === 'string' ? Buffer.from(one) : one,
    ),
  );
  const head = Buffer.alloc(4);
  head.writeUIntLE(content.length, 0, 3);
  head.writeUInt8(sequence, 3);
  return Buffer.concat([head, content]);
};
export const ok = (sequence: number): Buffer => packet(sequence, 0, 0, 0, Buffer.from([2, 0, 0, 0]));
const scramble = 'abcdefghijklmnopqrst';

/** What it does where a MariaDB would do the ordinary thing. */
export interface Manners {
  /** Said instead of the greeting, or after it. */
  readonly greeting?: Buffer;
  readonly afterGreeting?: Buffer;
  readonly version?: string;
  readonly offersTls?: boolean;
  /** The way it asks a caller to log in by, over TLS. Absent: it asks nothing. */
  readonly asksFor?: string;
  /** The answer to each statement, by its text; the session is settled and named without being asked. */
  readonly answer?: (statement: string) => Buffer;
}

const greetingOf = ({ version = '10.11.0-MariaDB', offersTls = true }: Manners): Buffer => {
  const can = 0x1 | 0x4 | 0x200 | 0x2000 | 0x8000 | 0x80000 | 0x200000 | (offersTls ? 0x800 : 0);
  const low = Buffer.alloc(2);
  const high = Buffer.alloc(2);
  low.writeUInt16LE(can & 0xffff);
  high.writeUInt16LE(can >>> 16);
  return packet(
    0,
    10,
    `${version}\0`,
    Buffer.from([1, 0, 0, 0]),
    scramble.slice(0, 8),
    0,
    low,
    45,
    Buffer.from([2, 0]),
    high,
    21,
    Buffer.alloc(10),
    `${scramble.slice(8)}\0`,
    'mysql_native_password\0',
  );
};

export async function fakeServer(
  manners: Manners,
  tls: { readonly key: string; readonly cert: string; readonly pin: string },
): Promise<{
  readonly target: Target;
  /** Everything it was told in clear, and under TLS. */
  heard(): { readonly clear: string; readonly under: string };
  stop(): Promise<void>;
}> {
  let clear = '';
  let under = '';
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.write(Buffer.concat([manners.greeting ?? greetingOf(manners), manners.afterGreeting ?? Buffer.alloc(0)]));
    socket.once('data', (chunk: Buffer) => {
      clear += chunk.toString('latin1');
      socket.pause();
      const rest = chunk.subarray(36);
      if (rest.length > 0) socket.unshift(rest);
      const secure = new TLSSocket(socket, { isServer: true, key: tls.key, cert: tls.cert });
      secure.on('error', () => {});
      converse(secure);
    });
  });
  const converse = (secure: TLSSocket): void => {
    let step = 0;
    secure.on('data', (chunk: Buffer) => {
      under += chunk.toString('latin1');
      step += 1;
      if (step === 1 && manners.asksFor !== undefined)
        secure.write(packet(3, 0xfe, `${manners.asksFor}\0`, `${scramble}\0`));
      else if (step === 1) secure.write(ok(3));
      else if (step === 2 && manners.asksFor !== undefined) secure.write(ok(5));
      else if (chunk[4] === 0x01) secure.end();
      else {
        const statement = chunk.subarray(5).toString();
        secure.write(statement.startsWith('set session') ? ok(1) : (manners.answer?.(statement) ?? ok(1)));
      }
    });
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the fake server has no port');
  return {
    target: {
      systemId: 'fake',
      kind: 'mysql',
      host: '127.0.0.1',
      port: address.port,
      settings: { connectSeconds: 2, timeoutSeconds: 1 },
      pinned: [tls.pin],
      credential: { kind: 'password', username: 'reeve', password: 'Not-For-You-1' },
    },
    heard: () => ({ clear, under }),
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
