import { sql, type Tx } from '#kit/db/index.ts';
import { notFound } from '#kit/errors/index.ts';
import type { EmergencyPath, EmergencyUse, Opening } from './model.ts';

export const pathColumns = sql`p.id, p.name, p.purpose, p.entitlement_id, p.role_id, p.user_ids, p.users_hold_id, p.reviewer_ids,
  p.longest_seconds, p.review_seconds, p.defined_by, p.defined_at, p.closed_at, p.locked_at, p.locked_because, p.locked_by_use_id`;
export const useColumns = sql`u.id, u.path_id, u.identity_id, u.grant_id, u.reason, u.used_at, u.ends_at, u.review_due_at,
  u.step_up_method, u.step_up_at, u.overdue_at, u.verdict, u.reviewed_by, u.reviewed_at, u.comment`;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
export const isId = (text: string): boolean => UUID.test(text);

/** Which path is meant by an id, or by the name of one that is not closed; what is neither is found by nobody. */
export const pathIdOf = async (tx: Tx, idOrName: string): Promise<string> =>
  isId(idOrName)
    ? idOrName
    : ((
        await tx.maybe<{ id: string }>(
          sql`select id from emergency_path where lower(name) = lower(${idOrName}) and closed_at is null`,
        )
      )?.id ?? idOrName);

export const findPaths = (tx: Tx, ids: readonly string[]): Promise<EmergencyPath[]> =>
  tx.many<EmergencyPath>(
    sql`select ${pathColumns} from emergency_path p where p.id = any(${ids.filter(isId)}::uuid[]) order by lower(p.name), p.id`,
  );

/** The path, held against every other act on it until the transaction ends. Throws `emergency_path.not_found`. */
export const lockPath = async (tx: Tx, idOrName: string): Promise<EmergencyPath> => {
  const id = await pathIdOf(tx, idOrName);
  const row = isId(id)
    ? await tx.maybe<EmergencyPath>(
        sql`select ${pathColumns} from emergency_path p where p.id = ${id} for no key update`,
      )
    : undefined;
  if (row === undefined) throw notFound('emergency_path', idOrName);
  return row;
};

export const findUse = async (tx: Tx, id: string): Promise<EmergencyUse> => {
  const row = isId(id)
    ? await tx.maybe<EmergencyUse>(sql`select ${useColumns} from emergency_use u where u.id = ${id}`)
    : undefined;
  if (row === undefined) throw notFound('emergency_use', id);
  return row;
};

/** Uses of a path that nobody reviewed though their time is over. */
export const unreviewedUses = (tx: Tx, pathId: string): Promise<EmergencyUse[]> =>
  tx.many<EmergencyUse>(sql`
    select ${useColumns} from emergency_use u
     where u.path_id = ${pathId} and u.verdict is null and u.review_due_at <= ${tx.now} order by u.used_at, u.id`);

/** What somebody has by a path just now. */
export const liveUse = (tx: Tx, pathId: string, identityId: string): Promise<EmergencyUse | undefined> =>
  tx.maybe<EmergencyUse>(sql`
    select ${useColumns} from emergency_use u join access_grant g on g.origin = 'emergency' and g.origin_id = u.id
     where u.path_id = ${pathId} and g.identity_id = ${identityId} and g.ended_because is null and g.valid_to > ${tx.now}
     order by u.used_at desc limit 1`);

export const openingOf = (tx: Tx, pathId: string): Promise<Opening | undefined> =>
  tx.maybe<Opening>(sql`
    select id, path_id, reason, asked_by, asked_at, ends_at from emergency_opening
     where path_id = ${pathId} and agreed_by is null and ends_at > ${tx.now} order by asked_at desc limit 1`);

export const insertPath = async (tx: Tx, p: EmergencyPath): Promise<void> => {
  await tx.run(sql`
    insert into emergency_path (id, name, purpose, entitlement_id, role_id, user_ids, users_hold_id, reviewer_ids,
                                longest_seconds, review_seconds, defined_by, defined_at)
    values (${p.id}, ${p.name}, ${p.purpose}, ${p.entitlementId}, ${p.roleId}, ${p.userIds}::uuid[], ${p.usersHoldId},
            ${p.reviewerIds}::uuid[], ${p.longestSeconds}, ${p.reviewSeconds}, ${p.definedBy}, ${p.definedAt})`);
};

export const insertUse = async (
  tx: Tx,
  u: Omit<EmergencyUse, 'overdueAt' | 'verdict' | 'reviewedBy' | 'reviewedAt' | 'comment'>,
): Promise<void> => {
  await tx.run(sql`
    insert into emergency_use (id, path_id, identity_id, grant_id, reason, used_at, ends_at, review_due_at, step_up_method, step_up_at)
    values (${u.id}, ${u.pathId}, ${u.identityId}, ${u.grantId}, ${u.reason}, ${u.usedAt}, ${u.endsAt}, ${u.reviewDueAt},
            ${u.stepUpMethod}, ${u.stepUpAt})`);
};
