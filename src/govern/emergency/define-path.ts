import { isConstraint, sql } from '#kit/db/index.ts';
import { conflict, invalid } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Permit } from '#spine/decide/index.ts';
import { getIdentities } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { inWords, targetOf, usersOf } from './concerned.ts';
import { pathClosed, pathDefined } from './events.ts';
import type { EmergencyPath } from './model.ts';
import { refuseUnrecorded } from './recorded-only.ts';
import { insertPath, lockPath } from './store.ts';

type Given = Pick<
  EmergencyPath,
  | 'name'
  | 'purpose'
  | 'entitlementId'
  | 'roleId'
  | 'userIds'
  | 'usersHoldId'
  | 'reviewerIds'
  | 'longestSeconds'
  | 'reviewSeconds'
>;

/**
 * Defines a path beforehand. Nobody defines one they could use; everybody who uses it has somebody else to review it.
 * A path is never changed: another takes its place, so that what somebody used is what was defined.
 */
export const definePath = async (ctx: Ctx, permit: Permit<'emergency_path.define'>, given: Given): Promise<string> => {
  const path: EmergencyPath = {
    id: newId(ctx.now.getTime()),
    ...given,
    definedBy: ctx.principal.id,
    definedAt: ctx.now,
    closedAt: null,
    lockedAt: null,
    lockedBecause: null,
    lockedByUseId: null,
  };
  const target = await targetOf(ctx.tx, path);
  if (target === undefined || target.gone)
    throw invalid('/what', `${inWords(target)} is not there`, 'name an entitlement or role that is there');
  await refuseUnrecorded(ctx.tx, path);
  await refusePeople(ctx, path);
  try {
    await insertPath(ctx.tx, path);
  } catch (error) {
    if (!isConstraint(error, 'emergency_path_name_is_one_of_those_open')) throw error;
    throw conflict('emergency_path.named_already', `there is a path ${path.name} already`, 'choose another name');
  }
  await ctx.record(permit, {
    event: pathDefined,
    data: {
      pathId: path.id,
      name: path.name,
      purpose: path.purpose,
      entitlementId: path.entitlementId ?? undefined,
      roleId: path.roleId ?? undefined,
      userIds: [...path.userIds],
      usersHoldId: path.usersHoldId ?? undefined,
      reviewerIds: [...path.reviewerIds],
      longestSeconds: path.longestSeconds,
      reviewSeconds: path.reviewSeconds,
    },
  });
  return path.id;
};

/** No one is let in who is not a person here, and no use would be left to its user to review. */
const refusePeople = async (ctx: Ctx, path: EmergencyPath): Promise<void> => {
  const users = await usersOf(ctx.tx, path);
  if (users.includes(ctx.principal.id))
    throw invalid(
      '/users',
      'nobody defines emergency access for themselves',
      'have another security officer define it',
    );
  const people = await getIdentities(ctx.tx, [...new Set([...path.userIds, ...path.reviewerIds])]);
  const person = (id: string): boolean =>
    people.some((p) => p.id === id && p.kind === 'person' && p.state !== 'leaver');
  if (!path.userIds.every(person))
    throw invalid('/users', 'names somebody who is no person here', 'name people who work here');
  if (!path.reviewerIds.every(person))
    throw invalid('/reviewers', 'names somebody who is no person here', 'name people who work here');
  if (users.some((user) => path.reviewerIds.every((reviewer) => reviewer === user)))
    throw invalid('/reviewers', 'would leave somebody to review their own use', 'name another reviewer too');
};

/** Closes a path for good. What is had by it goes on to its end, and is reviewed all the same. */
export const closePath = async (
  ctx: Ctx,
  permit: Permit<'emergency_path.close'>,
  idOrName: string,
): Promise<string> => {
  const path = await lockPath(ctx.tx, idOrName);
  if (path.closedAt !== null) throw conflict('emergency_path.closed', `${path.name} is closed already`);
  await ctx.tx.run(sql`update emergency_path set closed_at = ${ctx.now} where id = ${path.id}`);
  await ctx.record(permit, { event: pathClosed, data: { pathId: path.id, name: path.name } });
  return path.id;
};
