import { conflict, denied } from '#kit/errors/index.ts';
import { sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { endGrant, getGrant, refuseLastAdministrator } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { campaignClosed, itemClosed, itemDecided, itemSigned } from './events.ts';
import type { Campaign, CampaignItem } from './model.ts';
import { decidedItemsOf, findCampaign, lockCampaign, lockItem } from './store.ts';

/** Notes a reviewer's decision; nothing happens until it is signed, and it can be changed until then. */
export async function decideItem(
  ctx: Ctx,
  permit: Permit<'campaign_item.decide'>,
  input: { readonly id: string; readonly decision: 'keep' | 'revoke' | 'undo'; readonly comment?: string | undefined },
): Promise<CampaignItem> {
  const item = await lockItem(ctx.tx, input.id);
  if (item.identityId === ctx.principal.id)
    throw denied('campaign_item.own_access', 'nobody reviews their own access', 'it is for another reviewer');
  const campaign = await findCampaign(ctx.tx, item.campaignId);
  if (campaign?.state !== 'open') throw conflict('campaign.closed', 'this campaign is closed');
  if (item.state !== 'open' && item.state !== 'decided')
    throw conflict(
      'campaign_item.signed',
      'this decision was signed already',
      'ask for the access again, or end the grant',
    );
  const undo = input.decision === 'undo';
  await ctx.tx.run(sql`
    update campaign_item set state = ${undo ? 'open' : 'decided'}, decision = ${undo ? null : input.decision}, comment = ${input.comment ?? null},
      decided_by = ${undo ? null : ctx.principal.id}, decided_at = ${undo ? null : ctx.now} where id = ${item.id}`);
  await ctx.record(permit, {
    event: itemDecided,
    subject: item.identityId,
    data: {
      campaignId: item.campaignId,
      itemId: item.id,
      grantId: item.grantId,
      decision: undo ? 'undone' : (input.decision as 'keep' | 'revoke'),
    },
  });
  return await lockItem(ctx.tx, item.id);
}

/**
 * Signs everything the reviewer decided in a campaign. What is revoked ends here and now: its grant ends in this
 * transaction, and from the event follow the sessions' end and the withdrawal on the target. The item stays
 * revoking until that is proved.
 */
export async function signCampaign(
  ctx: Ctx,
  permit: Permit<'campaign.sign'>,
  input: { readonly id: string },
): Promise<{ kept: number; revoked: number }> {
  const campaign = await lockCampaign(ctx.tx, input.id);
  if (campaign.state !== 'open') throw conflict('campaign.closed', `${campaign.name} is not open`);
  const items = await decidedItemsOf(ctx.tx, campaign.id, ctx.principal.id);
  if (items.length === 0)
    throw conflict('campaign.nothing_decided', 'there is no decision of yours to sign', 'decide items first');
  let revoked = 0;
  for (const item of items) {
    if (item.decision === 'revoke') {
      revoked += 1;
      await revoke(ctx, permit, campaign, item);
    } else {
      await ctx.tx.run(
        sql`update campaign_item set state = 'kept', signed_at = ${ctx.now}, closed_at = ${ctx.now} where id = ${item.id}`,
      );
    }
    await ctx.record(permit, {
      event: itemSigned,
      subject: item.identityId,
      data: {
        campaignId: campaign.id,
        itemId: item.id,
        grantId: item.grantId,
        decision: item.decision === 'revoke' ? 'revoke' : 'keep',
      },
    });
  }
  return { kept: items.length - revoked, revoked };
}

async function revoke(ctx: Ctx, permit: Permit, campaign: Campaign, item: CampaignItem): Promise<void> {
  const grant = await getGrant(ctx.tx, item.grantId);
  if (grant === undefined || grant.endedBecause !== null) {
    // It ended by itself while it was under review: there is nothing left to take away.
    await ctx.tx.run(sql`
      update campaign_item set state = 'revoked', signed_at = ${ctx.now}, closed_at = ${ctx.now}, effect_ms = 0, proven = true where id = ${item.id}`);
    await ctx.record(permit, {
      event: itemClosed,
      subject: item.identityId,
      data: { campaignId: campaign.id, itemId: item.id, grantId: item.grantId, effectMs: 0, proven: true },
    });
    return;
  }
  await refuseLastAdministrator(ctx.tx, grant);
  await ctx.tx.run(sql`update campaign_item set state = 'revoking', signed_at = ${ctx.now} where id = ${item.id}`);
  await endGrant(ctx, permit, { grantId: grant.id, because: `revoked in the certification ${campaign.name}` });
}

/** Closes a campaign. What nobody answered is unanswered: it is listed as such and is never an approval. */
export async function closeCampaign(
  ctx: Ctx,
  permit: Permit<'campaign.close'>,
  input: { readonly id: string },
): Promise<{ unanswered: number }> {
  const campaign = await lockCampaign(ctx.tx, input.id);
  if (campaign.state !== 'open') throw conflict('campaign.not_open', `${campaign.name} is not open`);
  const unanswered = await ctx.tx.run(sql`
    update campaign_item set state = 'unanswered', decision = null, decided_by = null, decided_at = null, closed_at = ${ctx.now}
    where campaign_id = ${campaign.id} and state in ('open', 'decided')`);
  await ctx.tx.run(sql`update campaign set state = 'closed', closed_at = ${ctx.now} where id = ${campaign.id}`);
  await ctx.record(permit, { event: campaignClosed, data: { campaignId: campaign.id, unanswered } });
  return { unanswered };
}
