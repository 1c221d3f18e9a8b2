import { conflict, invalid } from '#kit/errors/index.ts';
import { sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { getIdentity, getIdentities } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { holdCampaign } from '../store.ts';
import { shownGrant } from './canaries-of-others.ts';
import { BAR_WORDS, notIndependent } from './independence.ts';
import { moveItems, type Move } from './move-items.ts';
import { inWhoseNames, waitsFor } from './stand-ins.ts';

/**
 * Gives items to somebody who knows better. A reviewer gives on what is theirs to decide; `everybodys` is for whoever runs
 * the campaign. All of them or none: one that is signed, or that the other may not review, refuses the whole and says why.
 */
export async function reassignItems(
  ctx: Ctx,
  permit: Permit<'campaign.reassign'>,
  input: {
    readonly id: string;
    readonly items: readonly string[];
    readonly to: string;
    readonly reason: string;
    readonly everybodys: boolean;
  },
): Promise<{ moved: number; to: string }> {
  const campaign = await holdCampaign(ctx.tx, input.id);
  if (campaign.state !== 'open') throw conflict('campaign.closed', 'this campaign is not open');
  const to = await getIdentity(ctx.tx, input.to);
  if (to?.kind !== 'person' || to.state !== 'active')
    throw invalid('/to', 'only an active person of the house reviews', 'name somebody who is here');
  const wanted = [...new Set(input.items)];
  const names = await inWhoseNames(ctx.tx, ctx.principal.id, ctx.now, campaign.id);
  const items = await ctx.tx.many<Move>(sql`
    select i.id as item_id, ${shownGrant} as grant_id, i.identity_id, i.reviewer_id as "from",
           ${to.id} as "to", 'given' as routed
      from campaign_item i
     where i.campaign_id = ${campaign.id} and i.id = any(${sql.array(wanted)}::uuid[]) and i.state in ('open', 'decided')
       and ${input.everybodys ? sql`true` : waitsFor(ctx.now, ctx.principal.id, names)}
     order by i.id for update of i`);
  if (items.length < wanted.length)
    throw conflict(
      'campaign.not_all_to_reassign',
      `${wanted.length - items.length} of ${wanted.length} items are not yours to give on, or signed already`,
      'read the list again',
    );
  const moves = items.filter((i) => i.from !== to.id);
  if (moves.length === 0) throw conflict('campaign.theirs_already', `${to.displayName} reviews them already`);
  await refuseDependent(
    ctx,
    to.id,
    moves.map((m) => m.itemId),
  );
  await refuseSecondSeat(
    ctx,
    to.id,
    moves.map((m) => m.itemId),
  );
  if (!input.everybodys) await refuseOwnReviewer(ctx, campaign.id, moves, to.id);
  await moveItems(ctx, permit, campaign, {
    moves,
    because: input.everybodys ? 'reassigned' : 'given',
    words: input.reason,
  });
  return { moved: moves.length, to: to.id };
}

async function refuseDependent(ctx: Ctx, who: string, items: readonly string[]): Promise<void> {
  const [first, ...more] = await notIndependent(ctx.tx, { who, items, now: ctx.now });
  if (first === undefined) return;
  throw conflict(
    'campaign_item.not_independent',
    `they may not review ${more.length === 0 ? 'one of these' : `${more.length + 1} of these`}: ${BAR_WORDS[first.bar]}`,
    'name somebody who has no part in it',
  );
}

/** Each vote about a case is another person's. */
async function refuseSecondSeat(ctx: Ctx, who: string, items: readonly string[]): Promise<void> {
  const has = await ctx.tx.maybe(sql`
    select 1 from campaign_item i join campaign_item o on o.campaign_id = i.campaign_id and o.case_id = i.case_id and o.id <> i.id
     where i.id = any(${sql.array(items)}::uuid[]) and (o.reviewer_id = ${who} or ${who} in (o.decided_by, o.decided_for)) limit 1`);
  if (has !== undefined)
    throw conflict(
      'campaign_item.second_vote',
      'they decide about one of these in another place already',
      'name somebody else: each vote is another person’s',
    );
}

/** Who is given items by those whose access they review would owe them something. */
async function refuseOwnReviewer(ctx: Ctx, campaignId: string, moves: readonly Move[], to: string): Promise<void> {
  const givers = [...new Set(moves.map((m) => m.from))];
  const reviewed = await ctx.tx.many<{ id: string }>(sql`
    select distinct identity_id as id from campaign_item
     where campaign_id = ${campaignId} and reviewer_id = ${to} and identity_id = any(${sql.array(givers)}::uuid[]) and state <> 'spared'`);
  if (reviewed.length === 0) return;
  const [giver] = await getIdentities(
    ctx.tx,
    reviewed.map((r) => r.id),
  );
  throw conflict(
    'campaign_item.gives_to_own_reviewer',
    `they review the access of ${giver?.displayName ?? 'who had these before'} in this certification`,
    'name somebody else, or let whoever runs the certification reassign them',
  );
}
