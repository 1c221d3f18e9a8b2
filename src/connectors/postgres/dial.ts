/**
 * Opens the byte stream to a server and says who answered, before anything of Reeve's is said: TCP, the TLS question of the
 * PostgreSQL protocol (docs, "SSL Session Encryption"), TLS, and the certificate's fingerprint.
 */
import { connect, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { connected, nextBytes, pinOf, tlsOver } from '#kit/sockets/index.ts';
import { TargetError } from '../port.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
  readonly connectMs: number;
}

export interface Line {
  readonly stream: Socket | TLSSocket;
  /** `tls-sha256:AB:CD:…` of the certificate as `openssl x509 -fingerprint -sha256` prints it, or {@link cleartext}. */
  readonly pin: string;
}

/** The pin of a server that offers no TLS. Whoever pins it accepts that the network may read along; SCRAM still hides the password. */
export const cleartext = 'tls:none';

const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

export const place = (address: Address): string => `${address.host}:${address.port}`;

/** Throws `unreachable` when nobody answers in time, `untrusted` when bytes were slipped in before TLS began. */
export async function dial(address: Address): Promise<Line> {
  const socket = connect({ host: address.host, port: address.port, noDelay: true });
  try {
    // Whoever reads the stream hears of its end; an error nobody reads must not end the process.
    socket.on('error', () => {});
    return await within(address, socket, async () => {
      await connected(socket);
      socket.write(sslRequest);
      const answer = await nextBytes(socket);
      if (answer.length === 1 && answer[0] === 0x4e) return { stream: socket, pin: cleartext };
      if (answer[0] !== 0x53)
        throw new TargetError('unreachable', `${place(address)} does not answer like a PostgreSQL server`);
      // CVE-2021-23222: what comes in clear before the handshake would be taken for the server's own words afterwards.
      if (answer.length > 1)
        throw new TargetError('untrusted', `${place(address)} sent data before TLS began; nothing was sent to it`);
      const stream = await tlsOver(socket, address.host);
      return { stream, pin: pinOf(stream) };
    });
  } catch (error) {
    socket.destroy();
    if (error instanceof TargetError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'connection failed';
    throw new TargetError('unreachable', `${place(address)} cannot be reached: ${code}`, { cause: error });
  }
}

async function within<Result>(address: Address, socket: Socket, act: () => Promise<Result>): Promise<Result> {
  const timer = setTimeout(
    () =>
      socket.destroy(new TargetError('unreachable', `${place(address)} gave no answer within ${address.connectMs} ms`)),
    address.connectMs,
  );
  try {
    return await act();
  } finally {
    clearTimeout(timer);
  }
}
