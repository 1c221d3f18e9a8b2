import { conflict } from '#kit/errors/index.ts';
import { sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { tellReviewer } from './reviewing/close-held.ts';
import { shownGrant } from './reviewing/canaries-of-others.ts';
import { holdBatch, type Held } from './reviewing/hold-batch.ts';
import { looksUnread, paceOf } from './reviewing/judge-batch.ts';
import { signItems, type Signed, type ToSign } from './reviewing/sign-items.ts';
import { inWhoseNames, waitsFor } from './reviewing/stand-ins.ts';
import { findCampaign, holdCampaign, lockCampaign } from './store.ts';

/**
 * Signs everything the reviewer decided in a campaign, for good, in their own name and in that of those they stand in for.
 * What is revoked ends in this transaction; its items stay revoking until that is proved. A batch that looks as if nobody
 * had looked is held instead.
 */
export async function signCampaign(
  ctx: Ctx,
  permit: Permit<'campaign.sign'>,
  input: { readonly id: string },
): Promise<Signed & { held?: Held }> {
  // Where several vote about one grant, one signs after the other: each looks at the votes of the others.
  const several = (await findCampaign(ctx.tx, input.id))?.review.stages != null;
  const campaign = await (several ? lockCampaign : holdCampaign)(ctx.tx, input.id);
  if (campaign.state !== 'open') throw conflict('campaign.closed', `${campaign.name} is not open`);
  const me = ctx.principal.id;
  const names = await inWhoseNames(ctx.tx, me, ctx.now, campaign.id);
  const items = await ctx.tx.many<ToSign>(sql`
    select i.id as item_id, ${shownGrant} as grant_id, i.case_id, i.identity_id, i.subject, i.decision,
           i.canary is not null as canary, i.decided_for
      from campaign_item i
     where i.campaign_id = ${campaign.id} and i.state = 'decided' and ${waitsFor(ctx.now, me, names)}
       and (i.reviewer_id = ${me} or i.decided_by = ${me}) order by i.id for update of i`);
  if (items.length === 0)
    throw conflict('campaign.nothing_decided', 'there is no decision of yours to sign', 'decide items first');
  const { holdFrom } = campaign.review;
  if (holdFrom === null) return await signItems(ctx, permit, campaign, items);
  const pace = await paceOf(ctx.tx, campaign.id, { who: me, names });
  if (!looksUnread(pace, holdFrom)) return await signItems(ctx, permit, campaign, items);
  const held = await holdBatch(ctx, permit, campaign, { items, pace });
  if (held.outcome === null) await tellReviewer(ctx, permit, campaign, me);
  if (held.outcome !== 'released') return { kept: 0, revoked: 0, held };
  return { ...(await signItems(ctx, permit, campaign, items)), held };
}
