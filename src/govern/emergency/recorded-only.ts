import type { Tx } from '#kit/db/index.ts';
import { invalid } from '#kit/errors/index.ts';
import { getSystem, reachedFrom } from '#spine/graph/index.ts';
import type { EmergencyPath } from './model.ts';

/** Kinds of systems that people reach through a gateway, which records all they do. */
const RECORDED: ReadonlySet<string> = new Set(['linux']);

/**
 * Throws 422 where a path would give anything that can be used without a recorded session, by whatever it brings along:
 * an emergency that leaves no recording could not be reviewed.
 */
export const refuseUnrecorded = async (
  tx: Tx,
  path: Pick<EmergencyPath, 'entitlementId' | 'roleId'>,
): Promise<void> => {
  const reached = await reachedFrom(tx, {
    entitlementIds: path.entitlementId === null ? [] : [path.entitlementId],
    roleIds: path.roleId === null ? [] : [path.roleId],
  });
  for (const systemId of new Set(reached.map((r) => r.systemId))) {
    const system = await getSystem(tx, systemId);
    if (system !== undefined && RECORDED.has(system.kind)) continue;
    const what = reached.find((r) => r.systemId === systemId)?.name ?? 'something';
    throw invalid(
      '/what',
      `would give ${what} on ${system?.name ?? '?'}, which is used without a recorded session`,
      'choose what is only on systems behind the SSH gateway',
    );
  }
  if (reached.length === 0) throw invalid('/what', 'gives nothing', 'choose an entitlement, or a role with content');
};
