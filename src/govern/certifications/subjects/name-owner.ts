import { sql } from '#kit/db/index.ts';
import { conflict, denied, notFound } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { findIdentityByUsername, getIdentity, linkAccount } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { itemDecided } from '../events.ts';
import { lockToDecide } from '../lock-to-decide.ts';
import type { CampaignItem } from '../model.ts';
import { lockItem } from '../read-items.ts';

/** Says who answers for an account under review, which keeps it. Nobody makes an account their own by reviewing it. */
export async function nameOwner(
  ctx: Ctx,
  permit: Permit<'campaign_item.name_owner'>,
  input: { readonly id: string; readonly identity: string; readonly because: string },
): Promise<CampaignItem> {
  const { campaign, item, onBehalfOf } = await lockToDecide(ctx, input.id);
  if (item.subject !== 'account' || item.accountId === null)
    throw conflict('campaign_item.not_an_account', 'this item is not about an account', 'keep or revoke it');
  // Whose an account is cannot be voted about: it is said once, and at once.
  if (campaign.review.stages !== null)
    throw conflict(
      'campaign_item.several_vote',
      'several vote about this account, so no one of them names its owner',
      'decide keep, and say whose it is in the list of accounts',
    );
  const owner = (await getIdentity(ctx.tx, input.identity)) ?? (await findIdentityByUsername(ctx.tx, input.identity));
  if (owner === undefined) throw notFound('identity', input.identity);
  if (owner.id === ctx.principal.id || owner.id === onBehalfOf)
    throw denied('account.own_benefit', 'nobody makes an account their own', 'ask an administrator');
  await linkAccount(ctx, permit, {
    accountId: item.accountId,
    identityId: owner.id,
    because: input.because,
    said: 'named in a certification',
  });
  await ctx.tx.run(sql`
    update campaign_item set state = 'decided', decision = 'keep', comment = ${input.because}, decided_by = ${ctx.principal.id},
           decided_for = ${onBehalfOf ?? null}, decided_at = ${ctx.now} where id = ${item.id}`);
  await ctx.record(permit, {
    event: itemDecided,
    subject: owner.id,
    data: { campaignId: item.campaignId, itemId: item.id, decision: 'keep', onBehalfOf },
  });
  return await lockItem(ctx.tx, item.id);
}
