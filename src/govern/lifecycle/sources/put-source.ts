import type { Targets } from '#connectors/port.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { sourcePut } from '../events.ts';
import { draftSource, given, type SourceSettings } from './draft-source.ts';
import type { PeopleSource } from './model.ts';
import { findSource, forgetDigests, forgetSharedDigests, lockSource, writeSource } from './store.ts';

/** Makes a source, or changes how one is read. Rows are compared anew with the next delivery. */
export async function putSource(
  ctx: Ctx,
  permit: Permit<'source.put'>,
  input: SourceSettings,
  targets?: Targets,
): Promise<PeopleSource> {
  const before = await findSource(ctx.tx, input.name);
  if (before !== undefined) await lockSource(ctx.tx, before.id);
  const { source, known } = await draftSource(ctx.tx, input, ctx.principal, targets);
  await writeSource(ctx.tx, source);
  if (known !== undefined && known.timeZone !== source.timeZone) await forgetDigests(ctx.tx, source.id);
  if (known !== undefined && input.terms !== undefined) await forgetSharedDigests(ctx.tx, source.id);
  const changed = known === undefined ? ['created'] : Object.keys(given({ ...input, name: undefined }));
  await ctx.record(permit, { event: sourcePut, data: { sourceId: source.id, name: source.name, changed } });
  return source;
}
