import { sql, type Tx } from '#kit/db/index.ts';
import { effectiveAccessOf, type Access } from '#spine/graph/index.ts';
import { findConflicts, withoutExcepted, worsens } from './find-conflicts.ts';
import type { HeldAccess, SodConflict, SodException } from './model.ts';
import { scopeOf } from './person-scope.ts';
import { comingWithEach, foreverFrom, heldOf } from './sod-verdict.ts';
import { exceptionsOfAll, rulesTouching } from './store.ts';

/** What a role would contain besides, and what it would no longer. */
export interface RoleChange {
  readonly roleId: string;
  readonly add: { readonly entitlementIds: readonly string[]; readonly roleIds: readonly string[] };
  readonly remove: { readonly entitlementIds: readonly string[]; readonly roleIds: readonly string[] };
}

/** What a change of a role does to the conflicts of one of its holders. */
export interface HolderVerdict {
  readonly identityId: string;
  readonly comes: readonly SodConflict[];
  readonly clears: readonly SodConflict[];
}

/**
 * What separation of duties says to a role being changed, holder by holder, those of whom it has something to say. Holders
 * have the role by a grant, or by a role that contains it. Costs a handful of statements, however many they are.
 */
export const sodVerdictsOnRole = async (tx: Tx, change: RoleChange): Promise<HolderVerdict[]> => {
  const people = await holdersOf(tx, change.roleId);
  const always = { validFrom: tx.now, validTo: null };
  const coming = (
    await comingWithEach(tx, [
      ...change.add.entitlementIds.map((entitlementId) => ({ entitlementId, ...always })),
      ...change.add.roleIds.map((roleId) => ({ roleId, ...always })),
    ])
  ).flat();
  const access = await effectiveAccessOf(tx, people, foreverFrom(tx));
  const lost = (row: Access): boolean => goesWith(row, change);
  const going = [...access.values()].flat().filter(lost);
  const rules = await rulesTouching(tx, [
    ...new Set([...coming.map((a) => a.entitlementId), ...going.flatMap((row) => row.entitlementId ?? [])]),
  ]);
  if (rules.length === 0) return [];
  const counts = await scopeOf(tx, people, rules);
  const exceptions = new Map<string, SodException[]>();
  for (const { identityId, ...exception } of await exceptionsOfAll(tx, people))
    exceptions.set(identityId, [...(exceptions.get(identityId) ?? []), exception]);
  return people.flatMap((identityId) => {
    const rows = access.get(identityId) ?? [];
    const mine = rules.filter((rule) => counts(rule, identityId));
    const tolerated = exceptions.get(identityId) ?? [];
    const before = findConflicts(mine, heldOf(tx, rows));
    const kept: HeldAccess[] = heldOf(
      tx,
      rows.filter((row) => !lost(row)),
    );
    const after = findConflicts(mine, [...kept, ...coming]);
    const comes = withoutExcepted(worsens(before, after), tolerated);
    const clears = withoutExcepted(worsens(after, before), tolerated);
    return comes.length === 0 && clears.length === 0 ? [] : [{ identityId, comes, clears }];
  });
};

/** Whether a row is had by what the role would no longer contain. Another path to the same is a row of its own. */
const goesWith = ({ path }: Access, { roleId, remove }: RoleChange): boolean =>
  path.some((step, i) => {
    const next = path[i + 1];
    if (step.kind !== 'role' || step.id !== roleId || next === undefined) return false;
    return (next.kind === 'role' ? remove.roleIds : remove.entitlementIds).includes(next.id);
  });

const holdersOf = async (tx: Tx, roleId: string): Promise<string[]> =>
  (
    await tx.many<{ id: string }>(sql`
      with recursive above (role_id) as (
        select ${roleId}::uuid
        union
        select c.role_id from above a join role_content c on c.child_role_id = a.role_id and c.valid_to is null
      )
      select distinct g.identity_id as id from access_grant g join above a on a.role_id = g.role_id
       where g.ended_because is null and (g.valid_to is null or g.valid_to > ${tx.now}) order by 1`)
  ).map(({ id }) => id);
