import { connect, Socket, type Server } from 'node:net';

const SIZE = 256 * 1024;
let shared: Buffer | undefined;

/** One buffer for all sockets: what is read is used up before the next read begins. Not where the system fills buffers ahead. */
const memory = (): Buffer =>
  process.platform === 'win32' ? Buffer.allocUnsafeSlow(SIZE) : (shared ??= Buffer.allocUnsafeSlow(SIZE));

/** Who knows whether what is read now will be kept by somebody; then it is copied instead of lent. */
export interface Lender {
  mustKeep(): boolean;
}

/**
 * Connects with reads of up to 256 KiB into memory that is used again and again, instead of a fresh 64 KiB each. Its
 * `data` is lent, valid until the listener returns, once `lendWith` has named a lender; until then it is copied.
 */
export function connectLent(to: { readonly host: string; readonly port: number }): Socket {
  const socket: Socket = connect({ ...to, noDelay: true, onread: lending(() => socket) });
  return socket;
}

function lending(to: () => Socket) {
  return {
    buffer: memory(),
    callback: (length: number, buffer: Uint8Array): boolean => {
      const socket = to();
      const lent = Buffer.from(buffer.buffer, buffer.byteOffset, length);
      socket.emit('data', lenders.get(socket)?.mustKeep() === false ? lent : Buffer.from(lent));
      return true;
    },
  };
}

interface Accepted {
  _handle?: object | null;
  _server?: Server | null;
}

/**
 * The same for a socket that a server accepted with `pauseOnConnect`. Node offers lent reads to outgoing connections
 * only, so the accepted handle moves to a socket made for it; should Node ever hide the handle, the socket stays as it is
 * and uploads cost more processor time.
 */
export function acceptLent(accepted: Socket): Socket {
  const inside = accepted as unknown as Accepted;
  if (inside._handle === undefined || inside._handle === null) return accepted;
  const options = {
    handle: inside._handle,
    allowHalfOpen: false,
    onread: lending(() => socket),
  };
  const socket: Socket = new Socket(options);
  socket.pause();
  (socket as unknown as Accepted)._server = inside._server ?? null; // the server counts its sockets by this
  inside._server = null;
  inside._handle = null;
  return socket;
}

const lenders = new WeakMap<Socket, Lender>();
export const lendWith = (socket: Socket, lender: Lender): void => void lenders.set(socket, lender);
