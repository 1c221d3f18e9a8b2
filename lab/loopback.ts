/** Free places on the loopback network. Nothing of the lab ever listens or connects anywhere else. */
import { randomInt } from 'node:crypto';
import { connect, createServer } from 'node:net';

/** The port lab hosts answer SSH on; each has an address of its own, so one number serves all. */
export const SSH_PORT = 2222;

/** Whether `port` of `address` can be bound now. */
export function isFree(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: address, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** Whether something answers on `port` of `address` now. Binds nothing, so a server that is about to is not in its way. */
export function accepts(port: number, address = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, address);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** A port of `address` that was free a moment ago. */
export function freePort(address = '127.0.0.1'): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host: address, port: 0, exclusive: true }, () => {
      const found = server.address();
      server.close(() =>
        found === null || typeof found === 'string' ? reject(new Error('no free port')) : resolve(found.port),
      );
    });
  });
}

/**
 * The first three numbers of a /24 of 127.0.0.0/8 whose addresses .11 and up are free on {@link SSH_PORT}.
 * Random unless `wanted`, so that labs running side by side do not meet.
 */
export async function freeBlock(count: number, wanted?: string): Promise<string> {
  const tries =
    wanted === undefined
      ? Array.from({ length: 20 }, () => `127.${randomInt(20, 250)}.${randomInt(1, 250)}`)
      : [wanted];
  for (const block of tries) {
    const free = await Promise.all(
      Array.from({ length: count }, (_, index) => isFree(`${block}.${11 + index}`, SSH_PORT)),
    );
    if (free.every(Boolean)) return block;
  }
  throw new Error(
    `no free loopback addresses for the lab's hosts (tried ${tries.join(', ')} from .11, port ${SSH_PORT}); is another lab up on the same block?`,
  );
}

/**
 * A loopback address of its own on which all these ports are free, for servers whose ports are fixed.
 * Random unless `wanted`, so that labs running side by side do not meet.
 */
export async function freeAddress(ports: readonly number[], wanted?: string): Promise<string> {
  const random = (): string => `127.${randomInt(20, 250)}.${randomInt(1, 250)}.${randomInt(201, 250)}`;
  const tries = wanted === undefined ? Array.from({ length: 20 }, random) : [wanted];
  const taken = new Set<number>();
  for (const address of tries) {
    const free = await Promise.all(ports.map((port) => isFree(address, port)));
    if (free.every(Boolean)) return address;
    for (const [index, port] of ports.entries()) if (free[index] === false) taken.add(port);
  }
  throw new Error(
    `something listens on port ${[...taken].join(' and ')} of every address (\`ss -ltnp\` names it); tried ${tries.slice(0, 3).join(', ')}…`,
  );
}
