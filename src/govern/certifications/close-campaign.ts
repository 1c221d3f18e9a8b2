import { conflict } from '#kit/errors/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import { sql, type Tx } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx, JobCtx } from '#spine/operations/index.ts';
import { campaignClosed, campaignClosing, itemsUnanswered } from './events.ts';
import type { Campaign } from './model.ts';
import { administeringGrants, revokeItems, type ToRevoke } from './revoke-items.ts';
import { saidOf } from './said.ts';
import { closeHeld } from './reviewing/close-held.ts';
import { WEIGH } from './reviewing/weigh-advice.ts';
import { settleCases, unsettledCases, type Settled } from './reviewing/settle-cases.ts';
import { lockCampaign, progressOf } from './store.ts';

export const CLOSE = 'certifications.close';
/** Items that come to their outcome in one transaction. */
const PIECE = 5_000;

/**
 * Closes a campaign: nobody decides any more, what was held comes to the safe side, and what nobody
 * signed to the outcome the campaign names. A few do so
 * here and now; many by a worker, piece by piece, and the campaign is closing until the last.
 */
export async function closeCampaign(
  ctx: Ctx,
  permit: Permit,
  input: { readonly id: string; readonly because?: string },
): Promise<{ unanswered: number }> {
  const campaign = await lockCampaign(ctx.tx, input.id);
  if (campaign.state !== 'open') throw conflict('campaign.not_open', `${campaign.name} is not open`);
  await closeHeld(ctx, permit, campaign);
  const { open, decided } = await progressOf(ctx.tx, campaign.id);
  await ctx.tx.run(sql`update campaign set state = 'closing' where id = ${campaign.id}`);
  await ctx.record(permit, {
    event: campaignClosing,
    data: { campaignId: campaign.id, because: input.because ?? 'closed by hand' },
  });
  if (open + decided < PIECE) await closePiece(ctx, permit, campaign, PIECE);
  else await enqueue(ctx.tx, CLOSE, { campaignId: campaign.id }, { key: `${CLOSE}:${campaign.id}` });
  return { unanswered: open + decided };
}

/** Goes on with a campaign that is closing, from wherever it was left. */
export async function finishClosing(
  job: JobCtx,
  campaignId: string,
  { piece = PIECE }: { readonly piece?: number } = {},
): Promise<void> {
  for (;;) {
    const more = await job.act({ action: 'campaign.settle' }, async (ctx, permit) => {
      const campaign = await lockCampaign(ctx.tx, campaignId);
      return campaign.state === 'closing' && (await closePiece(ctx, permit, campaign, piece));
    });
    if (!more) return;
  }
}

/** Closes every campaign whose time is over. */
export async function closeDue(job: JobCtx): Promise<void> {
  const due = await job.db.many<{ id: string }>(
    sql`select id from campaign where state = 'open' and due_at <= ${job.clock.now()} order by due_at`,
  );
  for (const { id } of due)
    await job.act({ action: 'campaign.settle' }, async (ctx, permit) => {
      const { state, dueAt } = await lockCampaign(ctx.tx, id);
      if (state === 'open' && dueAt <= ctx.now) await closeCampaign(ctx, permit, { id, because: 'its time is over' });
    });
}

async function closePiece(ctx: Ctx, permit: Permit, campaign: Campaign, size: number): Promise<boolean> {
  const staged = campaign.review.stages === null ? undefined : await closeVotes(ctx, permit, campaign, size);
  const items = staged?.silent ?? (await nextOf(ctx.tx, campaign.id, size));
  await silence(ctx, permit, campaign, items);
  if (staged?.more ?? items.length === size) return true;
  await ctx.tx.run(sql`
    update campaign_item set state = 'spared', decision = null, decided_by = null, decided_for = null, decided_at = null
     where campaign_id = ${campaign.id} and canary is not null and state <> 'checked'`);
  const { unanswered } = await ctx.tx.one<{ unanswered: number }>(sql`
    select count(*)::int as unanswered from campaign_item where campaign_id = ${campaign.id} and (state = 'unanswered' or no_response)`);
  await ctx.tx.run(sql`update campaign set state = 'closed', closed_at = ${ctx.now} where id = ${campaign.id}`);
  await ctx.record(permit, { event: campaignClosed, data: { campaignId: campaign.id, unanswered } });
  await enqueue(ctx.tx, WEIGH, { campaignId: campaign.id }, { key: `${WEIGH}:${campaign.id}` });
  return false;
}

