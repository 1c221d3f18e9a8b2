import type { TLSSocket } from 'node:tls';
import { ByteReader } from '../../database/index.ts';
import { COMMAND } from '../wire/commands.ts';
import { Fields, packet, readError } from '../wire/packets.ts';
import { targetMessage } from './dial-target.ts';
import { TargetRefused } from './target-refused.ts';

/** Asks a target that is at rest for some of its session's variables, by their names. */
export async function readVariables(
  stream: TLSSocket,
  systemName: string,
  names: readonly string[],
  stop: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  if (names.length === 0) return new Map();
  const onStop = (): void => void stream.destroy();
  stop.addEventListener('abort', onStop, { once: true });
  const reader = new ByteReader(stream);
  const broken = (): TargetRefused => new TargetRefused('broken', `${systemName} does not say how it reads statements`);
  let sequence = 0;
  const next = (): Promise<Buffer> => targetMessage(reader, (sequence += 1), systemName);
  try {
    const sql = `select ${names.map((name) => `@@session.${name}`).join(', ')}`;
    stream.write(packet(0, Buffer.from([COMMAND.query]), Buffer.from(sql)));
    const first = await next();
    if (first[0] === 0xff) throw new TargetRefused('refused', `${systemName}: ${readError(first).text}`);
    if (first.length !== 1 || first[0] !== names.length) throw broken();
    // the columns, and what ends them
    for (let i = 0; i <= names.length; i += 1) await next();
    const row = new Fields(await next(), 0, broken);
    const values = names.map((name) => [name, row.packedBytes().toString('latin1')] as const);
    if ((await next())[0] !== 0xfe || reader.release().length > 0) throw broken();
    return new Map(values);
  } finally {
    stop.removeEventListener('abort', onStop);
  }
}
