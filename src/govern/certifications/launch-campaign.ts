import { conflict, invalid } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import { sql, type Tx } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { campaignCreated, campaignLaunched } from './events.ts';
import { chooseReviewer, type Campaign } from './model.ts';
import { activeAmong, candidates, findCampaign, insertItems, lockCampaign } from './store.ts';

/** Makes a draft: nothing is frozen and nobody is asked yet. */
export async function createCampaign(
  ctx: Ctx,
  permit: Permit<'campaign.create'>,
  input: Pick<Campaign, 'name' | 'kind' | 'scope' | 'reviewerRule' | 'dueAt'>,
): Promise<Campaign> {
  if (input.dueAt <= ctx.now) throw invalid('/dueAt', 'must lie ahead', 'give reviewers a few days');
  if (input.reviewerRule === 'named' && input.scope.reviewerId === undefined) {
    throw invalid(
      '/scope/reviewerId',
      'is needed when the reviewer is named',
      'name a reviewer, or choose manager or owner',
    );
  }
  const id = newId(ctx.now.getTime());
  await ctx.tx.run(sql`
    insert into campaign (id, name, kind, scope, reviewer_rule, due_at, created_by)
    values (${id}, ${input.name}, ${input.kind}, ${sql.json(input.scope)}::jsonb, ${input.reviewerRule}, ${input.dueAt}, ${ctx.principal.id})`);
  await ctx.record(permit, { event: campaignCreated, data: { campaignId: id, name: input.name } });
  const made = await findCampaign(ctx.tx, id);
  if (made === undefined) throw new Error('a campaign just made is not there');
  return made;
}

interface Plan {
  readonly items: readonly {
    id: string;
    grantId: string;
    identityId: string;
    reviewerId: string;
    what: string;
    evidence: object;
  }[];
  readonly withoutReviewer: readonly string[];
}

async function planItems(tx: Tx, campaign: Campaign): Promise<Plan> {
  const found = await candidates(tx, campaign.scope, tx.now);
  const people = [
    ...new Set(
      found
        .flatMap((f) => [f.managerId, f.ownerId, f.systemOwnerId])
        .concat(campaign.createdBy, campaign.scope.reviewerId ?? null),
    ),
  ];
  const active = await activeAmong(
    tx,
    people.filter((id): id is string => id !== null),
    tx.now,
  );
  const items: Plan['items'][number][] = [];
  const withoutReviewer: string[] = [];
  for (const candidate of found) {
    const reviewerId = chooseReviewer(campaign, candidate, active);
    if (reviewerId === undefined) withoutReviewer.push(candidate.grantId);
    else items.push({ id: newId(tx.now.getTime()), reviewerId, ...candidate });
  }
  return { items, withoutReviewer };
}

/** Says what a launch would freeze, for whom, without doing it. */
export async function previewCampaign(
  tx: Tx,
  campaign: Campaign,
): Promise<{ items: number; withoutReviewer: number; reviewers: { identityId: string; items: number }[] }> {
  const plan = await planItems(tx, campaign);
  const load = new Map<string, number>();
  for (const item of plan.items) load.set(item.reviewerId, (load.get(item.reviewerId) ?? 0) + 1);
  return {
    items: plan.items.length,
    withoutReviewer: plan.withoutReviewer.length,
    reviewers: [...load].map(([identityId, items]) => ({ identityId, items })).sort((a, b) => b.items - a.items),
  };
}

/**
 * Freezes every live grant in scope as an item with its evidence and its reviewer. All in one transaction: a launch
 * that was interrupted did not happen. Refuses an empty campaign, and items nobody but the person could review.
 */
export async function launchCampaign(
  ctx: Ctx,
  permit: Permit<'campaign.launch'>,
  input: { readonly id: string },
): Promise<Campaign> {
  const campaign = await lockCampaign(ctx.tx, input.id);
  if (campaign.state !== 'draft') throw conflict('campaign.launched', `${campaign.name} was launched already`);
  const plan = await planItems(ctx.tx, campaign);
  if (plan.items.length === 0)
    throw conflict('campaign.empty', 'nothing is in scope', 'widen the scope, or check that grants exist there');
  await insertItems(ctx.tx, campaign.id, plan.items);
  await ctx.tx.run(sql`update campaign set state = 'open', launched_at = ${ctx.now} where id = ${campaign.id}`);
  await ctx.record(permit, {
    event: campaignLaunched,
    data: { campaignId: campaign.id, items: plan.items.length, withoutReviewer: plan.withoutReviewer.length },
  });
  return { ...campaign, state: 'open', launchedAt: ctx.now };
}