/** What the votes cast come to, now that no more are. Those who said nothing decide nothing. */
async function closeVotes(
  ctx: Ctx,
  permit: Permit,
  campaign: Campaign,
  size: number,
): Promise<{ silent: readonly ToRevoke[]; more: boolean }> {
  const cases = await unsettledCases(ctx, campaign.id, size);
  const came = await settleCases(ctx, permit, campaign, { cases, closing: true });
  await carryOut(ctx, permit, campaign, came);
  return { silent: came.silent, more: cases.length === size };
}

/** Settles stages whose days are over, in campaigns that go on. */
export async function settleStages(job: JobCtx): Promise<void> {
  const staged = await job.db.many<{ id: string }>(
    sql`select id from campaign where state = 'open' and jsonb_path_exists(stages, '$[*].days') order by id`,
  );
  for (const { id } of staged)
    for (let after: string | undefined, more = true; more;)
      more = await job.act({ action: 'campaign.settle' }, async (ctx, permit) => {
        const campaign = await lockCampaign(ctx.tx, id);
        if (campaign.state !== 'open') return false;
        const cases = await unsettledCases(ctx, id, PIECE, after);
        const came = await settleCases(ctx, permit, campaign, { cases, closing: false });
        await carryOut(ctx, permit, campaign, came);
        await silence(ctx, permit, campaign, came.silent);
        after = cases.at(-1);
        return cases.length === PIECE;
      });
}

async function carryOut(ctx: Ctx, permit: Permit, campaign: Campaign, came: Settled): Promise<void> {
  await ctx.tx.run(sql`
    update campaign_item set state = 'kept', closed_at = ${ctx.now} where id = any(${sql.array(came.kept.map((i) => i.itemId))}::uuid[])`);
  await revokeItems(ctx, permit, campaign, came.revoked, `revoked in the certification ${campaign.name}`);
}

/** What nobody answered comes to the outcome the campaign names for that. */
async function silence(ctx: Ctx, permit: Permit, campaign: Campaign, items: readonly ToRevoke[]): Promise<void> {
  if (items.length === 0) return;
  // Silence takes nobody's administration of Reeve away: it could take away the last.
  const spared = campaign.noResponse === 'revoke' ? await administeringGrants(ctx.tx) : undefined;
  // Nor does it change a role: roles are changed by people.
  const stays = (i: ToRevoke): boolean =>
    spared === undefined || i.subject === 'role_content' || (i.grantId !== null && spared.has(i.grantId));
  const revoked = items.filter((i) => !stays(i));
  const reported = items.filter(stays);
  await ctx.tx.run(sql`
    update campaign_item set state = 'revoking', decision = 'revoke', no_response = true, comment = null, decided_by = null, decided_for = null,
           decided_at = null,
           signed_at = ${ctx.now} where id = any(${sql.array(revoked.map((i) => i.itemId))}::uuid[])`);
  await revokeItems(ctx, permit, campaign, revoked, `nobody answered in the certification ${campaign.name}`);
  await ctx.tx.run(sql`
    update campaign_item set state = 'unanswered', decision = null, decided_by = null, decided_for = null, decided_at = null, closed_at = ${ctx.now}
     where id = any(${sql.array(reported.map((i) => i.itemId))}::uuid[])`);
  for (const [outcome, of] of [['report', reported] as const, ['revoke', revoked] as const])
    await ctx.recordAll(
      permit,
      saidOf(of).map((some) => ({
        event: itemsUnanswered,
        data: { campaignId: campaign.id, outcome, items: some },
      })),
    );
}

const nextOf = (tx: Tx, campaignId: string, size: number): Promise<ToRevoke[]> =>
  tx.many<ToRevoke>(sql`
    select id as item_id, grant_id, identity_id, subject from campaign_item
     where campaign_id = ${campaignId} and state in ('open', 'decided', 'held') and canary is null order by id limit ${size} for update`);
