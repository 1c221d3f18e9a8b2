import type { Decide } from '#spine/decide/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { setRoleParts } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { putAssignment, type LaidOut } from '#govern/lifecycle/index.ts';
import type { VersionChange } from './as-if-version.ts';
import { putExclusions } from './exclusions.ts';

/** Makes a role what a version says, in the order its report looked at: content, exclusions, and who has it by rule. */
export async function applyVersion(ctx: Ctx, permit: Permit, decide: Decide, change: VersionChange): Promise<LaidOut> {
  const { roleId, excludes, assigned } = change;
  await setRoleParts(ctx, permit, change);
  if (excludes !== undefined)
    await putExclusions(ctx, permit, decide, { id: roleId, name: excludes.roleName }, excludes.roles);
  return assigned === undefined
    ? { assigned: 0, unassigned: 0, blocked: 0 }
    : await putAssignment(ctx, permit, assigned);
}
