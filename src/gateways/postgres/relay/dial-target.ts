import { connect, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { connected, nextBytes, pinOf, tlsOver } from '#kit/sockets/index.ts';
import { tlsRequest } from '../wire/startup.ts';
import { TargetRefused } from './target-refused.ts';

/** The pin of a server that offers no TLS, as connectors pin it. */
const CLEARTEXT = 'tls:none';

export interface TargetAddress {
  readonly host: string;
  readonly port: number;
  readonly pinned: readonly string[];
  readonly systemName: string;
}

export interface TargetLine {
  readonly stream: Socket | TLSSocket;
  readonly encrypted: boolean;
}

/** Opens the stream to a target and makes sure that it is the pinned one, before anything of Reeve's is said to it. */
export async function dialTarget(
  target: TargetAddress,
  limits: { targetMs: number },
  stop: AbortSignal,
): Promise<TargetLine> {
  const { systemName } = target;
  const socket = connect({ host: target.host, port: target.port, noDelay: true, keepAlive: true });
  socket.on('error', () => {});
  const timer = setTimeout(() => socket.destroy(), limits.targetMs);
  const onStop = (): void => void socket.destroy();
  stop.addEventListener('abort', onStop, { once: true });
  try {
    if (stop.aborted) throw new Error('stopped');
    await connected(socket);
    socket.write(tlsRequest);
    const answer = await nextBytes(socket);
    const line = await secure(socket, answer, target);
    if (line.encrypted) socket.on('error', () => line.stream.destroy());
    return line;
  } catch (error) {
    socket.destroy();
    if (error instanceof TargetRefused) throw error;
    throw new TargetRefused('unreachable', `${systemName} could not be reached`);
  } finally {
    clearTimeout(timer);
    stop.removeEventListener('abort', onStop);
  }
}

async function secure(socket: Socket, answer: Buffer, target: TargetAddress): Promise<TargetLine> {
  const { systemName, pinned } = target;
  if (answer.length === 1 && answer[0] === 0x4e) {
    if (!pinned.includes(CLEARTEXT)) throw untrusted(systemName, 'offers no TLS and has a certificate on record');
    return { stream: socket, encrypted: false };
  }
  if (answer[0] !== 0x53) throw new TargetRefused('broken', `${systemName} does not answer like a PostgreSQL server`);
  // CVE-2021-23222: what comes in clear before the handshake would be taken for the server's own words afterwards
  if (answer.length > 1) throw untrusted(systemName, 'sent data before TLS began');
  const stream = await tlsOver(socket, target.host);
  if (!pinned.includes(pinOf(stream))) throw untrusted(systemName, 'shows a certificate that is not the one on record');
  return { stream, encrypted: true };
}

const untrusted = (systemName: string, what: string): TargetRefused =>
  new TargetRefused('untrusted', `${systemName} ${what}; nothing was sent to it`, {
    hint: 'Do not go around it: an administrator has to check why it changed.',
  });
