import type { TLSSocket } from 'node:tls';
import { ByteReader } from '../../database/index.ts';
import { COMMAND } from '../wire/commands.ts';
import { Fields, packet, readError } from '../wire/packets.ts';
import { targetMessage } from './dial-target.ts';
import { TargetRefused } from './target-refused.ts';

const READ_ONLY = 'set session transaction read only';

/** Before a session under rules begins: asks the target for some of its variables, by their names, and has it refuse to write where nothing may be. */
export async function prepareSession(
  stream: TLSSocket,
  systemName: string,
  wanted: { readonly variables: readonly string[]; readonly readOnly: boolean },
  stop: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const { variables: names, readOnly } = wanted;
  if (names.length === 0 && !readOnly) return new Map();
  const onStop = (): void => void stream.destroy();
  stop.addEventListener('abort', onStop, { once: true });
  const reader = new ByteReader(stream);
  const broken = (): TargetRefused => new TargetRefused('broken', `${systemName} does not say how it reads statements`);
  let sequence = 0;
  const next = (): Promise<Buffer> => targetMessage(reader, (sequence += 1), systemName);
  const ask = async (sql: string): Promise<Buffer> => {
    sequence = 0;
    stream.write(packet(0, Buffer.from([COMMAND.query]), Buffer.from(sql)));
    const first = await next();
    if (first[0] === 0xff) throw new TargetRefused('refused', `${systemName}: ${readError(first).text}`);
    return first;
  };
  try {
    if (readOnly && (await ask(READ_ONLY))[0] !== 0x00) throw broken();
    const first = await ask(`select ${names.map((name) => `@@session.${name}`).join(', ')}`);
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
