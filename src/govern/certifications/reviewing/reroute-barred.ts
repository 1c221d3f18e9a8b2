import { sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx, JobCtx } from '#spine/operations/index.ts';
import { findCampaign } from '../store.ts';
import { shownGrant } from './canaries-of-others.ts';
import { barOf } from './independence.ts';
import { moveItems, type Move, type MoveReason } from './move-items.ts';
import { candidatesFor } from './next-in-line.ts';

/** Sends items to the next in line after who has them and who votes about them in another place. Returns those nobody else could take. */
export async function passToNext(
  ctx: Ctx,
  permit: Permit,
  asked: {
    readonly campaignId: string;
    readonly items: readonly string[];
    readonly because: MoveReason;
    readonly words?: string;
  },
): Promise<string[]> {
  if (asked.items.length === 0) return [];
  const campaign = await findCampaign(ctx.tx, asked.campaignId);
  if (campaign === undefined) return [...asked.items];
  const rows = await ctx.tx.many<Omit<Move, 'to' | 'routed'> & { taken: string[] }>(sql`
    select i.id as item_id, ${shownGrant} as grant_id, i.identity_id, i.reviewer_id as "from",
           array(select o.reviewer_id from campaign_item o where o.campaign_id = i.campaign_id and o.case_id = i.case_id) || i.reviewer_id as taken
      from campaign_item i where i.id = any(${sql.array(asked.items)}::uuid[]) order by i.id for update of i`);
  const next = await candidatesFor(ctx.tx, campaign, { items: asked.items, at: ctx.now });
  const moves: Move[] = [];
  const left: string[] = [];
  for (const { taken, ...row } of rows) {
    const to = next.get(row.itemId)?.find((c) => !taken.includes(c.id));
    if (to === undefined) left.push(row.itemId);
    else moves.push({ ...row, to: to.id, routed: to.routed });
  }
  await moveItems(ctx, permit, campaign, { moves, because: asked.because, words: asked.words });
  return left;
}

/**
 * Open items whose reviewer has come not to be independent of them go to the next in line, before anybody sees them
 * again: somebody made their reviewer their deputy. What nobody else could take stays, and cannot be decided.
 */
export const rerouteBarred = (
  job: JobCtx,
  { reviewerId, identityId }: { readonly reviewerId: string; readonly identityId: string },
): Promise<void> =>
  job.act({ action: 'campaign_item.note_effect' }, async (ctx, permit) => {
    const rows = await ctx.tx.many<{ id: string; campaignId: string }>(sql`
      select i.id, i.campaign_id from campaign_item i join campaign c on c.id = i.campaign_id
       where i.reviewer_id = ${reviewerId} and i.identity_id = ${identityId} and i.state in ('waiting', 'open', 'decided')
         and c.state = 'open' and ${barOf(sql`i.reviewer_id`, ctx.now)} is not null`);
    for (const campaignId of new Set(rows.map((r) => r.campaignId)))
      await passToNext(ctx, permit, {
        campaignId,
        items: rows.filter((r) => r.campaignId === campaignId).map((r) => r.id),
        because: 'subject_deputy',
      });
  });
