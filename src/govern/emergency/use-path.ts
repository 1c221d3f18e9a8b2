import type { Tx } from '#kit/db/index.ts';
import { conflict, denied, invalid } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import { enforceVerdict, sodVerdict, type Permit } from '#spine/decide/index.ts';
import { getIdentities, holdIdentities, startGrant } from '#spine/graph/index.ts';
import type { Ctx, TakeStepUp } from '#spine/operations/index.ts';
import { whoOpens } from './concerned.ts';
import { emergencyUsed } from './events.ts';
import type { EmergencyPath } from './model.ts';
import { refuseUnrecorded } from './recorded-only.ts';
import { findUse, insertUse, liveUse, lockPath, unreviewedUses } from './store.ts';
import { loudTo, tellOf } from './tell.ts';

/** Names of those of whom any two open a path again, for whoever stands before it. */
export const openersInWords = async (tx: Tx, path: EmergencyPath): Promise<string> => {
  const lockedBy = path.lockedByUseId === null ? undefined : (await findUse(tx, path.lockedByUseId)).identityId;
  const people = await getIdentities(tx, await whoOpens(tx, lockedBy));
  const names = people.map((p) => p.displayName).join(', ');
  return people.length < 2
    ? 'it takes two security officers or administrators to open it again, and there are not two who can'
    : `any two of these open it again: ${names}`;
};

/** Shut means shut: closed, locked, or with a use whose review is over its time though nobody has acted on that yet. */
const refuseShut = async (tx: Tx, path: EmergencyPath): Promise<void> => {
  if (path.closedAt !== null) throw conflict('emergency_path.closed', `${path.name} is closed`, 'request the access');
  if (path.lockedAt !== null)
    throw denied(
      'emergency_path.locked',
      `${path.name} is locked: ${path.lockedBecause ?? ''}`,
      await openersInWords(tx, path),
    );
  const [late] = await unreviewedUses(tx, path.id);
  if (late !== undefined)
    throw denied(
      'emergency_path.locked',
      `${path.name} is locked: a use of it was not reviewed in time`,
      await openersInWords(tx, path),
    );
};

/**
 * Takes emergency access: at once and without approval, with a reason and a fresh proof that it is them. The grant has
 * a short end, owners, security officers and reviewers are told, and a review is due: all of it in one transaction.
 * Separation of duties holds as everywhere.
 */
export const usePath = async (
  ctx: Ctx,
  permit: Permit<'emergency_path.use'>,
  takeStepUp: TakeStepUp,
  input: { readonly id: string; readonly reason: string; readonly minutes?: number | undefined },
): Promise<string> => {
  const path = await lockPath(ctx.tx, input.id);
  const me = ctx.principal.id;
  await refuseShut(ctx.tx, path);
  const seconds = input.minutes === undefined ? path.longestSeconds : input.minutes * 60;
  if (seconds > path.longestSeconds)
    throw invalid(
      '/minutes',
      `is longer than ${path.name} gives`,
      `ask for ${Math.floor(path.longestSeconds / 60)} at most`,
    );
  const live = await liveUse(ctx.tx, path.id, me);
  if (live !== undefined)
    throw conflict(
      'emergency_path.in_use',
      `you have this already, until ${live.endsAt.toISOString()}`,
      'use it; take it again when it is over',
    );
  await holdIdentities(ctx.tx, [me]);
  await refuseUnrecorded(ctx.tx, path);
  const endsAt = new Date(ctx.now.getTime() + seconds * 1000);
  const what = path.roleId === null ? { entitlementId: path.entitlementId ?? undefined } : { roleId: path.roleId };
  const verdict = await sodVerdict(ctx.tx, me, [{ ...what, validFrom: ctx.now, validTo: endsAt }]);
  await enforceVerdict(ctx, permit, { identityId: me, way: 'emergency', verdict });
  const stepUp = await takeStepUp(ctx, { action: 'emergency_path.use', resourceId: path.id });
  const id = newId(ctx.now.getTime());
  const grant = await startGrant(ctx, permit, {
    identityId: me,
    ...what,
    validTo: endsAt,
    origin: 'emergency',
    originId: id,
    reason: input.reason,
    said: `emergency access by ${path.name}`,
  });
  const use = {
    id,
    pathId: path.id,
    identityId: me,
    grantId: grant.id,
    reason: input.reason,
    usedAt: ctx.now,
    endsAt,
    reviewDueAt: new Date(ctx.now.getTime() + path.reviewSeconds * 1000),
    stepUpMethod: stepUp.method,
    stepUpAt: stepUp.at,
  };
  await insertUse(ctx.tx, use);
  await ctx.record(permit, {
    event: emergencyUsed,
    subject: me,
    data: {
      pathId: path.id,
      name: path.name,
      useId: id,
      identityId: me,
      grantId: grant.id,
      endsAt: endsAt.toISOString(),
      reviewDueAt: use.reviewDueAt.toISOString(),
      stepUp: { method: stepUp.method, at: stepUp.at.toISOString() },
      reason: input.reason,
    },
  });
  await tellOf(ctx, permit, path, use, { to: await loudTo(ctx, path, me), template: 'emergency.used' });
  return id;
};
