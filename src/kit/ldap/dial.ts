/**
 * Opens the encrypted line to a server and says who answered, before anything of Reeve's is said: TCP, StartTLS where asked
 * (RFC 4511 §4.14), TLS, and the certificate's fingerprint.
 */
import { connect, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { connected, nextBytes, pinOf, tlsOver } from '#kit/sockets/index.ts';
import { decodeMessage } from './decode-message.ts';
import { encodeRequest } from './encode-request.ts';
import { MessageFrames } from './frame-messages.ts';
import { LdapError } from './ldap-error.ts';

export interface LdapAddress {
  readonly host: string;
  readonly port: number;
  /** `ldaps`: TLS from the first byte. `starttls`: asked for in clear, then TLS. There is no way without. */
  readonly tls: 'ldaps' | 'starttls';
  /** Longest time for connection, StartTLS and handshake together, in milliseconds. */
  readonly connectMs: number;
}

export interface Line {
  readonly stream: TLSSocket;
  /** `tls-sha256:AB:CD:…` of the certificate as `openssl x509 -fingerprint -sha256` prints it. */
  readonly pin: string;
}

export const place = (address: LdapAddress): string => `${address.host}:${address.port}`;

const startTlsOid = '1.3.6.1.4.1.1466.20037';

/** Throws LdapError `unreachable` when nobody answers in time, `untrusted` when bytes were slipped in before TLS began. */
export async function dial(address: LdapAddress): Promise<Line> {
  const socket = connect({ host: address.host, port: address.port, noDelay: true });
  // Whoever reads the stream hears of its end; an error nobody reads must not end the process.
  socket.on('error', () => {});
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    socket.destroy();
  }, address.connectMs);
  try {
    await connected(socket);
    if (address.tls === 'starttls') await askForTls(socket, address);
    const stream = await tlsOver(socket, address.host);
    return { stream, pin: pinOf(stream) };
  } catch (error) {
    socket.destroy();
    if (error instanceof LdapError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'the connection broke off';
    const why = late ? `no answer within ${address.connectMs} ms` : code;
    throw new LdapError('unreachable', `${place(address)} cannot be reached: ${why}`);
  } finally {
    clearTimeout(timer);
  }
}

async function askForTls(socket: Socket, address: LdapAddress): Promise<void> {
  socket.write(encodeRequest(1, { op: 'extended', oid: startTlsOid }));
  const frames = new MessageFrames(64 * 1024);
  let messages: readonly Buffer[] = [];
  while (messages.length === 0) messages = frames.push(await nextBytes(socket));
  const [first] = messages;
  const message = first && decodeMessage(first);
  if (message?.kind !== 'result' || message.result.code !== 0)
    throw new LdapError('untrusted', `${place(address)} offers no encryption (StartTLS); nothing was sent to it`);
  // What comes in clear behind the answer would be taken for the server's own words afterwards.
  if (messages.length > 1 || frames.rest > 0)
    throw new LdapError('untrusted', `${place(address)} sent data before TLS began; nothing was sent to it`);
}
