import { lookup } from 'node:dns/promises';
import { connect, isIP, type Socket } from 'node:net';
import { connect as startTls } from 'node:tls';
import { BY_AUTHORITY } from '#kit/https/index.ts';
import { connected, pinOf } from '#kit/sockets/index.ts';
import type { Ticket } from '../../port.ts';
import { refuseAddress, type OwnPlaces } from './judge-address.ts';
import { TargetRefused } from './target-refused.ts';

/** The pin of an application that is spoken to without TLS. */
export const CLEARTEXT = 'tls:none';

/**
 * Opens a stream to an application and makes sure that it is the pinned one, before anything of a request is said to it.
 * A name is looked up once, and what was judged is what is connected to. Throws TargetRefused.
 */
export async function dialTarget(
  target: Ticket['target'],
  limits: { readonly targetMs: number },
  own: OwnPlaces,
): Promise<Socket> {
  const { systemName, port } = target;
  if (target.pinned.length === 0)
    throw new TargetRefused('untrusted', `${systemName} has no certificate on record; nothing was sent to it`);
  const socket = connect({ host: await addressOf(target, own), port, noDelay: true, keepAlive: true });
  socket.on('error', () => {});
  const timer = setTimeout(() => socket.destroy(), limits.targetMs);
  try {
    await connected(socket);
    return target.pinned.includes(CLEARTEXT) ? socket : await secured(socket, target);
  } catch (error) {
    socket.destroy();
    if (error instanceof TargetRefused) throw error;
    throw new TargetRefused('unreachable', `${systemName} could not be reached`);
  } finally {
    clearTimeout(timer);
  }
}

async function addressOf({ host, port, systemName }: Ticket['target'], own: OwnPlaces): Promise<string> {
  const found = await lookup(host, { all: true }).catch(() => []);
  const judged = found.map(({ address }) => ({ address, why: refuseAddress(address, port, own) }));
  const good = judged.find(({ why }) => why === undefined);
  if (good !== undefined) return good.address;
  const why = judged[0]?.why;
  if (why === undefined) throw new TargetRefused('unreachable', `${systemName} could not be reached: no such name`);
  throw new TargetRefused('forbidden', `${systemName} ${why}; nothing was sent to it`);
}

async function secured(socket: Socket, { host, pinned, systemName }: Ticket['target']): Promise<Socket> {
  const stream = startTls({
    socket,
    host,
    // judged by the pins, which may say that an authority is enough
    rejectUnauthorized: false,
    minVersion: 'TLSv1.2',
    ALPNProtocols: ['http/1.1'],
    ...(isIP(host) === 0 ? { servername: host } : {}),
  });
  stream.on('error', () => {});
  socket.on('close', () => stream.destroy());
  await new Promise<void>((resolve, reject) => {
    stream.once('secureConnect', resolve);
    stream.once('close', () => reject(new Error('closed')));
  });
  if (pinned.includes(pinOf(stream)) || (pinned.includes(BY_AUTHORITY) && stream.authorized)) return stream;
  throw new TargetRefused(
    'untrusted',
    `${systemName} shows a certificate that is not the one on record; nothing was sent to it`,
  );
}
