import { conflict, denied, invalid, notFound } from '#kit/errors/index.ts';
import { sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { refuseUnfit } from './ending/refuse-unfit.ts';
import { itemDecided, itemsDecided } from './events.ts';
import type { Campaign, CampaignItem } from './model.ts';
import { findItem, lockItem } from './read-items.ts';
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
  // The campaign before the item, as closing takes them.
  const campaignId = (await findItem(ctx.tx, input.id))?.campaignId;
  if (campaignId === undefined) throw notFound('campaign_item', input.id);
  const campaign = await holdCampaign(ctx.tx, campaignId);
  const item = await lockItem(ctx.tx, input.id);
  if (item.identityId === ctx.principal.id)
    throw denied('campaign_item.own_access', 'nobody reviews their own access', 'it is for another reviewer');
  refuseNotOpen(campaign);
  if (item.state !== 'open' && item.state !== 'decided')
    throw conflict(
      'campaign_item.signed',
      'this decision was signed already',
      'ask for the access again, or end the grant',
    );
  await refuseUnfit(ctx.tx, [item.id], input);
  await note(ctx, [item.id], input);
  await ctx.record(permit, {
    event: itemDecided,
    subject: item.identityId ?? undefined,
    data: {
      campaignId: item.campaignId,
      itemId: item.id,
      grantId: item.grantId ?? undefined,
      decision: input.decision === 'undo' ? 'undone' : input.decision,
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
  refuseNotOpen(await holdCampaign(ctx.tx, input.id));
  const wanted = [...new Set(input.items)];
  const items = await ctx.tx.many<NamedGrant>(sql`
    select id as item_id, grant_id from campaign_item
     where campaign_id = ${input.id} and reviewer_id = ${ctx.principal.id} and identity_id is distinct from ${ctx.principal.id}::uuid
       and ${
         input.unchanged === true
           ? sql`unchanged and state = ${input.decision === 'undo' ? 'decided' : 'open'}`
           : sql`id = any(${sql.array(wanted)}::uuid[]) and state in ('open', 'decided')`
       }
     order by id limit ${TOGETHER} for update`);
  if (items.length < wanted.length)
    throw conflict(
      'campaign.not_all_to_decide',
      `${wanted.length - items.length} of ${wanted.length} items are not yours to decide here, or signed already`,
      'read the list again',
    );
  if (items.length === 0)
    throw conflict('campaign.nothing_unchanged', 'nothing unchanged is left to decide', 'decide the others one by one');
  await refuseUnfit(
    ctx.tx,
    items.map((i) => i.itemId),
    input,
  );
  await note(
    ctx,
    items.map((i) => i.itemId),
    input,
  );
  await ctx.recordAll(
    permit,
    saidOf(items).map((some) => ({
      event: itemsDecided,
      data: {
        campaignId: input.id,
        decision: input.decision === 'undo' ? ('undone' as const) : input.decision,
        items: some,
      },
    })),
  );
  const { left } = await ctx.tx.one<{ left: number }>(sql`
    select open as left from campaign_reviewer where campaign_id = ${input.id} and reviewer_id = ${ctx.principal.id}`);
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
      decided_by = ${undo ? null : ctx.principal.id}, decided_at = ${undo ? null : ctx.now} where id = any(${sql.array(ids)}::uuid[])`);
};

function refuseNotOpen({ state }: Campaign): void {
  if (state !== 'open') throw conflict('campaign.closed', 'this campaign is not open');
}
