import { conflict, denied, notFound } from '#kit/errors/index.ts';
import { page, readCursor } from '#kit/http/index.ts';
import { sql, type Queryable } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import type { Campaign } from '../model.ts';
import { lockCampaign } from '../store.ts';
import { shownGrant } from './canaries-of-others.ts';
import { recordSettled, reopen, type HoldOutcome } from './hold-batch.ts';
import { checkCanaries, signItems, type ToSign } from './sign-items.ts';

const OUTCOME = { release: 'released', reopen: 'reopened', reroute: 'rerouted' } as const;

/**
 * Whoever runs the campaign says what becomes of a held batch: it counts as signed, its decisions are open again, or they
 * go to somebody else. Never whose batch it is.
 */
export async function settleHold(
  ctx: Ctx,
  permit: Permit<'campaign.settle_hold'>,
  input: {
    readonly id: string;
    readonly holdId: string;
    readonly outcome: keyof typeof OUTCOME;
    readonly because: string;
  },
): Promise<{ items: number; outcome: HoldOutcome }> {
  const campaign = await lockCampaign(ctx.tx, input.id);
  if (campaign.state !== 'open') throw conflict('campaign.closed', 'this campaign is not open');
  const hold = await ctx.tx.maybe<{ reviewerId: string; outcome: string | null }>(sql`
    select reviewer_id, outcome from campaign_hold where id = ${input.holdId} and campaign_id = ${campaign.id} for update`);
  if (hold === undefined) throw notFound('hold', input.holdId);
  if (hold.reviewerId === ctx.principal.id)
    throw denied('campaign_hold.own_batch', 'nobody lets their own batch go', 'another who runs certifications does');
  if (hold.outcome !== null) throw conflict('campaign_hold.settled', `this batch was ${hold.outcome} already`);
  const items = await heldItems(ctx, campaign, hold.reviewerId);
  const outcome = OUTCOME[input.outcome];
  await ctx.tx.run(sql`
    update campaign_hold set outcome = ${outcome}, because = ${input.because}, settled_at = ${ctx.now},
           settled_by = ${`${ctx.principal.kind}:${ctx.principal.id}`} where id = ${input.holdId}`);
  if (outcome === 'released') await signItems(ctx, permit, campaign, items, hold.reviewerId);
  else {
    await checkCanaries(ctx, permit, campaign, items, hold.reviewerId);
    await reopen(ctx, permit, campaign, {
      items: items.filter((i) => !i.canary),
      outcome,
      because: input.because,
    });
  }
  await recordSettled(ctx, permit, {
    id: input.holdId,
    campaign,
    reviewerId: hold.reviewerId,
    outcome,
    because: input.because,
    items: items.length,
  });
  return { items: items.length, outcome };
}

/** What of a campaign is held that somebody decided, locked. */
export const heldItems = (ctx: Ctx, campaign: Campaign, who: string): Promise<ToSign[]> =>
  ctx.tx.many<ToSign>(sql`
    select i.id as item_id, ${shownGrant} as grant_id, i.case_id, i.identity_id, i.subject, i.decision,
           i.canary is not null as canary, i.decided_for
      from campaign_item i where i.campaign_id = ${campaign.id} and i.decided_by = ${who} and i.state = 'held' order by i.id for update`);

/** A held batch, as it is shown. */
export interface Hold {
  readonly id: string;
  readonly campaignId: string;
  readonly reviewerId: string;
  readonly reviewerName: string;
  readonly heldAt: Date;
  readonly decisions: number;
  readonly alike: number;
  readonly fast: number;
  readonly canaries: number;
  readonly missed: number;
  readonly outcome: HoldOutcome | 'closed' | null;
  readonly because: string | null;
  readonly settledAt: Date | null;
}

/** Batches of a campaign that were held, the latest first. */
export async function listHolds(
  tx: Queryable,
  input: { readonly campaignId: string; readonly cursor?: string | undefined; readonly limit: number },
): Promise<{ items: Hold[]; nextCursor: string | null }> {
  const after = readCursor(input.cursor, ['id'])?.[0] ?? null;
  const rows = await tx.many<Hold>(sql`
    select h.id, h.campaign_id, h.reviewer_id, f.display_name as reviewer_name, h.held_at, h.decisions, h.alike, h.fast, h.canaries, h.missed,
           h.outcome, h.because, h.settled_at
      from campaign_hold h
      join lateral (select display_name from identity_facts f where f.identity_id = h.reviewer_id order by valid_from desc limit 1) f on true
     where h.campaign_id = ${input.campaignId} and (${after}::uuid is null or h.id < ${after}) order by h.id desc limit ${input.limit + 1}`);
  return page(rows, input.limit, (r) => [r.id]);
}
