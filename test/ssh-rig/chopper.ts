import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/**
 * A network that cuts what passes into pieces of its own liking: a proxy to `port` that writes 1 byte to 6 KB at a
 * time, in both directions. Answers its port.
 */
export async function startChopper(port: number, seed: number): Promise<{ port: number; stop(): void }> {
  let state = seed;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const sockets = new Set<Socket>();
  const chop = (from: Socket, to: Socket): void => {
    sockets.add(from);
    from.setNoDelay(true);
    let waiting = Buffer.alloc(0);
    let ended = false;
    let busy = false;
    const next = (): void => {
      if (waiting.length === 0) {
        busy = false;
        if (ended) to.end();
        else from.resume();
        return;
      }
      busy = true;
      const kind = random();
      const size = kind < 0.1 ? 1 + Math.floor(random() * 40) : 1 + Math.floor(random() * 6_000);
      const piece = waiting.subarray(0, size);
      waiting = waiting.subarray(piece.length);
      to.write(piece, () => setImmediate(next));
    };
    from.on('data', (chunk: Buffer) => {
      waiting = Buffer.concat([waiting, chunk]);
      if (waiting.length > 1 << 20) from.pause();
      if (!busy) next();
    });
    from.on('end', () => {
      ended = true;
      if (!busy) next();
    });
    from.on('error', () => to.destroy());
    from.on('close', () => {
      sockets.delete(from);
      if (!ended) to.destroy();
    });
  };
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    chop(near, far);
    chop(far, near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    stop: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
