import { conflict, invalid } from '#kit/errors/index.ts';
import { sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { refuseUnfit } from './ending/refuse-unfit.ts';
import { itemDecided, itemsDecided } from './events.ts';
import { lockToDecide, refuseDependent, refuseNotOpen } from './lock-to-decide.ts';
import type { CampaignItem } from './model.ts';
import { lockItem } from './read-items.ts';
import { shownGrant } from './reviewing/canaries-of-others.ts';
import { refuseSecondVote } from './reviewing/second-vote.ts';
import { inWhoseNames, waitsFor } from './reviewing/stand-ins.ts';
import { saidOf, type NamedGrant } from './said.ts';
import { holdCampaign } from './store.ts';

/** Items one call decides at most. */
export const TOGETHER = 2_000;

export type Decision = 'keep' | 'revoke' | 'undo';

/** Notes a reviewer's decision; nothing happens until it is signed, and it can be changed until then. */
export async function decideItem(
  ctx: Ctx,
  permit: Permit<'campaign_item.decide'>,
  input: { readonly id: string; readonly decision: Decision; readonly comment?: string | undefined },
): Promise<CampaignItem> {
  const { campaign, item, onBehalfOf } = await lockToDecide(ctx, input.id);
  await refuseUnfit(ctx.tx, [item.id], input);
  await note(ctx, [item.id], input);
  if (campaign.review.stages !== null) await refuseSecondVote(ctx.tx, [item.id]);
  await ctx.record(permit, {
    event: itemDecided,
    subject: item.identityId ?? undefined,
    data: {
      campaignId: item.campaignId,
      itemId: item.id,
      grantId: item.grantId ?? undefined,
      decision: input.decision === 'undo' ? 'undone' : input.decision,
      onBehalfOf,
    },
  });
  return await lockItem(ctx.tx, item.id);
}

/**
 * Decides many alike in one transaction: those named, or what is left of the group that has not changed since it was
 * last kept. All of them or none; one that is another's, about the asker, or signed already refuses the whole.
 */
export async function decideItems(
  ctx: Ctx,
  permit: Permit<'campaign.decide'>,
  input: {
    readonly id: string;
    readonly decision: Decision;
    readonly items?: readonly string[] | undefined;
    readonly unchanged?: boolean | undefined;
    readonly comment?: string | undefined;
  },
): Promise<{ decided: number; left: number }> {
  const given = input.items?.length ?? 0;
  if (given > 0 === (input.unchanged === true))
    throw invalid('/items', 'name the items, or say unchanged, and not both', 'send items, or unchanged: true');
  const campaign = await holdCampaign(ctx.tx, input.id);
  refuseNotOpen(campaign);
  const wanted = [...new Set(input.items)];
  const me = ctx.principal.id;
  const names = await inWhoseNames(ctx.tx, me, ctx.now, input.id);
  const items = await ctx.tx.many<NamedGrant & { reviewerId: string }>(sql`
    select i.id as item_id, ${shownGrant} as grant_id, i.reviewer_id from campaign_item i
     where i.campaign_id = ${input.id} and ${waitsFor(ctx.now, me, names)} and i.identity_id is distinct from ${me}::uuid
       and ${
         input.unchanged === true
           ? sql`unchanged and state = ${input.decision === 'undo' ? 'decided' : 'open'}`
           : sql`id = any(${sql.array(wanted)}::uuid[]) and state in ('open', 'decided')`
       }
     order by i.id limit ${TOGETHER} for update of i`);
  if (items.length < wanted.length)
    throw conflict(
      'campaign.not_all_to_decide',
      `${wanted.length - items.length} of ${wanted.length} items are not yours to decide here, or signed already`,
      'read the list again',
    );
  if (items.length === 0)
    throw conflict('campaign.nothing_unchanged', 'nothing unchanged is left to decide', 'decide the others one by one');
  const ids = items.map((i) => i.itemId);
  await refuseDependent(ctx, ids);
  for (const name of names)
    await refuseDependent(
      ctx,
      items.filter((i) => i.reviewerId === name).map((i) => i.itemId),
      name,
    );
  await refuseUnfit(ctx.tx, ids, input);
  await note(ctx, ids, input);
  if (campaign.review.stages !== null) await refuseSecondVote(ctx.tx, ids);
  for (const reviewerId of new Set(items.map((i) => i.reviewerId)))
    await ctx.recordAll(
      permit,
      saidOf(items.filter((i) => i.reviewerId === reviewerId)).map((some) => ({
        event: itemsDecided,
        data: {
          campaignId: input.id,
          decision: input.decision === 'undo' ? ('undone' as const) : input.decision,
          onBehalfOf: reviewerId === me ? undefined : reviewerId,
          items: some,
        },
      })),
    );
  const { left } = await ctx.tx.one<{ left: number }>(sql`
    select coalesce(sum(open), 0)::int as left from campaign_reviewer
     where campaign_id = ${input.id} and reviewer_id = any(${sql.array([me, ...names])}::uuid[])`);
  return { decided: items.length, left };
}

const note = (
  ctx: Ctx,
  ids: readonly string[],
  { decision, comment }: { readonly decision: Decision; readonly comment?: string | undefined },
): Promise<number> => {
  const undo = decision === 'undo';
  return ctx.tx.run(sql`
    update campaign_item set state = ${undo ? 'open' : 'decided'}, decision = ${undo ? null : decision}, comment = ${comment ?? null},
      decided_by = ${undo ? null : ctx.principal.id},
      decided_for = ${undo ? sql`null` : sql`nullif(reviewer_id, ${ctx.principal.id})`}, decided_at = ${undo ? null : ctx.now} where id = any(${sql.array(ids)}::uuid[])`);
};
