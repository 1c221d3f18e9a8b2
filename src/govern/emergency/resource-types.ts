import { sql, type Tx } from '#kit/db/index.ts';
import type { CedarType, CedarValue, ResourceType } from '#spine/operations/index.ts';
import { usersOf } from './concerned.ts';
import { findPaths, isId } from './store.ts';

const identity = (id: string): CedarValue => ({ entity: { type: 'Identity', id } });
const person: CedarType = { type: 'Entity', name: 'Identity' };
const people: CedarType = { type: 'Set', element: person };

/** A path as policies see it. */
export const pathType: ResourceType = {
  type: 'EmergencyPath',
  attributes: { users: people, reviewers: people, definer: person, lockedBy: { ...person, required: false } },
  load: async (tx, ids) => {
    const lockers = new Map(
      (
        await tx.many<{ pathId: string; identityId: string }>(sql`
          select p.id as path_id, u.identity_id from emergency_path p join emergency_use u on u.id = p.locked_by_use_id
           where p.id = any(${ids.filter(isId)}::uuid[])`)
      ).map((row) => [row.pathId, row.identityId]),
    );
    const loaded = new Map<string, Record<string, CedarValue>>();
    for (const path of await findPaths(tx, ids)) {
      const lockedBy = lockers.get(path.id);
      loaded.set(path.id, {
        users: (await usersOf(tx, path)).map(identity),
        reviewers: path.reviewerIds.map(identity),
        definer: identity(path.definedBy),
        ...(lockedBy === undefined ? {} : { lockedBy: identity(lockedBy) }),
      });
    }
    return loaded;
  },
};

/** One use as policies see it. */
export const useType: ResourceType = {
  type: 'EmergencyUse',
  attributes: { user: person, reviewers: people },
  load: async (tx: Tx, ids) => {
    const rows = await tx.many<{ id: string; identityId: string; reviewerIds: string[] }>(sql`
      select u.id, u.identity_id, p.reviewer_ids from emergency_use u join emergency_path p on p.id = u.path_id
       where u.id = any(${ids.filter(isId)}::uuid[])`);
    return new Map(rows.map((r) => [r.id, { user: identity(r.identityId), reviewers: r.reviewerIds.map(identity) }]));
  },
};
