import { sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { identityMerged, identitySplit } from '#spine/graph/index.ts';
import { defineReaction, type Ctx, type JobCtx } from '#spine/operations/index.ts';
import { itemMoved } from './events.ts';

interface GoesOn {
  readonly from: string;
  readonly to: string;
}

interface Moved {
  readonly id: string;
  readonly campaignId: string;
  readonly grantId: string;
}

/** What is under review stays under review when somebody turns out to be another: the item is about the grant that goes on. */
export const followMerge = defineReaction({
  on: identityMerged,
  name: 'certifications.merged',
  run: async (job, { data }) => {
    await moveItems(job, { goesOn: data.goesOn, to: data.survivorId });
    await moveReviews(job, data.duplicateId, data.survivorId);
  },
});

/** The same for what goes to somebody else. */
export const followSplit = defineReaction({
  on: identitySplit,
  name: 'certifications.split',
  run: (job, { data }) => moveItems(job, { goesOn: data.goesOn, to: data.otherId }),
});

/**
 * Whoever benefits now neither reviews nor has decided it: such an item goes to whoever made the campaign, or where that
 * is the same person, stays as it is.
 */
const moveItems = (
  job: JobCtx,
  { goesOn, to }: { readonly goesOn: readonly GoesOn[]; readonly to: string },
): Promise<void> =>
  job.act({ action: 'campaign_item.note_effect' }, async (ctx, permit) => {
    const moved = await ctx.tx.many<Moved>(sql`
      update campaign_item i
         set grant_id = g."to", identity_id = ${to}::uuid,
             reviewer_id = case when i.reviewer_id = ${to}::uuid then c.created_by else i.reviewer_id end,
             routed = case when i.reviewer_id = ${to}::uuid then 'campaign_owner' else i.routed end,
             state = case when i.decided_by = ${to}::uuid then 'open' else i.state end,
             decision = case when i.decided_by = ${to}::uuid then null else i.decision end,
             decided_at = case when i.decided_by = ${to}::uuid then null else i.decided_at end,
             decided_for = case when i.decided_by = ${to}::uuid then null else i.decided_for end,
             decided_by = nullif(i.decided_by, ${to}::uuid)
        from jsonb_to_recordset(${sql.json(goesOn)}::jsonb) as g("from" uuid, "to" uuid), campaign c
       where i.grant_id = g."from" and c.id = i.campaign_id and c.state = 'open' and i.state in ('waiting', 'open', 'decided', 'held', 'voted', 'challenged')
         and (i.reviewer_id <> ${to}::uuid or c.created_by <> ${to}::uuid)
      returning i.id, i.campaign_id, i.grant_id`);
    await recordMoved(ctx, permit, moved, to);
  });

/** What somebody was to review who is another now, that one reviews, unless it is their own. */
const moveReviews = (job: JobCtx, from: string, to: string): Promise<void> =>
  job.act({ action: 'campaign_item.note_effect' }, async (ctx, permit) => {
    const moved = await ctx.tx.many<Moved>(sql`
      update campaign_item i
         set reviewer_id = case when i.identity_id = ${to}::uuid then c.created_by else ${to}::uuid end,
             routed = case when i.identity_id = ${to}::uuid then 'campaign_owner' else i.routed end
        from campaign c
       where i.reviewer_id = ${from} and c.id = i.campaign_id and c.state = 'open' and i.state in ('waiting', 'open', 'decided', 'held')
         and (i.identity_id <> ${to}::uuid or c.created_by <> ${to}::uuid)
      returning i.id, i.campaign_id, i.grant_id`);
    await recordMoved(ctx, permit, moved, to);
  });

const recordMoved = (ctx: Ctx, permit: Permit, moved: readonly Moved[], to: string): Promise<readonly string[]> =>
  ctx.recordAll(
    permit,
    moved.map(({ id, campaignId, grantId }) => ({
      event: itemMoved,
      subject: to,
      data: { campaignId, itemId: id, grantId },
    })),
  );
