import { conflict } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { sourceReadingAsked } from '../events.ts';
import type { PeopleSource } from '../sources/model.ts';
import { requireSource } from '../sources/store.ts';
import { isRead, queueReading } from './read-source.ts';

/** Has a source read now, whatever its schedule says. Throws `source.not_read` for one that is delivered or pushed to. */
export async function askReading(ctx: Ctx, permit: Permit<'source.collect'>, name: string): Promise<PeopleSource> {
  const source = await requireSource(ctx.tx, name);
  if (!isRead(source))
    throw conflict(
      'source.not_read',
      `${source.name} is not read from a system`,
      'deliver a file with reeve sources import, or say where it is read with reeve sources put --read-from',
    );
  await queueReading(ctx.tx, source.id);
  await ctx.record(permit, { event: sourceReadingAsked, data: { sourceId: source.id } });
  return source;
}
