import { sql } from '#kit/db/index.ts';
import { conflict } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { entitlementsGone } from '../events.ts';

/**
 * Ends entitlements that were made here and that nobody has any more, with what they imply. Throws
 * `entitlement.still_granted` where a live grant is for one of them.
 */
export async function endEntitlements(
  ctx: Ctx,
  permit: Permit,
  input: { readonly systemId: string; readonly entitlementIds: readonly string[] },
): Promise<void> {
  const ids = sql`any(${[...input.entitlementIds]}::uuid[])`;
  const { granted } = await ctx.tx.one<{ granted: number }>(sql`
    select count(*)::int as granted from access_grant
     where entitlement_id = ${ids} and ended_because is null and (valid_to is null or valid_to > ${ctx.now})`);
  if (granted > 0)
    throw conflict(
      'entitlement.still_granted',
      `${granted} grants are still for it`,
      'end them first, so that nobody has access to nothing',
    );
  await ctx.tx.run(sql`
    update entitlement_edge set valid_to = greatest(valid_from, ${ctx.now})
     where valid_to is null and (parent_id = ${ids} or child_id = ${ids})`);
  await ctx.tx.run(sql`
    update entitlement set requestable = false, valid_to = greatest(valid_from, ${ctx.now})
     where id = ${ids} and valid_to is null and system_id = ${input.systemId} and source = 'reeve'`);
  await ctx.record(permit, {
    event: entitlementsGone,
    data: { systemId: input.systemId, entitlementIds: [...input.entitlementIds] },
  });
}
