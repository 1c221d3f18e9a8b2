import { isIP, type Socket } from 'node:net';
import { connect as startTls, type TLSSocket } from 'node:tls';

/** Waits until the socket is connected. Rejects when it errs or closes before. */
export const connected = (socket: Socket): Promise<void> => happens(socket, 'connect');

/** The bytes that come next; reading stops behind them. Rejects when the socket errs or closes before. */
export function nextBytes(socket: Socket): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('closed')));
    socket.once('data', (chunk: Buffer) => {
      socket.pause();
      socket.removeListener('error', reject);
      resolve(chunk);
    });
  });
}

/** Speaks TLS over a socket, with whoever is there: the pin decides afterwards, not a certificate authority. */
export async function tlsOver(socket: Socket, host: string): Promise<TLSSocket> {
  const stream = startTls({
    socket,
    rejectUnauthorized: false,
    minVersion: 'TLSv1.2',
    ...(isIP(host) === 0 ? { servername: host } : {}),
  });
  // Whoever reads the stream hears of its end; an error nobody reads must not end the process.
  stream.on('error', () => {});
  await happens(stream, 'secureConnect');
  return stream;
}

/** `tls-sha256:AB:CD:…` of the certificate that was shown, as `openssl x509 -fingerprint -sha256` prints it. */
export const pinOf = (stream: TLSSocket): string => `tls-sha256:${stream.getPeerCertificate().fingerprint256}`;

function happens(stream: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.once('error', reject);
    stream.once('close', () => reject(new Error('closed')));
    stream.once(event, () => {
      stream.removeListener('error', reject);
      resolve();
    });
  });
}
