import type { Socket } from 'node:net';
import { TLSSocket, type SecureContext } from 'node:tls';

/** Speaks TLS as a server from here on; undefined where that fails. `protocols` are those of ALPN. */
export function secured(
  socket: Socket,
  secureContext: SecureContext,
  protocols?: readonly string[],
): Promise<TLSSocket | undefined> {
  return new Promise((resolve) => {
    const over = new TLSSocket(socket, {
      isServer: true,
      secureContext,
      ...(protocols === undefined ? {} : { ALPNProtocols: [...protocols] }),
    });
    const failed = (): void => {
      over.destroy();
      socket.destroy();
      resolve(undefined);
    };
    over.once('error', failed);
    over.once('close', failed);
    over.once('secure', () => {
      over.removeListener('error', failed);
      over.removeListener('close', failed);
      over.on('error', () => over.destroy());
      resolve(over);
    });
  });
}
