import { z } from 'zod';
import type { Risk } from '../model.ts';

/** What a rule may ask about a line. An absent condition holds for every line. */
const when = z.object({
  privileged: z.boolean().optional(),
  risk: z
    .array(z.enum(['low', 'medium', 'high', 'critical']))
    .min(1)
    .optional(),
  systemIds: z.array(z.uuid()).min(1).optional(),
});

/** One version of who approves what. The first rule whose conditions all hold decides about a line. */
export const approvalRules = z.object({
  rules: z
    .array(
      z.object({
        when,
        /** Whom to ask, in this order; the same person never decides two of them. */
        steps: z
          .array(z.union([z.enum(['manager', 'owner']), z.object({ named: z.array(z.uuid()).min(1) })]))
          .min(1)
          .max(5),
        /** The longest time it may be asked for; absent: what the entitlement itself allows. */
        longestSeconds: z.int().positive().optional(),
      }),
    )
    .min(1)
    .max(100),
  /** Hours until a reminder, then until the next in line is asked too. */
  dueHours: z.number().positive().max(1000),
  escalateHours: z.number().positive().max(1000),
  /** Days after which a request nobody decided is over. */
  expireDays: z.number().positive().max(365),
});
export type ApprovalRules = z.output<typeof approvalRules>;
export type ApprovalRule = ApprovalRules['rules'][number];
export type WantedStep = ApprovalRule['steps'][number];

/** What of a line the rules look at. */
export interface LineFacts {
  readonly privileged: boolean;
  readonly risk: Risk;
  readonly systemId: string | null;
}

const holds = ({ privileged, risk, systemIds }: ApprovalRule['when'], line: LineFacts): boolean =>
  (privileged === undefined || privileged === line.privileged) &&
  (risk === undefined || risk.includes(line.risk)) &&
  (systemIds === undefined || (line.systemId !== null && systemIds.includes(line.systemId)));

/** Where no rule holds, both are asked: silence of a policy is not consent. */
const STRICTEST: ApprovalRule = { when: {}, steps: ['manager', 'owner'] };

/** The rule that decides about a line. */
export const ruleFor = (rules: ApprovalRules, line: LineFacts): ApprovalRule =>
  rules.rules.find((rule) => holds(rule.when, line)) ?? STRICTEST;

/** The longest time of both limits; undefined where neither limits. */
export const shorterLimit = (a: number | null | undefined, b: number | null | undefined): number | undefined => {
  const limits = [a, b].filter((n): n is number => n !== null && n !== undefined);
  return limits.length === 0 ? undefined : Math.min(...limits);
};
