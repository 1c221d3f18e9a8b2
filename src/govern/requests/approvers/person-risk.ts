import type { Tx } from '#kit/db/index.ts';
import { riskLevels, type RiskLevel } from '#govern/risk/index.ts';
import type { ApprovalRules } from './approval-rules.ts';

/**
 * The risk of these people themselves as of now, where any rule asks about it; nobody's is judged where none does. What
 * they have by now counts, also what the request gave.
 */
export const personRisks = async (
  tx: Tx,
  rules: ApprovalRules,
  identityIds: readonly string[],
): Promise<(identityId: string) => RiskLevel> => {
  const asked = rules.rules.some(({ when }) => when.personRisk !== undefined);
  const levels = asked ? await riskLevels(tx, [...new Set(identityIds)]) : new Map<string, RiskLevel>();
  return (identityId) => levels.get(identityId) ?? 'low';
};
