import { sql, type Tx } from '#kit/db/index.ts';
import { asIfRoleParts, grantsOfRoles, type RolePart } from '#spine/graph/index.ts';
import { layOutAssignment, peopleOfAssignment, type AssignedRole, type LaidOut } from '#govern/lifecycle/index.ts';
import type { SessionsEnding } from './edges.ts';
import { layOutExclusions } from './exclusions.ts';
import type { Exclusion } from './model.ts';

/** All that publishing a version would change. What is absent stays as it is. */
export interface VersionChange {
  readonly roleId: string;
  readonly parts: readonly RolePart[];
  readonly assigned?: AssignedRole | undefined;
  readonly excludes?: { readonly roleName: string; readonly roles: readonly Exclusion[] } | undefined;
}

const PEOPLE_AT_ONCE = 2_000;

/**
 * Looks at the graph as it would be had a version been published, and leaves it as it is: content, then exclusions, then
 * what the rule gives and takes of these people. In the order, and by what does it, that publishing has.
 */
export async function asIfVersion<T>(
  tx: Tx,
  change: VersionChange,
  people: readonly string[],
  look: (laid: LaidOut) => Promise<T>,
): Promise<T> {
  return await asIfRoleParts(tx, change, async () => {
    if (change.excludes !== undefined)
      await layOutExclusions(tx, { id: change.roleId, name: change.excludes.roleName }, change.excludes.roles);
    const nothing = { assigned: 0, unassigned: 0, blocked: 0 };
    return await look(change.assigned === undefined ? nothing : await layOutAssignment(tx, change.assigned, people));
  });
}

/** Whom the version's rule, or whom it excepts, would give the role or take it from, blocked or not. */
export async function peopleByRule(tx: Tx, { assigned }: VersionChange): Promise<readonly string[]> {
  if (assigned === undefined) return [];
  await tx.run(sql`savepoint people_by_rule`);
  try {
    return await peopleOfAssignment(tx, assigned);
  } finally {
    await tx.run(sql`rollback to savepoint people_by_rule`);
  }
}

/** Live sessions that would end, of whoever has the role now. */
export async function sessionsEndingBy(
  tx: Tx,
  change: VersionChange,
  sessionsEnding: SessionsEnding,
): Promise<readonly string[]> {
  const grants = await grantsOfRoles(tx, [change.roleId]);
  const found: string[] = [];
  for (let n = 0; n < grants.length; n += PEOPLE_AT_ONCE) {
    const some = grants.slice(n, n + PEOPLE_AT_ONCE);
    const people = [...new Set(some.map(({ identityId }) => identityId))];
    const ids = some.map(({ id }) => id);
    found.push(...(await asIfVersion(tx, change, people, () => sessionsEnding(tx, ids))));
  }
  return [...new Set(found)];
}
