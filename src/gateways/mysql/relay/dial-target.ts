import { connect, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { connected, pinOf, tlsOver } from '#kit/sockets/index.ts';
import { ByteReader } from '../../database/index.ts';
import type { Ticket } from '../../port.ts';
import { CAN } from '../wire/capabilities.ts';
import { Fields, packet, readError } from '../wire/packets.ts';
import { TargetRefused } from './target-refused.ts';

export type TargetAddress = Ticket['target'];

/** A line to a target that is the pinned one; nothing but that TLS is wanted was said to it. */
export interface TargetLine {
  readonly stream: TLSSocket;
  /** Of its connection. */
  readonly threadId: number;
  readonly version: string;
}

/** What the client side of a log-in says of itself before all else. */
export interface Terms {
  readonly flags: number;
  readonly collation: number;
}

/** Longest packet of a target's log-in. */
const LONGEST = 64 * 1024;

/** Reads one packet of a log-in. Throws TargetRefused `broken` for what is none and where the line ends. */
export async function targetMessage(reader: ByteReader, sequence: number, systemName: string): Promise<Buffer> {
  const message = await reader.message((begun) => {
    if (begun.length < 4) return undefined;
    const length = begun.readUIntLE(0, 3);
    if (length === 0 || length > LONGEST || begun[3] !== (sequence & 0xff))
      throw new TargetRefused('broken', `${systemName} breaks the protocol during the log-in`);
    return length + 4;
  });
  if (message === undefined)
    throw new TargetRefused('unreachable', `${systemName} closed the connection during the log-in`);
  return message.subarray(4);
}

export function terms({ flags, collation }: Terms): Buffer {
  const head = Buffer.alloc(32);
  head.writeUInt32LE(flags, 0);
  head.writeUInt32LE(0x4000_0000, 4);
  head[8] = collation;
  return head;
}

/** Opens the stream to a target and makes sure that it is the pinned one, before anything of Reeve's is said to it. */
export async function dialTarget(
  target: TargetAddress,
  said: Terms,
  limits: { readonly targetMs: number },
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
    return await secure(socket, target, said);
  } catch (error) {
    socket.destroy();
    if (error instanceof TargetRefused) throw error;
    throw new TargetRefused('unreachable', `${systemName} could not be reached`);
  } finally {
    clearTimeout(timer);
    stop.removeEventListener('abort', onStop);
  }
}

async function secure(socket: Socket, target: TargetAddress, said: Terms): Promise<TargetLine> {
  const { systemName, pinned } = target;
  const clear = new ByteReader(socket);
  const { threadId, version, flags } = readGreeting(await targetMessage(clear, 0, systemName), systemName);
  if ((flags & CAN.tls) === 0) throw untrusted(systemName, 'offers no TLS');
  // CVE-2021-23222: what comes in clear before the handshake would be taken for the server's own words afterwards
  if (clear.waiting > 0) throw untrusted(systemName, 'sent data before TLS began');
  clear.release();
  socket.write(packet(1, terms(said)));
  const stream = await tlsOver(socket, target.host);
  socket.on('error', () => stream.destroy());
  if (!pinned.includes(pinOf(stream))) throw untrusted(systemName, 'shows a certificate that is not the one on record');
  return { stream, threadId, version };
}

function readGreeting(
  content: Buffer,
  systemName: string,
): { readonly threadId: number; readonly version: string; readonly flags: number } {
  const broken = (): TargetRefused =>
    new TargetRefused('broken', `${systemName} does not answer like a MySQL or MariaDB server`);
  if (content[0] === 0xff) throw new TargetRefused('refused', `${systemName}: ${readError(content).text}`);
  if (content[0] !== 10) throw broken();
  const fields = new Fields(content, 1, broken);
  const version = fields.untilZero().toString('latin1').slice(0, 100);
  const threadId = fields.uint32();
  fields.take(9);
  return { version, threadId, flags: fields.uint16() };
}

const untrusted = (systemName: string, what: string): TargetRefused =>
  new TargetRefused(
    'untrusted',
    `${systemName} ${what}; nothing was sent to it. Do not go around it: an administrator has to check why it changed.`,
  );
