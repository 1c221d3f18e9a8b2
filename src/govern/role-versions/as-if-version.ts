import { sql, type Tx } from '#kit/db/index.ts';
import { asIfRoleParts, grantsOfRoles, type RolePart } from '#spine/graph/index.ts';
import { layOutAssignment, peopleOfAssignment, type AssignedRole, type LaidOut } from '#govern/lifecycle/index.ts';
import type { SessionsEnding } from './edges.ts';
import { layOutExclusions } from './exclusions.ts';
import type { Exclusion } from './model.ts';

/** All that publishing a version would change of one role. What is absent stays as it is. */
export interface VersionChange {
  readonly roleId: string;
  readonly parts: readonly RolePart[];
  readonly assigned?: AssignedRole | undefined;
  readonly excludes?: { readonly roleName: string; readonly roles: readonly Exclusion[] } | undefined;
}

const PEOPLE_AT_ONCE = 2_000;

/**
 * Looks at the graph as it would be had a version been published, and leaves it as it is: content of each role, then
 * exclusions, then what rules give and take of these people. In the order, and by what does it, that publishing has.
 */
export async function asIfVersion<T>(
  tx: Tx,
  changes: readonly VersionChange[],
  people: readonly string[],
  look: (laid: LaidOut) => Promise<T>,
): Promise<T> {
  return await asIfRoleParts(tx, changes, async () => {
    for (const { roleId, excludes } of changes)
      if (excludes !== undefined) await layOutExclusions(tx, { id: roleId, name: excludes.roleName }, excludes.roles);
    const laid: LaidOut[] = [];
    for (const { assigned } of changes)
      if (assigned !== undefined) laid.push(await layOutAssignment(tx, assigned, people));
    return await look(sumOf(laid));
  });
}

/** What several rules come to. */
export const sumOf = (laid: readonly LaidOut[]): LaidOut => ({
  assigned: laid.reduce((sum, one) => sum + one.assigned, 0),
  unassigned: laid.reduce((sum, one) => sum + one.unassigned, 0),
  blocked: laid.reduce((sum, one) => sum + one.blocked, 0),
});

/** Whom rules of the version, or whom it excepts, would give a role or take it from, blocked or not. */
export async function peopleByRule(tx: Tx, changes: readonly VersionChange[]): Promise<readonly string[]> {
  const rules = changes.flatMap(({ assigned }) => assigned ?? []);
  if (rules.length === 0) return [];
  await tx.run(sql`savepoint people_by_rule`);
  try {
    const people = new Set<string>();
    for (const rule of rules) for (const id of await peopleOfAssignment(tx, rule)) people.add(id);
    return [...people];
  } finally {
    await tx.run(sql`rollback to savepoint people_by_rule`);
  }
}

/** Live sessions that would end, of whoever has one of the roles now. */
export async function sessionsEndingBy(
  tx: Tx,
  changes: readonly VersionChange[],
  sessionsEnding: SessionsEnding,
): Promise<readonly string[]> {
  const grants = await grantsOfRoles(
    tx,
    changes.map(({ roleId }) => roleId),
  );
  const found: string[] = [];
  for (let n = 0; n < grants.length; n += PEOPLE_AT_ONCE) {
    const some = grants.slice(n, n + PEOPLE_AT_ONCE);
    const people = [...new Set(some.map(({ identityId }) => identityId))];
    const ids = some.map(({ id }) => id);
    found.push(...(await asIfVersion(tx, changes, people, () => sessionsEnding(tx, ids))));
  }
  return [...new Set(found)];
}
