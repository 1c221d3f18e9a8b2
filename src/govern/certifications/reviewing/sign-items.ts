import { sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { itemsSigned } from '../events.ts';
import type { Campaign } from '../model.ts';
import { revokeItems, type ToRevoke } from '../revoke-items.ts';
import { saidOf } from '../said.ts';
import { announceRevocations } from './challenge.ts';
import { canariesChecked } from './events.ts';
import { refuseSecondVote } from './second-vote.ts';
import { settleCases } from './settle-cases.ts';

/** An item whose decision is signed. */
export interface ToSign extends ToRevoke {
  readonly decision: 'keep' | 'revoke';
  readonly canary: boolean;
  readonly caseId: string;
  readonly decidedFor: string | null;
}
export interface Signed {
  readonly kept: number;
  readonly revoked: number;
}

/**
 * Makes decisions final: kept, or ended here and now, or, where several vote, counted. Where the person concerned is to be
 * heard first they are told instead. A canary is marked and leads to nothing.
 */
export async function signItems(
  ctx: Ctx,
  permit: Permit,
  campaign: Campaign,
  items: readonly ToSign[],
  reviewerId = ctx.principal.id,
): Promise<Signed> {
  const because = `revoked in the certification ${campaign.name}`;
  await checkCanaries(ctx, permit, campaign, items, reviewerId);
  const real = items.filter((i) => !i.canary);
  const [keeps, revokes] = [real.filter((i) => i.decision === 'keep'), real.filter((i) => i.decision === 'revoke')];
  if (campaign.review.stages === null) {
    await keepItems(ctx, keeps);
    await revokeItems(ctx, permit, campaign, await announceRevocations(ctx, permit, campaign, revokes), because);
  } else {
    await refuseSecondVote(
      ctx.tx,
      real.map((i) => i.itemId),
    );
    await ctx.tx.run(sql`
      update campaign_item set state = 'voted', signed_at = ${ctx.now} where id = any(${sql.array(real.map((i) => i.itemId))}::uuid[])`);
    const came = await settleCases(ctx, permit, campaign, { cases: real.map((i) => i.caseId), closing: false });
    await keepItems(ctx, came.kept);
    await revokeItems(ctx, permit, campaign, await announceRevocations(ctx, permit, campaign, came.revoked), because);
  }
  for (const [decision, of] of [['keep', keeps] as const, ['revoke', revokes] as const])
    for (const onBehalfOf of new Set(of.map((i) => i.decidedFor)))
      await ctx.recordAll(
        permit,
        saidOf(of.filter((i) => i.decidedFor === onBehalfOf)).map((some) => ({
          event: itemsSigned,
          data: { campaignId: campaign.id, decision, onBehalfOf: onBehalfOf ?? undefined, items: some },
        })),
      );
  return { kept: keeps.length, revoked: revokes.length };
}

const keepItems = (ctx: Ctx, items: readonly ToRevoke[]): Promise<number> =>
  ctx.tx.run(sql`
    update campaign_item set state = 'kept', signed_at = ${ctx.now}, closed_at = ${ctx.now}
     where id = any(${sql.array(items.map((i) => i.itemId))}::uuid[])`);

/** Marks canaries among what is signed: found, or kept although nobody could have what they say. */
export async function checkCanaries(
  ctx: Ctx,
  permit: Permit,
  campaign: Pick<Campaign, 'id'>,
  items: readonly ToSign[],
  reviewerId = ctx.principal.id,
): Promise<void> {
  const canaries = items.filter((i) => i.canary);
  if (canaries.length === 0) return;
  await ctx.tx.run(sql`
    update campaign_item set state = 'checked', canary_found = decision = 'revoke', signed_at = ${ctx.now}, closed_at = ${ctx.now}
     where id = any(${sql.array(canaries.map((i) => i.itemId))}::uuid[])`);
  const found = canaries.filter((i) => i.decision === 'revoke').length;
  await ctx.record(permit, {
    event: canariesChecked,
    data: { campaignId: campaign.id, reviewerId, found, missed: canaries.length - found },
  });
}
