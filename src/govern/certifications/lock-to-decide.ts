import { conflict, denied, notFound } from '#kit/errors/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import type { Campaign, CampaignItem } from './model.ts';
import { findItem, lockItem } from './read-items.ts';
import { BAR_WORDS, notIndependent } from './reviewing/independence.ts';
import { standsInFor } from './reviewing/stand-ins.ts';
import { holdCampaign } from './store.ts';

/** An item locked for somebody who may decide it. */
export interface ToDecide {
  readonly campaign: Campaign;
  readonly item: CampaignItem;
  /** In whose name; undefined in the asker's own. */
  readonly onBehalfOf: string | undefined;
}

/**
 * Locks an undecided or unsigned item of an open campaign for the asker. Refuses whoever is not its reviewer nor stands in
 * for them, and whoever is not independent of it.
 */
export async function lockToDecide(ctx: Ctx, id: string): Promise<ToDecide> {
  // The campaign before the item, as closing takes them.
  const campaignId = (await findItem(ctx.tx, id))?.campaignId;
  if (campaignId === undefined) throw notFound('campaign_item', id);
  const campaign = await holdCampaign(ctx.tx, campaignId);
  const item = await lockItem(ctx.tx, id);
  if (item.identityId === ctx.principal.id)
    throw denied('campaign_item.own_access', 'nobody reviews their own access', 'it is for another reviewer');
  refuseNotOpen(campaign);
  if (item.state === 'held')
    throw conflict(
      'campaign_item.held',
      'this decision is held',
      'whoever runs the certification decides what comes of it',
    );
  if (item.state !== 'open' && item.state !== 'decided')
    throw conflict(
      'campaign_item.signed',
      'this decision was signed already',
      'ask for the access again, or end the grant',
    );
  const onBehalfOf = await inTheNameOf(ctx, item);
  await refuseDependent(ctx, [item.id], onBehalfOf);
  return { campaign, item, onBehalfOf };
}

export function refuseNotOpen({ state }: Campaign): void {
  if (state !== 'open') throw conflict('campaign.closed', 'this campaign is not open');
}

/** In whose name the asker decides an item; undefined in their own. Policy asked this already, and it holds to the instant. */
async function inTheNameOf(ctx: Ctx, item: CampaignItem): Promise<string | undefined> {
  if (item.reviewerId === ctx.principal.id) return undefined;
  const [row] = await standsInFor(ctx.tx, { deputyId: ctx.principal.id, items: [item.id], now: ctx.now });
  if (row === undefined)
    throw denied('campaign_item.not_yours', 'it is for another reviewer', 'ask who has it to give it to you');
  return row.identityId;
}

/** Who decides has to be independent, and so has the one in whose name they do. */
export async function refuseDependent(ctx: Ctx, items: readonly string[], onBehalfOf?: string): Promise<void> {
  for (const who of onBehalfOf === undefined ? [ctx.principal.id] : [ctx.principal.id, onBehalfOf]) {
    const [first, ...more] = await notIndependent(ctx.tx, { who, items, now: ctx.now });
    if (first === undefined) continue;
    const these = more.length === 0 ? 'this' : `${more.length + 1} of these`;
    const because = BAR_WORDS[first.bar];
    throw denied(
      'campaign_item.not_independent',
      who === ctx.principal.id
        ? `you may not decide ${these}: ${because.replace('they', 'you').replace('their', 'your')}`
        : `nobody may decide ${these} in their name: ${because}`,
      'ask whoever runs the certification to give it to somebody else',
    );
  }
}
