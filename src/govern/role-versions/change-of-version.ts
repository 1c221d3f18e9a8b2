import type { Tx } from '#kit/db/index.ts';
import { requireRole } from '#spine/graph/index.ts';
import { assignmentInForce, type AssignedRole } from '#govern/lifecycle/index.ts';
import { parametersOf } from '#govern/role-parameters/index.ts';
import type { VersionChange } from './as-if-version.ts';
import { changesExclusions } from './exclusions.ts';
import type { RoleVersion } from './model.ts';
import { partsOf } from './parts-of.ts';
import { changesOfBindings } from './template-of-version.ts';
import { assignedOfBindings } from './whom-of-template.ts';

/**
 * All that publishing a version would change: the role, and what is bound to it. What it leaves as it is in force is not in
 * it. Throws where it cannot be published for its parameters.
 */
export async function changesOf(tx: Tx, version: RoleVersion): Promise<readonly VersionChange[]> {
  const { roleId, content } = version;
  const assigned = await assignedOfBindings(tx, roleId, content);
  const bound: VersionChange[] = [];
  for (const change of await changesOfBindings(tx, roleId, content))
    bound.push({ ...change, ...(await assignedIfChanged(tx, assigned.get(change.roleId))) });
  return [await changeOf(tx, version), ...bound];
}

async function changeOf(tx: Tx, { roleId, content }: RoleVersion): Promise<VersionChange> {
  const { name: roleName } = await requireRole(tx, roleId);
  const now = await assignmentInForce(tx, roleId);
  // Nobody has a role with parameters itself: its rule is that of each role bound to them.
  const isTemplate = (await parametersOf(tx, roleId)).length > 0;
  const said = content.assignment === undefined ? now.assignment : content.assignment;
  const assignment = isTemplate ? null : said;
  const exceptPeople = [...new Set(content.exceptPeople ?? now.exceptPeople)].sort();
  const { excludes } = content;
  const apart = excludes !== undefined && (await changesExclusions(tx, { id: roleId, name: roleName }, excludes));
  return {
    roleId,
    parts: partsOf(content),
    ...(await assignedIfChanged(tx, { roleId, roleName, assignment, exceptPeople })),
    ...(apart ? { excludes: { roleName, roles: excludes } } : {}),
  };
}

/** Who has a role by rule, where that is to be looked at: there is a rule, or there was one, or somebody else is excepted. */
async function assignedIfChanged(tx: Tx, assigned: AssignedRole | undefined): Promise<Pick<VersionChange, 'assigned'>> {
  if (assigned === undefined) return {};
  const { assignment, exceptPeople } = assigned;
  const now = await assignmentInForce(tx, assigned.roleId);
  const isSame =
    JSON.stringify([assignment?.personCondition, assignment?.graceDays, [...new Set(exceptPeople)].sort()]) ===
    JSON.stringify([now.assignment?.personCondition, now.assignment?.graceDays, now.exceptPeople]);
  // With a rule, who has the role may be another for any reason in the version: what kept them from it may be gone.
  return isSame && assignment === null ? {} : { assigned };
}
