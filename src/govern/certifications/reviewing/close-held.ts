import { sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { askNotice } from '#spine/events/index.ts';
import { getIdentities } from '#spine/graph/index.ts';
import type { Ctx, JobCtx } from '#spine/operations/index.ts';
import { itemsSigned } from '../events.ts';
import type { Campaign } from '../model.ts';
import { saidOf } from '../said.ts';
import { recordSettled } from './hold-batch.ts';
import { refuseSecondVote } from './second-vote.ts';
import { heldItems } from './settle-hold.ts';
import { signItems, type ToSign } from './sign-items.ts';

const DAY_MS = 86_400_000;
/** Days before the end on which those concerned are told once more. */
const DAYS_BEFORE = [1, 3];

/**
 * What is still held when a campaign closes comes to the safe side: decisions to revoke are carried out, for taking away
 * what nobody looked at does no harm that asking again would not mend; decisions to keep are silence, never an approval.
 */
export async function closeHeld(ctx: Ctx, permit: Permit, campaign: Campaign): Promise<void> {
  const holds = await ctx.tx.many<{ id: string; reviewerId: string }>(sql`
    select id, reviewer_id from campaign_hold where campaign_id = ${campaign.id} and outcome is null order by id for update`);
  for (const { id, reviewerId } of holds) {
    const items = (await heldItems(ctx, campaign, reviewerId)).filter((i) => !i.canary);
    const revokes = items.filter((i) => i.decision === 'revoke');
    if (revokes.length > 0)
      await (campaign.review.stages === null ? signRevokes : castRevokes)(ctx, permit, campaign, revokes, reviewerId);
    const because = `the certification was closed: ${revokes.length} revocations were carried out, ${items.length - revokes.length} decisions to keep count as no answer`;
    await ctx.tx.run(sql`
      update campaign_hold set outcome = 'closed', because = ${because}, settled_at = ${ctx.now}, settled_by = 'closing' where id = ${id}`);
    await recordSettled(ctx, permit, { id, campaign, reviewerId, outcome: 'closed', because, items: items.length });
  }
}

const signRevokes = async (
  ctx: Ctx,
  permit: Permit,
  campaign: Campaign,
  revokes: readonly ToSign[],
  reviewerId: string,
) => {
  await signItems(ctx, permit, campaign, revokes, reviewerId);
};

/** Where several vote, a held revocation is a vote; what the votes come to is said when all are in. */
async function castRevokes(ctx: Ctx, permit: Permit, campaign: Campaign, revokes: readonly ToSign[]): Promise<void> {
  const ids = revokes.map((i) => i.itemId);
  await refuseSecondVote(ctx.tx, ids);
  await ctx.tx.run(
    sql`update campaign_item set state = 'voted', signed_at = ${ctx.now} where id = any(${sql.array(ids)}::uuid[])`,
  );
  await ctx.recordAll(
    permit,
    saidOf(revokes).map((some) => ({
      event: itemsSigned,
      data: { campaignId: campaign.id, decision: 'revoke' as const, items: some },
    })),
  );
}

/** Tells whose batch it is that it was held, and what becomes of it unless whoever runs the campaign says otherwise. */
export async function tellReviewer(
  ctx: Ctx,
  permit: Permit,
  campaign: Pick<Campaign, 'id' | 'name' | 'dueAt'>,
  reviewerId: string,
): Promise<void> {
  await askNotice(ctx, permit, {
    to: [reviewerId],
    template: 'review.held_from_you',
    path: `/campaigns/${campaign.id}`,
    about: reviewerId,
    answerBy: campaign.dueAt,
    facts: { campaign: campaign.name, until: campaign.dueAt.toISOString() },
  });
}

interface Ending extends Pick<Campaign, 'dueAt' | 'createdBy'> {
  readonly holdId: string;
  readonly campaignId: string;
  readonly name: string;
  readonly reviewerId: string;
}

/** Three days and one day before a campaign ends: tells both sides of each batch that is still held what will become of it. */
export async function remindOfHeld(job: JobCtx): Promise<void> {
  const now = job.clock.now();
  for (const days of DAYS_BEFORE) {
    const ending = await job.db.many<Ending>(sql`
      select h.id as hold_id, h.campaign_id, c.name, h.reviewer_id, c.created_by, c.due_at
        from campaign_hold h join campaign c on c.id = h.campaign_id
       where h.outcome is null and c.state = 'open' and c.due_at > ${now} and c.due_at <= ${new Date(now.getTime() + days * DAY_MS)}
         and (h.told_days is null or h.told_days > ${days}) order by h.id`);
    for (const it of ending)
      await job.act({ action: 'campaign.settle' }, async (ctx, permit) => {
        const told = await ctx.tx.run(sql`
          update campaign_hold set told_days = ${days} where id = ${it.holdId} and outcome is null and (told_days is null or told_days > ${days})`);
        if (told === 0) return;
        await tellReviewer(ctx, permit, { id: it.campaignId, name: it.name, dueAt: it.dueAt }, it.reviewerId);
        const [reviewer] = await getIdentities(ctx.tx, [it.reviewerId]);
        await askNotice(ctx, permit, {
          to: [it.createdBy],
          template: 'review.held_ends',
          path: `/campaigns/${it.campaignId}/reviewers`,
          about: it.reviewerId,
          answerBy: it.dueAt,
          facts: { campaign: it.name, reviewer: reviewer?.displayName ?? 'somebody', until: it.dueAt.toISOString() },
        });
      });
  }
}
