import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import type { Ctx, JobCtx } from '#spine/operations/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { campaignCreated, campaignLaunched, reviewOpened } from '../events.ts';
import { FREEZE } from '../freeze-campaign.ts';
import { TRIGGERS, type Trigger } from '../model.ts';
import { reviewColumns, reviewValues } from '../review-settings.ts';
import { kindOf, policyInForce } from './review-policy.ts';

export const OPEN = 'certifications.open_reviews';

const NAMES: Readonly<Record<Trigger, string>> = {
  mover: 'People who moved',
  drift: 'Held and granted by nobody',
  risk: 'Riskier than before',
  risk_jump: 'People who became much riskier',
  out_of_band_grant: 'Granted past requests and rules',
  clock: 'Due again',
};
const DAY_MS = 86_400_000;

/**
 * Opens a review for each kind of event of which something waits and has waited long enough for others to join it: one
 * review for all, however many. What is claimed for a review and the review commit together, so one that died in between
 * has opened nothing, and the next look opens it.
 */
export async function openReviews(job: JobCtx): Promise<void> {
  for (const trigger of TRIGGERS)
    await job.act({ action: 'campaign.open' }, async (ctx, permit) => {
      await ctx.tx.run(sql`select pg_advisory_xact_lock(hashtextextended('certifications.open_reviews', 0))`);
      await openReview(ctx, permit, trigger);
    });
}

async function openReview(ctx: Ctx, permit: Permit, trigger: Trigger): Promise<void> {
  const { number, policy, madeBy } = await policyInForce(ctx.tx);
  const opening = policy[trigger];
  if (!opening.on || madeBy === null) return;
  const waiting = await ctx.tx.one<{ n: number; oldest: Date | null }>(sql`
    select count(*)::int as n, min(noted_at) as oldest from review_wanted where opened_by = ${trigger} and campaign_id is null`);
  const collectMs = trigger === 'clock' ? 0 : policy.collectMinutes * 60_000;
  if (waiting.oldest === null || waiting.oldest.getTime() + collectMs > ctx.now.getTime()) return;
  const id = newId(ctx.now.getTime());
  const name = `${NAMES[trigger]}, ${ctx.now.toISOString().slice(0, 10)}`;
  const scope = opening.reviewerId === undefined ? {} : { reviewerId: opening.reviewerId };
  await ctx.tx.run(sql`
    insert into campaign (id, name, kind, scope, reviewer_rule, delta, no_response, due_at, created_by, state, launched_at, frozen_at, opened_by, ${reviewColumns})
    values (${id}, ${name}, ${kindOf(trigger)}, ${sql.json(scope)}::jsonb, ${opening.reviewer}, ${opening.delta},
            ${opening.noResponse}, ${new Date(ctx.now.getTime() + opening.days * DAY_MS)}, ${madeBy}, 'freezing', ${ctx.now}, ${ctx.now}, ${trigger}, ${reviewValues(opening.review)})`);
  await ctx.tx.run(
    sql`update review_wanted set campaign_id = ${id} where opened_by = ${trigger} and campaign_id is null`,
  );
  await ctx.record(permit, { event: campaignCreated, data: { campaignId: id, name } });
  const data = { campaignId: id, openedBy: trigger, wanted: waiting.n, policyNumber: number };
  await ctx.record(permit, { event: reviewOpened, data });
  await ctx.record(permit, { event: campaignLaunched, data: { campaignId: id } });
  await enqueue(ctx.tx, FREEZE, { campaignId: id }, { key: `${FREEZE}:${id}` });
}
