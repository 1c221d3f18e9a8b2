import { removeHoldings } from '#govern/reconciliation/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Access } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { noteProblems } from '../close-item.ts';
import { closeProved } from '../prove-effect.ts';
import type { Ending } from '../subjects/ending.ts';
import { waysLeft } from './find-ways.ts';
import { inWords } from './name-ways.ts';
import { takeOutOfRole } from './take-out-of-role.ts';

/**
 * Ends what still leads to something a review revoked after its grants ended: a membership on the target that nobody
 * granted is dropped, and where the reviewer chose so, roles are to give it no more. Closes what nothing leads to any more.
 */
export async function seeGrantsThrough(
  ctx: Ctx,
  permit: Permit<'campaign_item.end'>,
  items: readonly Ending[],
): Promise<void> {
  for (const item of items) {
    const ways = await waysLeft(ctx.tx, item);
    if (ways.length === 0) {
      await closeProved(ctx, permit, item.id);
      continue;
    }
    await noteProblems(ctx, permit, [{ item, problem: await end(ctx, permit, item, ways) }]);
  }
}

async function end(
  ctx: Ctx,
  permit: Permit<'campaign_item.end'>,
  item: Ending,
  ways: readonly Access[],
): Promise<string | null> {
  const problems: string[] = [];
  const grants = ways.filter((way) => way.via === 'grant');
  for (const way of grants)
    problems.push((await outOfRole(ctx, permit, item, way)) ?? `${inWords(way)} still gives it`);
  // While a grant stands, what accounts hold rests on it; it is taken when that has gone.
  if (grants.length === 0) {
    const holdings = ways.flatMap((way) => {
      const held = way.path.find((step) => step.kind === 'entitlement');
      return held === undefined ? [] : [{ accountId: way.sourceId, entitlementId: held.id }];
    });
    const removals = await removeHoldings(ctx, permit, {
      holdings,
      because: `revoked in the certification ${item.campaignName}`,
      by: item.by,
    });
    problems.push(...removals.flatMap((r) => r.problem ?? []));
    if (problems.length === 0) problems.push(`${ways.map(inWords).join('; ')} still gives it and is being taken away`);
  }
  return [...new Set(problems)].join('; ');
}

/** Has what a way leads to taken out of the role that gives it, where that is what the reviewer chose. */
async function outOfRole(
  ctx: Ctx,
  permit: Permit<'campaign_item.end'>,
  item: Ending,
  way: Access,
): Promise<string | undefined> {
  if (item.action !== 'role' || item.decidedBy === null) return undefined;
  const at = way.path.findLastIndex((step) => step.kind === 'role');
  const [role, part] = [way.path[at], way.path[at + 1]];
  if (role === undefined || part === undefined) return undefined;
  return await takeOutOfRole(ctx, permit, {
    roleId: role.id,
    thingIds: [part.id],
    by: item.decidedBy,
    reason: `revoked in the certification ${item.campaignName}`,
  });
}
