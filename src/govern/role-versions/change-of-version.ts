import type { Tx } from '#kit/db/index.ts';
import { requireRole } from '#spine/graph/index.ts';
import { assignmentInForce } from '#govern/lifecycle/index.ts';
import type { VersionChange } from './as-if-version.ts';
import { changesExclusions } from './exclusions.ts';
import type { RoleVersion } from './model.ts';
import { partsOf } from './parts-of.ts';
import { changesOfBindings } from './template-of-version.ts';

/**
 * All that publishing a version would change: the role, and what is bound to it. What it leaves as it is in force is not in
 * it. Throws where it cannot be published for its parameters.
 */
export const changesOf = async (tx: Tx, version: RoleVersion): Promise<readonly VersionChange[]> => [
  await changeOf(tx, version),
  ...(await changesOfBindings(tx, version.roleId, version.content)),
];

async function changeOf(tx: Tx, { roleId, content }: RoleVersion): Promise<VersionChange> {
  const { name: roleName } = await requireRole(tx, roleId);
  const now = await assignmentInForce(tx, roleId);
  const assignment = content.assignment === undefined ? now.assignment : content.assignment;
  const exceptPeople = [...new Set(content.exceptPeople ?? now.exceptPeople)].sort();
  const isSame =
    JSON.stringify([assignment?.personCondition, assignment?.graceDays, exceptPeople]) ===
    JSON.stringify([now.assignment?.personCondition, now.assignment?.graceDays, now.exceptPeople]);
  const { excludes } = content;
  const apart = excludes !== undefined && (await changesExclusions(tx, { id: roleId, name: roleName }, excludes));
  return {
    roleId,
    parts: partsOf(content),
    // With a rule, who has the role may be another for any reason in the version: what kept them from it may be gone.
    ...(isSame && assignment === null ? {} : { assigned: { roleId, roleName, assignment, exceptPeople } }),
    ...(apart ? { excludes: { roleName, roles: excludes } } : {}),
  };
}
