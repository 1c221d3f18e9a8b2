import { newId } from '#kit/ids/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import {
  accessWithdrawn,
  ELIGIBILITY,
  getEntitlements,
  getGrant,
  holdLiveGrants,
  roleContent,
  type Entitlement,
} from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { accessWanted } from './events.ts';
import { queueLanes } from './lanes.ts';
import { tasksOfGrant, wantAgain, wantOf, type ProvisionTask } from './store.ts';

/** Kinds that live in Reeve alone: nothing is to be done on a target. */
const HELD_BY_REEVE: ReadonlySet<string> = new Set(['account', 'admin_role', 'role_member', ELIGIBILITY]);

/** Every entitlement a role contains, through the roles within it. */
async function entitlementsOfRole(ctx: Ctx, roleId: string): Promise<string[]> {
  const seen = new Set([roleId]);
  const found = new Set<string>();
  for (const id of seen) {
    const content = await roleContent(ctx.tx, id);
    for (const entitlement of content.entitlementIds) found.add(entitlement);
    for (const role of content.roleIds) seen.add(role);
  }
  return [...found];
}

/** The entitlements a grant stands for: its own, or all its role contains. */
export async function entitlementsOf(
  ctx: Ctx,
  grant: { readonly entitlementId?: string | undefined; readonly roleId?: string | undefined },
): Promise<readonly Entitlement[]> {
  const ids =
    grant.entitlementId !== undefined
      ? [grant.entitlementId]
      : grant.roleId === undefined
        ? []
        : await entitlementsOfRole(ctx, grant.roleId);
  return await onTargets(ctx, ids);
}

/** Those of these entitlements that are something on a target. */
export const onTargets = async (ctx: Ctx, ids: readonly string[]): Promise<readonly Entitlement[]> =>
  (await getEntitlements(ctx.tx, ids)).filter((e) => !HELD_BY_REEVE.has(e.kind));

/** A grant is live: each entitlement it stands for is wanted on its target. One that ended before this ran wants nothing. */
export async function wantPresent(
  ctx: Ctx,
  permit: Permit,
  grant: {
    readonly grantId: string;
    readonly identityId: string;
    readonly entitlementId?: string | undefined;
    readonly roleId?: string | undefined;
    readonly decidedAt: Date;
  },
): Promise<void> {
  if (!(await holdLiveGrants(ctx.tx, [grant.grantId])).has(grant.grantId)) return;
  const wanted: ProvisionTask[] = [];
  for (const entitlement of await entitlementsOf(ctx, grant)) {
    const task = await wantOf(ctx.tx, {
      id: newId(ctx.now.getTime()),
      grantId: grant.grantId,
      entitlementId: entitlement.id,
      identityId: grant.identityId,
      systemId: entitlement.systemId,
      wanted: 'present',
      decidedAt: grant.decidedAt,
    });
    if (task !== undefined) wanted.push(task);
  }
  await ctx.record(permit, {
    event: accessWanted,
    subject: grant.identityId,
    data: { wanted: 'present', grants: [{ grantId: grant.grantId, targets: wanted.length }] },
  });
  await queueLanes(ctx.tx, wanted);
}

/** A grant ended: whatever it wanted is wanted no more, also where it was not carried out yet. */
export async function wantAbsent(
  ctx: Ctx,
  permit: Permit,
  grant: {
    readonly grantId: string;
    readonly identityId: string;
    readonly systemId?: string | undefined;
    readonly decidedAt: Date;
  },
): Promise<void> {
  const wanted: ProvisionTask[] = [];
  for (const task of await tasksOfGrant(ctx.tx, grant.grantId)) {
    const changed = await wantOf(ctx.tx, { ...task, wanted: 'absent', decidedAt: grant.decidedAt });
    if (changed !== undefined) wanted.push(changed);
  }
  await ctx.record(permit, {
    event: accessWanted,
    subject: grant.identityId,
    data: { wanted: 'absent', grants: [{ grantId: grant.grantId, targets: wanted.length }] },
  });
  if (wanted.length === 0) await heldByReeveAlone(ctx, permit, grant);
  await queueLanes(ctx.tx, wanted, { ahead: true });
}

/** What lives in Reeve alone is gone with its grant: no target has to be asked. */
async function heldByReeveAlone(
  ctx: Ctx,
  permit: Permit,
  grant: {
    readonly grantId: string;
    readonly identityId: string;
    readonly systemId?: string | undefined;
    readonly decidedAt: Date;
  },
): Promise<void> {
  await ctx.record(permit, {
    event: accessWithdrawn,
    subject: grant.identityId,
    data: {
      identityId: grant.identityId,
      systemId: grant.systemId,
      grants: [{ grantId: grant.grantId, elapsedMs: Math.max(0, ctx.now.getTime() - grant.decidedAt.getTime()) }],
      proven: true,
    },
  });
}

/**
 * A live grant's target is made to agree again, because what the grant gives was found gone there. False when the
 * grant has ended, so that nothing is to be put back.
 */
export async function restoreOnTarget(
  ctx: Ctx,
  permit: Permit,
  input: { readonly grantId: string; readonly entitlementId: string },
): Promise<boolean> {
  const grant = await getGrant(ctx.tx, input.grantId);
  if (grant === undefined || grant.endedBecause !== null) return false;
  const task = await wantAgain(ctx.tx, { ...input, decidedAt: ctx.now });
  if (task === undefined) {
    const { id: grantId, identityId } = grant;
    const [entitlementId, roleId] = [grant.entitlementId ?? undefined, grant.roleId ?? undefined];
    await wantPresent(ctx, permit, { grantId, identityId, entitlementId, roleId, decidedAt: ctx.now });
    return true;
  }
  await ctx.record(permit, {
    event: accessWanted,
    subject: grant.identityId,
    data: { wanted: 'present', grants: [{ grantId: grant.id, targets: 1 }] },
  });
  await queueLanes(ctx.tx, [task]);
  return true;
}
