/** A directory server that does what a test tells it, badly if need be: for what no real one does on request. */
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { makeCertificate } from '#lab/tls-certificate.ts';
import { ber, berInteger, berTag, readBer, readBerInteger } from './ber.ts';
import type { LdapAddress } from './dial.ts';
import { MessageFrames } from './frame-messages.ts';

/** One request as it came: its id, its tag and all its bytes. */
export interface Asked {
  readonly id: number;
  readonly tag: number;
  readonly bytes: Buffer;
}

export interface FakeServer {
  readonly pin: string;
  address(tls: LdapAddress['tls'], over?: Partial<LdapAddress>): LdapAddress;
  /** Everything asked over TLS so far. */
  readonly asked: readonly Asked[];
  stop(): void;
}

export const octets = (text: string | Buffer): Buffer => ber(berTag.octets, text);
export const message = (id: number, op: Buffer, ...extra: readonly Buffer[]): Buffer =>
  ber(berTag.sequence, berInteger(id), op, ...extra);
export const result = (id: number, tag: number, code = 0, text = ''): Buffer =>
  message(id, ber(tag, berInteger(code, berTag.enumerated), octets(''), octets(text)));
export const entry = (id: number, dn: string, ...values: readonly string[]): Buffer =>
  message(
    id,
    ber(
      0x64,
      octets(dn),
      ber(berTag.sequence, ber(berTag.sequence, octets('cn'), ber(berTag.set, ...values.map(octets)))),
    ),
  );

/** `answer` is called for each request over TLS; `behindStartTls` are bytes put in clear behind the yes to StartTLS. */
export async function fakeServer(
  answer: (asked: Asked, write: (bytes: Buffer) => boolean, stream: TLSSocket) => void,
  options: { readonly behindStartTls?: Buffer; readonly refuseTls?: boolean } = {},
): Promise<FakeServer | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-fake-ldap-'));
  chmodSync(folder, 0o700);
  const made = await makeCertificate(folder, { name: 'fake ldap', address: '127.0.0.1', user: undefined });
  const [key, cert] = made ? [readFileSync(join(folder, 'server.key')), made.certificate] : [];
  rmSync(folder, { recursive: true });
  if (!made || key === undefined || cert === undefined) return undefined;
  const sockets = new Set<Socket>();
  const asked: Asked[] = [];
  const secure = (socket: Socket): void => {
    const stream = new TLSSocket(socket, { isServer: true, key, cert });
    const frames = new MessageFrames(1_000_000);
    stream.on('error', () => {});
    stream.on('data', (chunk: Buffer) => {
      for (const frame of frames.push(chunk)) {
        const one = parsed(frame);
        asked.push(one);
        answer(one, (bytes) => stream.write(bytes), stream);
      }
    });
  };
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => {});
  };
  const ldaps = createServer((socket) => {
    keep(socket);
    secure(socket);
  });
  const plain = createServer((socket) => {
    keep(socket);
    socket.once('data', () => {
      const yes = result(1, 0x78, options.refuseTls === true ? 52 : 0);
      socket.write(Buffer.concat([yes, options.behindStartTls ?? Buffer.alloc(0)]));
      secure(socket);
    });
  });
  const portOf = async (server: typeof ldaps): Promise<number> => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const at = server.address();
    return at === null || typeof at === 'string' ? 0 : at.port;
  };
  const ports = { ldaps: await portOf(ldaps), starttls: await portOf(plain) };
  return {
    pin: `tls-sha256:${made.fingerprint256}`,
    asked,
    address: (tls, over = {}) => ({ host: '127.0.0.1', port: ports[tls], tls, connectMs: 2_000, ...over }),
    stop: () => {
      for (const socket of sockets) socket.destroy();
      ldaps.close();
      plain.close();
    },
  };
}

function parsed(bytes: Buffer): Asked {
  const [whole] = readBer(bytes);
  const [id, op] = readBer(whole?.content ?? Buffer.alloc(0));
  return { id: readBerInteger(id?.content ?? Buffer.alloc(0)), tag: op?.tag ?? 0, bytes };
}
