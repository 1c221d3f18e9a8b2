import { createServer, type AddressInfo, type Socket } from 'node:net';
import { authenticationOk, backendKey, frame, T } from '#gateways/postgres/wire/messages.ts';

export const ready = frame(T.ready, Buffer.from('I'));

/** A server that lets everybody in and then says what a test has it say. */
export interface FakeTarget {
  readonly port: number;
  /** Everything it was sent after the log-in, and before it. */
  readonly received: Buffer[];
  readonly cancels: Buffer[];
  connections(): number;
  stop(): Promise<void>;
}

/** `answer` is called with each chunk after the log-in; `logIn` replaces what it says to the start-up message. */
export async function startFakeTarget(
  answer: (socket: Socket, chunk: Buffer) => void,
  options: { readonly logIn?: (socket: Socket, chunk: Buffer) => void; readonly tls?: Buffer } = {},
): Promise<FakeTarget> {
  const received: Buffer[] = [];
  const cancels: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let step: 'tls' | 'start' | 'in' = 'tls';
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk: Buffer) => {
      if (step === 'tls') {
        step = 'start';
        socket.write(options.tls ?? Buffer.from('N'));
        return;
      }
      if (chunk.length === 16 && chunk.readUInt32BE(4) === 80_877_102) {
        cancels.push(Buffer.from(chunk));
        return;
      }
      received.push(Buffer.from(chunk));
      if (step === 'in') return answer(socket, chunk);
      if (options.logIn !== undefined) return options.logIn(socket, chunk);
      step = 'in';
      socket.write(Buffer.concat([authenticationOk, backendKey(7, Buffer.from('KEY!')), ready]));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    received,
    cancels,
    connections: () => sockets.size,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
