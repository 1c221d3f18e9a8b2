import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import { createHash, X509Certificate } from 'node:crypto';
import { selfSigned } from '#kit/crypto/index.ts';
import { okPacket, packet } from '#gateways/mysql/wire/packets.ts';
import { greeting } from '#gateways/mysql/login/receive-client.ts';

/** A server that lets everybody in and then says what a test has it say. */
export interface FakeMysql {
  readonly port: number;
  readonly pin: string;
  /** Everything it was sent in clear, and over TLS. */
  readonly clear: Buffer[];
  readonly received: Buffer[];
  stop(): Promise<void>;
}

export interface FakeOptions {
  /** Instead of the greeting. */
  readonly greets?: Buffer;
  /** Instead of letting in: called with each chunk over TLS until it says true. */
  readonly logIn?: (socket: Socket, chunk: Buffer) => boolean;
}

/** `answer` is called with each chunk after the log-in. */
export async function startFakeMysql(
  answer: (socket: Socket, chunk: Buffer) => void,
  options: FakeOptions = {},
): Promise<FakeMysql> {
  const { key, certificate } = selfSigned({ names: ['fake'], from: new Date(Date.now() - 60_000), days: 1 });
  const secureContext = createSecureContext({ key, cert: certificate });
  const digest = createHash('sha256').update(new X509Certificate(certificate).raw).digest('hex').toUpperCase();
  const [clear, received]: [Buffer[], Buffer[]] = [[], []];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.write(options.greets ?? greeting('5.5.5-10.11.0-MariaDB', 7, Buffer.alloc(20, 65)));
    socket.once('data', (request: Buffer) => {
      clear.push(Buffer.from(request.subarray(0, 36)));
      socket.pause();
      if (request.length > 36) socket.unshift(request.subarray(36));
      const over = new TLSSocket(socket, { isServer: true, secureContext });
      let inside = false;
      over.on('error', () => {});
      over.on('data', (chunk: Buffer) => {
        received.push(Buffer.from(chunk));
        if (inside) return answer(over, chunk);
        inside = options.logIn?.(over, chunk) ?? over.write(okPacket(3, 2, ''));
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    pin: `tls-sha256:${digest.replaceAll(/(..)(?!$)/g, '$1:')}`,
    clear,
    received,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** The end of definitions or rows. */
export const eof = (sequence: number, status = 2): Buffer =>
  packet(sequence, Buffer.from([0xfe, 0, 0, status & 0xff, status >> 8]));
