import { sql } from '#kit/db/index.ts';
import { conflict, denied, notFound } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { findIdentityByUsername, getIdentity, linkAccount } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { itemDecided } from '../events.ts';
import type { CampaignItem } from '../model.ts';
import { lockItem } from '../read-items.ts';

/** Says who answers for an account under review, which keeps it. Nobody makes an account their own by reviewing it. */
export async function nameOwner(
  ctx: Ctx,
  permit: Permit<'campaign_item.name_owner'>,
  input: { readonly id: string; readonly identity: string; readonly because: string },
): Promise<CampaignItem> {
  const item = await lockItem(ctx.tx, input.id);
  if (item.subject !== 'account' || item.accountId === null)
    throw conflict('campaign_item.not_an_account', 'this item is not about an account', 'keep or revoke it');
  if (item.state !== 'open' && item.state !== 'decided')
    throw conflict('campaign_item.signed', 'this decision was signed already', 'say whose the account is in its list');
  const owner = (await getIdentity(ctx.tx, input.identity)) ?? (await findIdentityByUsername(ctx.tx, input.identity));
  if (owner === undefined) throw notFound('identity', input.identity);
  if (owner.id === ctx.principal.id)
    throw denied('account.own_benefit', 'nobody makes an account their own', 'ask an administrator');
  await linkAccount(ctx, permit, {
    accountId: item.accountId,
    identityId: owner.id,
    because: input.because,
    said: 'named in a certification',
  });
  await ctx.tx.run(sql`
    update campaign_item set state = 'decided', decision = 'keep', comment = ${input.because}, decided_by = ${ctx.principal.id},
           decided_at = ${ctx.now} where id = ${item.id}`);
  await ctx.record(permit, {
    event: itemDecided,
    subject: owner.id,
    data: { campaignId: item.campaignId, itemId: item.id, decision: 'keep' },
  });
  return await lockItem(ctx.tx, item.id);
}
