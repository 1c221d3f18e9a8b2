import type { Tx } from '#kit/db/index.ts';
import { firstAfterWorkingHours } from '#spine/calendars/index.ts';
import type { ApprovalRules } from '../approvers/approval-rules.ts';

const HOUR = 3_600_000;

/**
 * When those asked are reminded, and when others are asked too: after so many hours of work at the site of whoever of
 * them has had these first, unless the policy counts all hours.
 */
export const timesOf = async (
  tx: Tx,
  rules: ApprovalRules,
  candidates: readonly string[],
): Promise<{ readonly dueAt: Date; readonly escalateAt: Date }> => {
  const hours = [rules.dueHours, rules.dueHours + rules.escalateHours];
  const [dueAt = tx.now, escalateAt = tx.now] =
    rules.counting === 'all_hours'
      ? hours.map((h) => new Date(tx.now.getTime() + h * HOUR))
      : await firstAfterWorkingHours(tx, candidates, tx.now, hours);
  return { dueAt, escalateAt };
};
