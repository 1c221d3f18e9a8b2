import type { Decide } from '#spine/decide/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { setRoleParts } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { putAssignment, type LaidOut } from '#govern/lifecycle/index.ts';
import { sumOf, type VersionChange } from './as-if-version.ts';
import { putExclusions } from './exclusions.ts';

/** Makes roles what a version says, in the order its report looked at: content, exclusions, and who has them by rule. */
export async function applyVersion(
  ctx: Ctx,
  permit: Permit,
  decide: Decide,
  changes: readonly VersionChange[],
): Promise<LaidOut> {
  for (const change of changes) await setRoleParts(ctx, permit, change);
  for (const { roleId, excludes } of changes)
    if (excludes !== undefined)
      await putExclusions(ctx, permit, decide, { id: roleId, name: excludes.roleName }, excludes.roles);
  const laid: LaidOut[] = [];
  for (const { assigned } of changes) if (assigned !== undefined) laid.push(await putAssignment(ctx, permit, assigned));
  return sumOf(laid);
}
