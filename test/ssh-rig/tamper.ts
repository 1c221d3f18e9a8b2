import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

const NEWKEYS = 21;

/** What somebody in between does to one direction. */
export interface Tampering {
  /** A message of the first key exchange, as it is sent in the clear; what is answered goes on in its place. */
  readonly clear?: (message: Buffer) => readonly Buffer[];
  /** So many bytes are taken away from the beginning of what is encrypted. */
  readonly takeAway?: number;
}

/** Puts a message of the clear part of the protocol into its packet (RFC 4253 §6). */
function packetOf(message: Buffer): Buffer {
  let padding = 8 - ((5 + message.length) % 8);
  if (padding < 4) padding += 8;
  const head = Buffer.alloc(5);
  head.writeUInt32BE(1 + message.length + padding);
  head[4] = padding;
  return Buffer.concat([head, message, Buffer.alloc(padding)]);
}

function pass(from: Socket, to: Socket, { clear = (message) => [message], takeAway = 0 }: Tampering): void {
  let waiting = Buffer.alloc(0);
  let named = false;
  let encrypted = false;
  let left = takeAway;
  const takePackets = (): void => {
    while (!encrypted && waiting.length >= 5) {
      const length = waiting.readUInt32BE();
      if (waiting.length < 4 + length) return;
      const message = waiting.subarray(5, 4 + length - (waiting[4] ?? 0));
      waiting = waiting.subarray(4 + length);
      encrypted = message[0] === NEWKEYS;
      for (const sent of clear(message)) to.write(packetOf(sent));
    }
  };
  from.on('data', (chunk: Buffer) => {
    waiting = Buffer.concat([waiting, chunk]);
    if (!named) {
      const end = waiting.indexOf('\n');
      if (end < 0) return;
      to.write(waiting.subarray(0, end + 1));
      waiting = waiting.subarray(end + 1);
      named = true;
    }
    takePackets();
    if (!encrypted) return;
    const gone = Math.min(left, waiting.length);
    left -= gone;
    if (waiting.length > gone) to.write(waiting.subarray(gone));
    waiting = Buffer.alloc(0);
  });
  from.on('error', () => to.destroy());
  from.on('close', () => to.destroy());
}

/** Somebody in between who can read and change what is not encrypted yet, and take away what is. Answers their port. */
export async function startTampering(
  port: number,
  tampering: { readonly toServer?: Tampering; readonly toClient?: Tampering },
): Promise<{ readonly port: number; stop(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    }
    pass(near, far, tampering.toServer ?? {});
    pass(far, near, tampering.toClient ?? {});
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
