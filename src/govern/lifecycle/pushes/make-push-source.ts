import { conflict } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { sourcePut } from '../events.ts';
import { DEFAULT_MAPPING } from '../feed/model.ts';
import { ALONE, PUSH_LIMITS, type PeopleSource } from '../sources/model.ts';
import { findSource, writeSource } from '../sources/store.ts';

/** The word in a source's `statuses` for a user the directory calls inactive. */
export const INACTIVE = 'inactive';

/**
 * A source that a directory pushes to; the one of that name goes on where there is one, with what it knows. Throws
 * `source.is_delivered` where that name is a feed's. Limits are changed as those of any source.
 */
export async function makePushSource(ctx: Ctx, permit: Permit, name: string): Promise<PeopleSource> {
  const known = await findSource(ctx.tx, name);
  if (known !== undefined) {
    if (known.kind === 'scim') return known;
    throw conflict('source.is_delivered', `${name} is a source that is delivered`, 'choose another name');
  }
  const source: PeopleSource = {
    id: newId(ctx.now.getTime()),
    name,
    kind: 'scim',
    dropFile: null,
    readFrom: null,
    timeZone: 'UTC',
    mapping: { ...DEFAULT_MAPPING, statuses: { active: 'active', [INACTIVE]: 'leaver' }, attributes: {} },
    limits: PUSH_LIMITS,
    terms: ALONE,
    putBy: null,
  };
  await writeSource(ctx.tx, source);
  await ctx.record(permit, { event: sourcePut, data: { sourceId: source.id, name, changed: ['created'] } });
  return source;
}
