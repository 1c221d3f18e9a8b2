import type { ApprovalRules } from '../approvers/approval-rules.ts';

const HOUR = 3_600_000;

/** When those asked are reminded, and when others are asked too. */
export const timesOf = (rules: ApprovalRules, now: Date): { dueAt: Date; escalateAt: Date } => ({
  dueAt: new Date(now.getTime() + rules.dueHours * HOUR),
  escalateAt: new Date(now.getTime() + (rules.dueHours + rules.escalateHours) * HOUR),
});
