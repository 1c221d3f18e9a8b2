import { z } from 'zod';
import { sql, type Queryable } from '#kit/db/index.ts';
import { invalid } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { riskPolicyPut } from './events.ts';
import { LEVELS } from './model.ts';

const score = (preset: number) => z.int().min(1).max(100).default(preset);

/** From which score on somebody is of which level, what is a jump, and how far back is looked. */
export const riskPolicy = z.object({
  mediumFrom: score(15),
  highFrom: score(30),
  criticalFrom: score(50),
  /** So many points more within so many days are a jump. */
  jumpPoints: score(15),
  jumpDays: z.int().min(1).max(365).default(7),
  /** So is coming to this level or above, from below where somebody was in those days. */
  jumpTo: z.enum(LEVELS).exclude(['low']).default('high'),
  /** Privileged access whose last use is longer ago is dormant. Unknown use is never that. */
  dormantDays: z.int().min(1).max(3650).default(90),
  /** What happened counts for so long: emergency uses, failed proofs, reviews nobody answered. */
  windowDays: z.int().min(1).max(3650).default(90),
});
export type RiskPolicy = z.output<typeof riskPolicy>;

/** A policy as it was put, with who did and when. Number 0: none was, and the shipped one is in force. */
export interface StoredRiskPolicy {
  readonly number: number;
  readonly policy: RiskPolicy;
  readonly reason: string | null;
  readonly madeBy: string | null;
  readonly madeAt: Date | null;
}

/** The policy in force. */
export async function riskPolicyInForce(tx: Queryable): Promise<StoredRiskPolicy> {
  const found = await tx.maybe<Omit<StoredRiskPolicy, 'policy'> & { policy: unknown }>(
    sql`select number, policy, reason, made_by, made_at from risk_policy order by number desc limit 1`,
  );
  return found === undefined
    ? { number: 0, policy: riskPolicy.parse({}), reason: null, madeBy: null, madeAt: null }
    : { ...found, policy: riskPolicy.parse(found.policy) };
}

/** Puts a policy in force; those before it are kept. */
export async function putRiskPolicy(
  ctx: Ctx,
  permit: Permit<'risk_policy.put'>,
  input: { readonly policy: RiskPolicy; readonly reason: string },
): Promise<StoredRiskPolicy> {
  const { mediumFrom, highFrom, criticalFrom } = input.policy;
  if (highFrom <= mediumFrom)
    throw invalid('/policy/highFrom', 'must be above mediumFrom', `choose more than ${mediumFrom}`);
  if (criticalFrom <= highFrom)
    throw invalid('/policy/criticalFrom', 'must be above highFrom', `choose more than ${highFrom}`);
  await ctx.tx.run(sql`lock table risk_policy in share row exclusive mode`);
  const number = (await riskPolicyInForce(ctx.tx)).number + 1;
  await ctx.tx.run(sql`
    insert into risk_policy (number, policy, reason, made_by, made_at)
    values (${number}, ${sql.json(input.policy)}::jsonb, ${input.reason}, ${ctx.principal.id}, ${ctx.now})`);
  await ctx.record(permit, {
    event: riskPolicyPut,
    subject: ctx.principal.id,
    data: { number, policy: input.policy, reason: input.reason },
  });
  return await riskPolicyInForce(ctx.tx);
}
