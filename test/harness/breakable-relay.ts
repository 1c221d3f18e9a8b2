import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A TCP relay that a test breaks and mends. */
export interface BreakableRelay {
  readonly port: number;
  /** `refused`: connections are cut and new ones not taken. `silent`: everything is taken and nothing is passed on. */
  break(how: 'refused' | 'silent'): Promise<void>;
  mend(): Promise<void>;
  /**
   * Cuts every connection once, at the nth piece from now that either side sends: it does not arrive. 0: never. Answers
   * how many pieces came since the last time it was told, and whether it cut.
   */
  cutAt(piece: number): { readonly pieces: number; readonly cut: boolean };
  /** Whether it has cut since it was last told when to. */
  hasCut(): boolean;
  stop(): Promise<void>;
}

/** Stands in front of a server on loopback. */
export async function breakableRelay(to: number, host = '127.0.0.1'): Promise<BreakableRelay> {
  const sockets = new Set<Socket>();
  let silent = false;
  let pieces = 0;
  let cutAtPiece = 0;
  let hasCut = false;
  let server: Server | undefined;
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    return socket;
  };
  const pass = (from: Socket, into: Socket): void => {
    from.on('data', (chunk: Buffer) => {
      pieces += 1;
      if (pieces === cutAtPiece) {
        hasCut = true;
        for (const socket of sockets) socket.destroy();
      } else if (!silent) into.write(chunk);
    });
    from.on('end', () => into.end());
    from.on('close', () => into.destroy());
  };
  const listen = async (port: number): Promise<number> => {
    server = createServer({ allowHalfOpen: true }, (caller) => {
      const target = keep(connect(to, host));
      pass(keep(caller), target);
      pass(target, caller);
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const cut = async (): Promise<void> => {
    const closing = server;
    server = undefined;
    for (const socket of sockets) socket.destroy();
    if (closing === undefined) return;
    closing.close();
    await once(closing, 'close');
  };
  const port = await listen(0);
  return {
    port,
    break: async (how) => {
      if (how === 'silent') silent = true;
      else await cut();
    },
    mend: async () => {
      // What was swallowed is lost: those connections are of no use any more.
      if (silent) for (const socket of sockets) socket.destroy();
      silent = false;
      if (server === undefined) await listen(port);
    },
    cutAt: (piece) => {
      const before = { pieces, cut: hasCut };
      pieces = 0;
      hasCut = false;
      cutAtPiece = piece;
      return before;
    },
    hasCut: () => hasCut,
    stop: cut,
  };
}
