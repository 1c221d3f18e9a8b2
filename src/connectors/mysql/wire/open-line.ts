/**
 * Opens the line to a server and says who answered, before anything of Reeve's is said: TCP, the server's greeting, TLS
 * (MariaDB docs, "Connection phase"), and the certificate's fingerprint.
 */
import { connect, isIP, type Socket } from 'node:net';
import { connect as startTls } from 'node:tls';
import { pinOf } from '#kit/sockets/index.ts';
import { TargetError } from '../../port.ts';
import { Cursor } from './cursor.ts';
import { PacketStream } from './packet-stream.ts';
import { serverError } from './server-error.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
  /** For connection, TLS and log-in together, in milliseconds. */
  readonly connectMs: number;
}

export interface Line {
  readonly packets: PacketStream;
  /** What the server calls itself, for instance `10.11.18-MariaDB`. Said before TLS: a courtesy, no proof. */
  readonly version: string;
  /** `tls-sha256:AB:CD:…` as `openssl x509 -fingerprint -sha256` prints it. */
  readonly pin: string;
}

export const place = (address: Address): string => `${address.host}:${address.port}`;

/** What Reeve's side can do. Not among it: reading local files for the server, several statements at once. */
export const capability = {
  mysql: 0x1,
  longFlag: 0x4,
  protocol41: 0x200,
  ssl: 0x800,
  transactions: 0x2000,
  secureConnection: 0x8000,
  pluginAuth: 0x80000,
  attributes: 0x100000,
  longAuthData: 0x200000,
} as const;
export const capabilities = Object.values(capability).reduce((all, one) => all | one, 0);
/** utf8mb4_general_ci */
export const charset = 45;
/** Largest packet Reeve takes, as it tells the server, in bytes. */
export const largestPacket = 1024 * 1024;

/** Throws `unreachable` when nobody answers in time, `unsupported` without TLS, `untrusted` when bytes were slipped in before it. */
export async function openLine(address: Address): Promise<Line> {
  const at = place(address);
  const socket = connect({ host: address.host, port: address.port, noDelay: true });
  // Whoever reads the stream hears of its end; an error nobody reads must not end the process.
  let trouble: unknown;
  socket.on('error', (error) => {
    trouble = error;
  });
  const clear = new PacketStream(socket, at);
  clear.allow(address.connectMs);
  const begun = performance.now();
  try {
    const version = readGreeting(await clear.read(), at);
    // What comes in clear before the handshake would be taken for the server's own words afterwards.
    if (clear.waiting > 0)
      throw new TargetError('untrusted', `${at} sent data before TLS began; nothing was sent to it`);
    clear.write(sslRequest());
    const left = address.connectMs - (performance.now() - begun);
    const stream = await secure(clear.release(), address, left);
    const packets = new PacketStream(stream, at, 2);
    packets.allow(address.connectMs - (performance.now() - begun));
    return { packets, version, pin: pinOf(stream) };
  } catch (error) {
    socket.destroy();
    const code = trouble instanceof Error && 'code' in trouble ? String(trouble.code) : undefined;
    if (error instanceof TargetError && (code === undefined || error.code !== 'unreachable')) throw error;
    throw new TargetError('unreachable', `${at} cannot be reached: ${code ?? 'the TLS handshake failed'}`, {
      cause: error,
    });
  }
}

function readGreeting(packet: Buffer, at: string): string {
  const cursor = new Cursor(packet);
  const protocol = cursor.byte();
  if (protocol === 0xff) throw serverError(packet, at, { phase: 'greeting' });
  if (protocol !== 10) throw new TargetError('unreachable', `${at} does not answer like a MariaDB server`);
  const version = cursor.untilNul().toString('latin1');
  cursor.take(4 + 8 + 1);
  const can = cursor.uint16();
  if ((can & capability.ssl) === 0)
    throw new TargetError('unsupported', `${at} offers no TLS; give the server a certificate (ssl_cert, ssl_key)`);
  return version.replace(/[^\x21-\x7e]/gu, '?').slice(0, 60);
}

function sslRequest(): Buffer {
  const packet = Buffer.alloc(32);
  packet.writeUInt32LE(capabilities, 0);
  packet.writeUInt32LE(largestPacket, 4);
  packet.writeUInt8(charset, 8);
  return packet;
}

type TlsStream = ReturnType<typeof startTls>;

function secure(socket: Socket, address: Address, ms: number): Promise<TlsStream> {
  return new Promise((resolve, reject) => {
    const stream = startTls({
      socket,
      rejectUnauthorized: false,
      minVersion: 'TLSv1.2',
      ...(isIP(address.host) === 0 ? { servername: address.host } : {}),
    });
    const fail = (): void => {
      clearTimeout(timer);
      stream.destroy();
      reject(new Error('no TLS'));
    };
    const timer = setTimeout(fail, Math.max(1, ms));
    stream.on('error', fail);
    stream.once('close', fail);
    stream.once('secureConnect', () => {
      clearTimeout(timer);
      stream.off('close', fail);
      resolve(stream);
    });
  });
}
