import { conflict, invalid } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import { sql, type Tx } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { campaignCreated, campaignLaunched } from './events.ts';
import { FREEZE, freezePiece, settled } from './freeze-campaign.ts';
import { PIECE } from './freeze-items.ts';
import { subjectOf, type Campaign, type CampaignKind, type ReviewerRule, type ReviewSettings } from './model.ts';
import { refuseUnfitReview, reviewColumns, reviewValues } from './review-settings.ts';
import { findCampaign, lockCampaign } from './store.ts';
import { piecesOf } from './subjects/rows.ts';

export const RULE_OF: Readonly<Record<CampaignKind, ReviewerRule>> = {
  manager: 'manager',
  owner: 'owner',
  system: 'owner',
  role_membership: 'owner',
  privileged: 'manager',
  service_accounts: 'manager',
  vendors: 'manager',
  ad_hoc: 'manager',
  role_composition: 'owner',
  orphan_accounts: 'owner',
  sod_exceptions: 'owner',
  event: 'manager',
  continuous: 'manager',
};
/** A launch waits so long for changes under way; after that a worker does. */
const PATIENCE_MS = 2_000;

/** Makes a draft: nothing is frozen and nobody is asked yet. */
export async function createCampaign(
  ctx: Ctx,
  permit: Permit<'campaign.create'>,
  input: Pick<Campaign, 'name' | 'kind' | 'scope' | 'delta' | 'noResponse' | 'dueAt'> & {
    readonly reviewerRule?: ReviewerRule | undefined;
    readonly review: ReviewSettings;
  },
): Promise<Campaign> {
  if (input.dueAt <= ctx.now) throw invalid('/dueAt', 'must lie ahead', 'give reviewers a few days');
  const reviewerRule = input.reviewerRule ?? RULE_OF[input.kind];
  refuseUnfitReview(
    { ...input, openedBy: null, reviewerRule, reviewerId: input.scope.reviewerId },
    { review: '/review', reviewerId: '/scope/reviewerId' },
  );
  if (input.kind === 'system' && input.scope.systemId === undefined)
    throw invalid('/scope/systemId', 'is needed for a campaign about a system', 'name the system');
  const id = newId(ctx.now.getTime());
  await ctx.tx.run(sql`
    insert into campaign (id, name, kind, scope, reviewer_rule, delta, no_response, due_at, created_by, ${reviewColumns})
    values (${id}, ${input.name}, ${input.kind}, ${sql.json(input.scope)}::jsonb, ${reviewerRule}, ${input.delta}, ${input.noResponse},
            ${input.dueAt}, ${ctx.principal.id}, ${reviewValues(input.review)})`);
  await ctx.record(permit, { event: campaignCreated, data: { campaignId: id, name: input.name } });
  const made = await findCampaign(ctx.tx, id);
  if (made === undefined) throw new Error('a campaign just made is not there');
  return made;
}

/**
 * Sets the instant everything is frozen as of. What fits into one piece is frozen here and now and the campaign is
 * open; a larger one is frozen by a worker. Refuses an empty campaign where it can see that.
 */
export async function launchCampaign(
  ctx: Ctx,
  permit: Permit<'campaign.launch'>,
  input: { readonly id: string },
): Promise<Campaign> {
  const found = await lockCampaign(ctx.tx, input.id);
  if (found.state !== 'draft') throw conflict('campaign.launched', `${found.name} was launched already`);
  const campaign: Campaign = { ...found, state: 'freezing', launchedAt: ctx.now, frozenAt: ctx.now };
  await ctx.tx.run(sql`
    update campaign set state = 'freezing', launched_at = ${ctx.now}, frozen_at = ${ctx.now} where id = ${campaign.id}`);
  await ctx.record(permit, { event: campaignLaunched, data: { campaignId: campaign.id } });
  if ((await isOnePiece(ctx.tx, campaign)) && (await settled(ctx.tx, PATIENCE_MS))) {
    await freezePiece(ctx, permit, campaign, Number.MAX_SAFE_INTEGER);
    const open = await lockCampaign(ctx.tx, campaign.id);
    if (open.state === 'draft')
      throw conflict('campaign.empty', 'nothing is in scope', 'widen the scope, or check that grants exist there');
    return open;
  }
  await enqueue(ctx.tx, FREEZE, { campaignId: campaign.id }, { key: `${FREEZE}:${campaign.id}` });
  return campaign;
}

/** Whether so few grants are to be looked at that one transaction does it. */
async function isOnePiece(tx: Tx, campaign: Campaign): Promise<boolean> {
  const { scope } = campaign;
  if (subjectOf(campaign) !== 'grant') {
    const { n } = await tx.one<{ n: number }>(
      sql`select count(*)::int as n from (select 1 from (${piecesOf(campaign)}) p limit ${PIECE + 1}) g`,
    );
    return n <= PIECE;
  }
  const { n } = await tx.one<{ n: number }>(sql`
    select count(*)::int as n from (
      select 1 from access_grant
       where (${scope.identityId ?? null}::uuid is null or identity_id = ${scope.identityId ?? null})
         and (${scope.entitlementId ?? null}::uuid is null or entitlement_id = ${scope.entitlementId ?? null})
         and (${scope.roleId ?? null}::uuid is null or role_id = ${scope.roleId ?? null})
       limit ${PIECE + 1}) g`);
  return n <= PIECE;
}
