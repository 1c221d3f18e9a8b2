import type { Tx } from '#kit/db/index.ts';
import { loadTargets } from '../lines/find-targets.ts';
import { linesOf } from '../store.ts';

/**
 * Whether all a request asks for is of low risk, not privileged and without a conflict of duties, as it was when asked for
 * and as it is now.
 */
export const isLowRisk = async (tx: Tx, requestId: string): Promise<boolean> => {
  const lines = await linesOf(tx, [requestId]);
  const targets = await loadTargets(tx, {
    entitlementIds: lines.flatMap((l) => l.entitlementId ?? []),
    roleIds: lines.flatMap((l) => l.roleId ?? []),
  });
  return lines.every((line) => {
    const target = targets.get(line.entitlementId ?? line.roleId ?? '');
    const harmless = (facts: { readonly risk: string; readonly privileged: boolean }): boolean =>
      facts.risk === 'low' && !facts.privileged;
    return target !== undefined && harmless(target) && harmless(line) && line.sod.length === 0;
  });
};
