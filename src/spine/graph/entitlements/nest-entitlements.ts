import { conflict } from '#kit/errors/index.ts';
import { sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { inWords } from '../errors.ts';
import { entitlementNested } from '../events.ts';

/**
 * Says that holding `parentId` implies holding `childId`. Circles are allowed, because targets have them and an
 * edge that is real must not be refused; the closure ends on them.
 */
export async function addEdge(
  ctx: Ctx,
  permit: Permit,
  input: { readonly parentId: string; readonly childId: string },
): Promise<void> {
  if (input.parentId === input.childId)
    throw conflict('graph.entitlement_does_not_imply_itself', 'an entitlement does not imply itself');
  await inWords(() =>
    ctx.tx.run(sql`
      insert into entitlement_edge (parent_id, child_id, source, valid_from)
      values (${input.parentId}, ${input.childId}, 'reeve', ${ctx.now})
      on conflict (parent_id, child_id) where valid_to is null do update set source = 'reeve'`),
  );
  await ctx.record(permit, { event: entitlementNested, data: { ...input, nested: true } });
}

/** Ends an edge. One that was read from a target comes back with the next reading unless the target changed too. */
export async function removeEdge(
  ctx: Ctx,
  permit: Permit,
  input: { readonly parentId: string; readonly childId: string },
): Promise<void> {
  const n = await ctx.tx.run(sql`
    update entitlement_edge set valid_to = ${ctx.now}
     where parent_id = ${input.parentId} and child_id = ${input.childId} and valid_to is null`);
  if (n === 0) throw conflict('entitlement.not_nested', 'there is no such nesting now');
  await ctx.record(permit, { event: entitlementNested, data: { ...input, nested: false } });
}
