import { setTimeout as sleep } from 'node:timers/promises';
import { unavailable } from '#kit/errors/index.ts';
import { sql, type Queryable } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx, JobCtx } from '#spine/operations/index.ts';
import { campaignFoundNothing, campaignOpened, itemsFrozen } from './events.ts';
import { PIECE, type Range } from './freeze-items.ts';
import { subjectOf, type Campaign } from './model.ts';
import { countPeers } from './place-items.ts';
import { placeCanaries } from './reviewing/canaries.ts';
import { placeSeats, separateReviewers } from './reviewing/place-seats.ts';
import { piecesOf } from './subjects/rows.ts';
import { lockCampaign } from './store.ts';

export const FREEZE = 'certifications.freeze';
/** How long one piece may take; a million grants are 50 of them. */
export const PIECE_MS = 300_000;
const WAIT_MS = 60_000;
const POLL_MS = 20;

/**
 * Whether a transaction older than an instant of the database's clock still runs. What it commits would count as known
 * before the campaign's instant without having been seen.
 */
const olderRuns = async (db: Queryable, than: Date): Promise<boolean> =>
  (
    await db.one<{ runs: boolean }>(sql`
      select exists (select from pg_stat_activity
        where datname = current_database() and application_name = 'reeve' and pid <> pg_backend_pid() and xact_start < ${than}) as runs`)
  ).runs;

/** Waits until whatever began before now is over. False when it is not by then. */
export async function settled(db: Queryable, waitMs: number): Promise<boolean> {
  const { now } = await db.one<{ now: Date }>(sql`select clock_timestamp() as now`);
  const until = performance.now() + waitMs;
  for (;;) {
    // Within one transaction PostgreSQL goes on showing who was there at the first look.
    await db.run(sql`select pg_stat_clear_snapshot()`);
    if (!(await olderRuns(db, now))) return true;
    if (performance.now() > until) return false;
    await sleep(POLL_MS);
  }
}

/**
 * Freezes what is in scope piece by piece, each in a transaction with its checkpoint: a worker that dies leaves whole
 * pieces, and whoever goes on begins after the last. All pieces are of one instant, so it does not matter when they run.
 */
export async function freezeCampaign(
  job: JobCtx,
  campaignId: string,
  { piece = PIECE }: { readonly piece?: number } = {},
): Promise<void> {
  if (!(await settled(job.db, WAIT_MS)))
    throw unavailable(
      'campaign.instant_not_settled',
      'a change from before the instant is under way',
      'it is tried again',
    );
  for (;;) {
    const more = await job.act({ action: 'campaign.freeze', statementTimeoutMs: PIECE_MS }, async (ctx, permit) => {
      const campaign = await lockCampaign(ctx.tx, campaignId);
      return campaign.state === 'freezing' && (await freezePiece(ctx, permit, campaign, piece));
    });
    if (!more) return;
  }
}

/** Freezes the next piece of a locked campaign, and opens it after the last. Returns whether there is more. */
export async function freezePiece(ctx: Ctx, permit: Permit, campaign: Campaign, size: number): Promise<boolean> {
  const at = campaign.frozenAt;
  if (at === null) throw new Error('a campaign is frozen as of no instant');
  const next = await pieceEnd(ctx.tx, campaign, size);
  const range: Range = { after: campaign.upto, upto: next ?? null };
  const piece = await placeSeats(ctx, campaign, at, range);
  const frozen = campaign.frozen + piece.items;
  const withoutReviewer = campaign.withoutReviewer + piece.withoutReviewer;
  await ctx.tx.run(sql`
    update campaign set frozen = ${frozen}, without_reviewer = ${withoutReviewer}, upto = coalesce(${next ?? null}::uuid, upto)
     where id = ${campaign.id}`);
  const data = { campaignId: campaign.id, items: piece.items, frozen };
  await ctx.record(permit, { event: itemsFrozen, data });
  if (next !== undefined) return true;
  if (frozen === 0) {
    await emptied(ctx, campaign);
    await ctx.record(permit, { event: campaignFoundNothing, data: { campaignId: campaign.id, withoutReviewer } });
    return false;
  }
  if (subjectOf(campaign) === 'grant') await countPeers(ctx.tx, campaign.id, at);
  await separateReviewers(ctx, permit, campaign, at);
  await placeCanaries(ctx, permit, campaign, { round: 0 });
  await ctx.tx.run(sql`update campaign set state = 'open' where id = ${campaign.id}`);
  await ctx.record(permit, {
    event: campaignOpened,
    data: { campaignId: campaign.id, items: frozen, withoutReviewer },
  });
  return false;
}

/** The grant, or whatever it is about, that a piece ends with; none where what is left is less than a piece. */
async function pieceEnd(tx: Queryable, campaign: Campaign, size: number): Promise<string | undefined> {
  const after = campaign.upto;
  const end = await tx.maybe<{ id: string }>(sql`
    select id from (${piecesOf(campaign)}) p(id) where ${after === null ? sql`true` : sql`id > ${after}::uuid`} order by id offset ${size - 1}::bigint limit 1`);
  return end?.id;
}

/** A person's campaign is a draft again; one that was opened by what happened, or by a schedule, has nothing to ask. */
const emptied = (ctx: Ctx, campaign: Campaign): Promise<number> =>
  campaign.openedBy === null && campaign.scheduleId === null
    ? ctx.tx.run(sql`
        update campaign set state = 'draft', launched_at = null, frozen_at = null, upto = null, without_reviewer = 0 where id = ${campaign.id}`)
    : ctx.tx.run(sql`update campaign set state = 'closed', closed_at = ${ctx.now} where id = ${campaign.id}`);
