import { z } from 'zod';
import { sql, type Queryable } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { reviewPolicyPut } from '../events.ts';
import { NO_RESPONSES, REVIEWER_RULES, TRIGGERS, type ReviewerRule, type Trigger } from '../model.ts';
import { refuseUnfitReview } from '../review-settings.ts';
import { review } from '../shapes.ts';

const opening = (reviewer: ReviewerRule, delta = false) =>
  z
    .object({
      on: z.boolean().default(false),
      reviewer: z.enum(REVIEWER_RULES).default(reviewer),
      reviewerId: z.uuid().optional(),
      days: z.int().min(1).max(366).default(14),
      noResponse: z.enum(NO_RESPONSES).default('report'),
      /** Group what has not changed since it was last kept. */
      delta: z.boolean().default(delta),
      review: review.prefault({}),
    })
    .prefault({});
const everyDays = z.int().min(1).max(3660).nullable().default(null);

/** What opens reviews by itself, who is asked, for how long, and how often grants come due. */
export const reviewPolicy = z.object({
  mover: opening('manager'),
  drift: opening('owner'),
  risk: opening('owner'),
  risk_jump: opening('manager'),
  out_of_band_grant: opening('owner'),
  clock: opening('manager', true),
  /** What happens within so many minutes comes into one review. */
  collectMinutes: z.int().min(0).max(1440).default(15),
  /** Grants of that risk come due so many days after they were kept last; null: never. */
  everyDays: z.object({ low: everyDays, medium: everyDays, high: everyDays, critical: everyDays }).prefault({}),
});
export type ReviewPolicy = z.output<typeof reviewPolicy>;

/** What kind of campaign it opens. */
export const kindOf = (trigger: Trigger): 'continuous' | 'event' => (trigger === 'clock' ? 'continuous' : 'event');

/** A policy as it was put, with who did and when. Number 0: none was, and nothing opens by itself. */
export interface StoredPolicy {
  readonly number: number;
  readonly policy: ReviewPolicy;
  readonly reason: string | null;
  readonly madeBy: string | null;
  readonly madeAt: Date | null;
}

/** The policy in force. */
export async function policyInForce(tx: Queryable): Promise<StoredPolicy> {
  const found = await tx.maybe<Omit<StoredPolicy, 'policy'> & { policy: unknown }>(
    sql`select number, policy, reason, made_by, made_at from review_policy order by number desc limit 1`,
  );
  return found === undefined
    ? { number: 0, policy: reviewPolicy.parse({}), reason: null, madeBy: null, madeAt: null }
    : { ...found, policy: reviewPolicy.parse(found.policy) };
}

/** Puts a policy in force; those before it are kept. Whoever puts it is asked where nobody else can be. */
export async function putPolicy(
  ctx: Ctx,
  permit: Permit<'review_policy.put'>,
  input: { readonly policy: ReviewPolicy; readonly reason: string },
): Promise<StoredPolicy> {
  for (const trigger of TRIGGERS) {
    const { on, reviewer, reviewerId, review: how } = input.policy[trigger];
    if (on)
      refuseUnfitReview(
        { kind: kindOf(trigger), openedBy: trigger, reviewerRule: reviewer, reviewerId, review: how },
        { review: `/policy/${trigger}/review`, reviewerId: `/policy/${trigger}/reviewerId` },
      );
  }
  await ctx.tx.run(sql`lock table review_policy in share row exclusive mode`);
  const number = (await policyInForce(ctx.tx)).number + 1;
  await ctx.tx.run(sql`
    insert into review_policy (number, policy, reason, made_by, made_at)
    values (${number}, ${sql.json(input.policy)}::jsonb, ${input.reason}, ${ctx.principal.id}, ${ctx.now})`);
  await ctx.record(permit, {
    event: reviewPolicyPut,
    subject: ctx.principal.id,
    data: { number, policy: input.policy, reason: input.reason },
  });
  return await policyInForce(ctx.tx);
}

/** Every policy there was, the newest first. */
export const listPolicies = async (
  tx: Queryable,
  { before, limit }: { readonly before?: number | undefined; readonly limit: number },
): Promise<StoredPolicy[]> =>
  (
    await tx.many<Omit<StoredPolicy, 'policy'> & { policy: unknown }>(sql`
      select number, policy, reason, made_by, made_at from review_policy
       where ${before === undefined ? sql`true` : sql`number < ${before}`} order by number desc limit ${limit}`)
  ).map((p) => ({ ...p, policy: reviewPolicy.parse(p.policy) }));
