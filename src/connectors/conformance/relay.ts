/** A TCP relay in front of a target, for tests: counts what the target says, cuts it off, or says nothing at all. */
import { connect, createServer, type Socket } from 'node:net';
import { once } from 'node:events';

export interface Relay {
  readonly host: string;
  readonly port: number;
  /** Bytes the target has sent through so far. */
  bytes(): number;
  /** Connections of callers that are open now. */
  open(): number;
  stop(): Promise<void>;
}

export async function relay(
  to: { readonly host: string; readonly port: number },
  options: { readonly cutAfter?: number; readonly silent?: boolean },
): Promise<Relay> {
  const sockets = new Set<Socket>();
  let bytes = 0;
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    return socket;
  };
  const server = createServer((caller) => {
    keep(caller);
    if (options.silent) {
      caller.resume();
      return;
    }
    const target = keep(connect(to.port, to.host));
    caller.pipe(target);
    target.on('data', (chunk: Buffer) => {
      const left = (options.cutAfter ?? Number.POSITIVE_INFINITY) - bytes;
      bytes += chunk.length;
      if (chunk.length < left) {
        caller.write(chunk);
        return;
      }
      caller.end(chunk.subarray(0, left));
      target.destroy();
    });
    target.on('close', () => caller.end());
    caller.on('close', () => target.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the relay has no port');
  return {
    host: '127.0.0.1',
    port: address.port,
    bytes: () => bytes,
    open: () => sockets.size,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
