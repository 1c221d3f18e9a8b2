import { conflict } from '#kit/errors/index.ts';
import { sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { itemsSigned } from './events.ts';
import { revokeItems, type ToRevoke } from './revoke-items.ts';
import { saidOf } from './said.ts';
import { holdCampaign } from './store.ts';

/**
 * Signs everything the reviewer decided in a campaign, for good. What is revoked ends in this transaction; its items stay
 * revoking until that is proved.
 */
export async function signCampaign(
  ctx: Ctx,
  permit: Permit<'campaign.sign'>,
  input: { readonly id: string },
): Promise<{ kept: number; revoked: number }> {
  const campaign = await holdCampaign(ctx.tx, input.id);
  if (campaign.state !== 'open') throw conflict('campaign.closed', `${campaign.name} is not open`);
  const items = await ctx.tx.many<ToRevoke & { decision: 'keep' | 'revoke' }>(sql`
    select id as item_id, grant_id, identity_id, decision from campaign_item
     where campaign_id = ${campaign.id} and reviewer_id = ${ctx.principal.id} and state = 'decided' order by id for update`);
  if (items.length === 0)
    throw conflict('campaign.nothing_decided', 'there is no decision of yours to sign', 'decide items first');
  const kept = items.filter((i) => i.decision === 'keep');
  const revoked = items.filter((i) => i.decision === 'revoke');
  await ctx.tx.run(sql`
    update campaign_item set state = 'kept', signed_at = ${ctx.now}, closed_at = ${ctx.now}
     where id = any(${sql.array(kept.map((i) => i.itemId))}::uuid[])`);
  await revokeItems(ctx, permit, campaign, revoked, `revoked in the certification ${campaign.name}`);
  for (const [decision, of] of [['keep', kept] as const, ['revoke', revoked] as const])
    await ctx.recordAll(
      permit,
      saidOf(of).map((some) => ({
        event: itemsSigned,
        data: { campaignId: campaign.id, decision, items: some },
      })),
    );
  return { kept: kept.length, revoked: revoked.length };
}
