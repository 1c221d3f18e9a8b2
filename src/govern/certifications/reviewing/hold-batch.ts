import { newId } from '#kit/ids/index.ts';
import { sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { askNotice } from '#spine/events/index.ts';
import { getIdentities } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import type { Campaign } from '../model.ts';
import { placeCanaries } from './canaries.ts';
import { batchHeld, batchSettled } from './events.ts';
import type { Pace } from './judge-batch.ts';
import { passToNext } from './reroute-barred.ts';
import { checkCanaries, type ToSign } from './sign-items.ts';

export type HoldOutcome = 'released' | 'reopened' | 'rerouted';

/** What became of a batch that looked unread. */
export interface Held {
  readonly id: string;
  readonly outcome: HoldOutcome | null;
  readonly because: string;
  readonly items: number;
}

/** What the canaries in a batch decide; null where there were none, and whoever runs the campaign decides. */
function sentence(found: { canaries: number; missed: number; before: number }): {
  outcome: HoldOutcome | null;
  because: string;
} {
  if (found.canaries === 0)
    return {
      outcome: null,
      because: 'decided alike and faster than anybody reads; whoever runs the certification looks at it',
    };
  if (found.missed === 0)
    return { outcome: 'released', because: 'decided fast, and every line known to be wrong was found' };
  const kept = `${found.missed} of ${found.canaries} lines known to be wrong were kept`;
  return found.before === 0
    ? { outcome: 'reopened', because: `${kept}: the decisions are open again, please look` }
    : { outcome: 'rerouted', because: `${kept} for the second time: the items go to somebody else` };
}

/**
 * Holds a batch that looks as if nobody had looked, tells whoever made the campaign, and lets the canaries in it decide:
 * all found, it goes on; one kept, its decisions are open again, and the next time somebody else's.
 */
export async function holdBatch(
  ctx: Ctx,
  permit: Permit,
  campaign: Campaign,
  batch: { readonly items: readonly ToSign[]; readonly pace: Pace },
): Promise<Held> {
  const { items, pace } = batch;
  const canaries = items.filter((i) => i.canary);
  const missed = canaries.filter((i) => i.decision === 'keep').length;
  const { before } = await ctx.tx.one<{ before: number }>(sql`
    select count(*)::int as before from campaign_hold
     where campaign_id = ${campaign.id} and reviewer_id = ${ctx.principal.id} and outcome = 'reopened'`);
  const { outcome, because } = sentence({ canaries: canaries.length, missed, before });
  const open = await ctx.tx.maybe<{ id: string }>(sql`
    select id from campaign_hold where campaign_id = ${campaign.id} and reviewer_id = ${ctx.principal.id} and outcome is null for update`);
  // What was held before and what is held now is settled together.
  const again = outcome === null ? open : undefined;
  const hold = { id: again?.id ?? newId(ctx.now.getTime()), canaries: canaries.length, missed, ...pace };
  if (again !== undefined)
    await ctx.tx.run(sql`
      update campaign_hold set decisions = ${pace.decisions}, alike = ${pace.alike}, fast = ${pace.fast} where id = ${again.id}`);
  else
    await ctx.tx.run(sql`
    insert into campaign_hold (id, campaign_id, reviewer_id, held_at, decisions, alike, fast, canaries, missed, outcome, because, settled_at, settled_by)
    values (${hold.id}, ${campaign.id}, ${ctx.principal.id}, ${ctx.now}, ${pace.decisions}, ${pace.alike}, ${pace.fast}, ${hold.canaries}, ${missed},
            ${outcome}, ${because}, ${outcome === null ? null : ctx.now}, ${outcome === null ? null : 'canaries'})`);
  await ctx.record(permit, {
    event: batchHeld,
    subject: ctx.principal.id,
    data: {
      campaignId: campaign.id,
      holdId: hold.id,
      reviewerId: ctx.principal.id,
      canaries: hold.canaries,
      missed,
      ...pace,
    },
  });
  await tellOwner(ctx, permit, campaign, because, pace);
  if (outcome === null)
    await ctx.tx.run(sql`
      update campaign_item set state = 'held' where id = any(${sql.array(items.map((i) => i.itemId))}::uuid[])`);
  else if (outcome !== 'released') {
    await checkCanaries(ctx, permit, campaign, items);
    await reopen(ctx, permit, campaign, { items: items.filter((i) => !i.canary), outcome, because });
    if (outcome === 'reopened')
      await placeCanaries(ctx, permit, campaign, { round: before + 1, only: ctx.principal.id });
  }
  if (outcome !== null)
    await recordSettled(ctx, permit, {
      ...hold,
      campaign,
      reviewerId: ctx.principal.id,
      outcome,
      because,
      items: items.length,
    });
  return { id: hold.id, outcome, because, items: items.length };
}

/** Decisions of a held batch are open again, for whoever took them or for the next in line. */
export async function reopen(
  ctx: Ctx,
  permit: Permit,
  campaign: Campaign,
  asked: {
    readonly items: readonly { readonly itemId: string }[];
    readonly outcome: HoldOutcome;
    readonly because: string;
  },
): Promise<void> {
  const ids = asked.items.map((i) => i.itemId);
  await ctx.tx.run(sql`
    update campaign_item set state = 'open', decision = null, comment = null, decided_by = null, decided_for = null, decided_at = null,
           rerouted_because = 'quality' where id = any(${sql.array(ids)}::uuid[])`);
  if (asked.outcome === 'rerouted')
    await passToNext(ctx, permit, { campaignId: campaign.id, items: ids, because: 'quality', words: asked.because });
}

export const recordSettled = (
  ctx: Ctx,
  permit: Permit,
  it: {
    readonly id: string;
    readonly campaign: Campaign;
    readonly reviewerId: string;
    readonly outcome: HoldOutcome | 'closed';
    readonly because: string;
    readonly items: number;
  },
): Promise<string> =>
  ctx.record(permit, {
    event: batchSettled,
    subject: it.reviewerId,
    data: {
      campaignId: it.campaign.id,
      holdId: it.id,
      reviewerId: it.reviewerId,
      outcome: it.outcome,
      because: it.because,
      items: it.items,
    },
  });

async function tellOwner(ctx: Ctx, permit: Permit, campaign: Campaign, because: string, pace: Pace): Promise<void> {
  const [reviewer] = await getIdentities(ctx.tx, [ctx.principal.id]);
  await askNotice(ctx, permit, {
    to: [campaign.createdBy],
    template: 'review.held',
    path: `/campaigns/${campaign.id}`,
    about: ctx.principal.id,
    facts: {
      campaign: campaign.name,
      reviewer: reviewer?.displayName ?? 'somebody',
      fast: String(pace.fast),
      decisions: String(pace.decisions),
      because,
    },
  });
}
