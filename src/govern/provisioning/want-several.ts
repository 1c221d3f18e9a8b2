import { newId } from '#kit/ids/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { holdLiveGrants, type Entitlement } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { accessWanted } from './events.ts';
import { queueLanes } from './lanes.ts';
import { wantAllPresent } from './store.ts';
import { entitlementsOf, onTargets } from './want-access.ts';

interface StartedGrant {
  readonly grantId: string;
  readonly entitlementId?: string | undefined;
  readonly roleId?: string | undefined;
}

/** As `wantPresent`, for several grants of one person that started together: with as many statements as for one. */
export async function wantSeveralPresent(
  ctx: Ctx,
  permit: Permit,
  started: { readonly identityId: string; readonly grants: readonly StartedGrant[]; readonly decidedAt: Date },
): Promise<void> {
  const { identityId, decidedAt } = started;
  const live = await holdLiveGrants(
    ctx.tx,
    started.grants.map((g) => g.grantId),
  );
  const grants = started.grants.filter((g) => live.has(g.grantId));
  const given = await entitlementsOfEach(ctx, grants);
  const wanted = grants.flatMap((grant) =>
    (given.get(grant.entitlementId ?? grant.roleId ?? '') ?? []).map((entitlement) => ({
      id: newId(ctx.now.getTime()),
      grantId: grant.grantId,
      entitlementId: entitlement.id,
      systemId: entitlement.systemId,
    })),
  );
  const news = await wantAllPresent(ctx.tx, { identityId, decidedAt, tasks: wanted });
  const targets = new Map<string, number>();
  for (const { grantId } of news) targets.set(grantId, (targets.get(grantId) ?? 0) + 1);
  if (grants.length > 0)
    await ctx.record(permit, {
      event: accessWanted,
      subject: identityId,
      data: {
        wanted: 'present',
        grants: grants.map(({ grantId }) => ({ grantId, targets: targets.get(grantId) ?? 0 })),
      },
    });
  await queueLanes(
    ctx.tx,
    [...new Set(news.map(({ systemId }) => systemId))].map((systemId) => ({ systemId, identityId })),
  );
}

/** What each of these grants stands for, by what it is of: the entitlements asked for once, each role by itself. */
async function entitlementsOfEach(
  ctx: Ctx,
  grants: readonly StartedGrant[],
): Promise<ReadonlyMap<string, readonly Entitlement[]>> {
  const given = new Map<string, readonly Entitlement[]>();
  const ids = [...new Set(grants.flatMap((grant) => grant.entitlementId ?? []))];
  for (const entitlement of await onTargets(ctx, ids)) given.set(entitlement.id, [entitlement]);
  for (const { entitlementId, roleId } of grants)
    if (entitlementId === undefined && roleId !== undefined && !given.has(roleId))
      given.set(roleId, await entitlementsOf(ctx, { roleId }));
  return given;
}
