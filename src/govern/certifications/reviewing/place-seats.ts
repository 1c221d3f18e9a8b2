import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { sql } from '#kit/db/index.ts';
import type { Range } from '../freeze-items.ts';
import type { Campaign } from '../model.ts';
import { placeItems } from '../place-items.ts';
import { moveItems, type Move } from './move-items.ts';
import { candidatesFor } from './next-in-line.ts';

/** Freezes a range of cases for everybody who votes about them: one item a seat, those of later stages waiting. */
export async function placeSeats(
  ctx: Ctx,
  campaign: Campaign,
  at: Date,
  range: Range,
): Promise<{ items: number; withoutReviewer: number }> {
  const { stages } = campaign.review;
  if (stages === null) return await placeItems(ctx.tx, campaign, at, range);
  let first: { items: number; withoutReviewer: number } | undefined;
  for (const [s, { by }] of stages.entries())
    for (const [n, reviewerRule] of by.entries()) {
      const placed = await placeItems(ctx.tx, { ...campaign, reviewerRule }, at, range, { stage: s + 1, seat: n + 1 });
      first ??= placed;
    }
  return first ?? { items: 0, withoutReviewer: 0 };
}

interface Crossed {
  readonly itemId: string;
  readonly grantId: string | null;
  readonly caseId: string;
  readonly identityId: string | null;
  readonly from: string;
  /** Who has another vote about it. */
  readonly seated: readonly string[];
}

/**
 * Before anybody is asked: no one has two votes about a case, and where the campaign says so no two review one another.
 * What would be so goes to the next in line; a vote that nobody else could cast is not asked for.
 */
export async function separateReviewers(ctx: Ctx, permit: Permit, campaign: Campaign, at: Date): Promise<void> {
  if (campaign.review.stages !== null) {
    const twice = await ctx.tx.many<Crossed>(sql`
      select i.id as item_id, i.grant_id, i.case_id, i.identity_id, i.reviewer_id as "from",
             (select array_agg(o.reviewer_id) from campaign_item o where o.campaign_id = i.campaign_id and o.case_id = i.case_id and o.id <> i.id) as seated
        from campaign_item i
       where i.campaign_id = ${campaign.id} and i.state in ('open', 'waiting') and exists (
         select from campaign_item o where o.campaign_id = i.campaign_id and o.case_id = i.case_id and o.reviewer_id = i.reviewer_id
            and (o.stage, o.seat) < (i.stage, i.seat))
       order by i.stage, i.seat, i.id`);
    // Seat after seat: whom one goes to must not be whom the next goes to.
    const given = new Map<string, string[]>();
    await passOn(ctx, permit, campaign, { crossed: twice, at, because: 'same_reviewer', given });
  }
  if (campaign.review.reciprocal === 'reroute') {
    const crossed = await ctx.tx.many<Crossed>(sql`
      with pairs as (
        select reviewer_id as a, identity_id as b, count(*) as n from campaign_item
         where campaign_id = ${campaign.id} and state <> 'spared' group by 1, 2
      ), crossed as (
        select x.a, x.b from pairs x join pairs y on y.a = x.b and y.b = x.a where (x.n, x.a) < (y.n, y.a)
      )
      select i.id as item_id, i.grant_id, i.case_id, i.identity_id, i.reviewer_id as "from",
             coalesce((select array_agg(o.reviewer_id) from campaign_item o where o.campaign_id = i.campaign_id and o.case_id = i.case_id and o.id <> i.id), '{}') as seated
        from crossed c join campaign_item i on i.campaign_id = ${campaign.id} and i.reviewer_id = c.a and i.identity_id = c.b and i.state <> 'spared'
       order by i.id`);
    await passOn(ctx, permit, campaign, { crossed, at, because: 'reciprocal', given: new Map() });
  }
}

async function passOn(
  ctx: Ctx,
  permit: Permit,
  campaign: Campaign,
  asked: {
    readonly crossed: readonly Crossed[];
    readonly at: Date;
    readonly because: 'same_reviewer' | 'reciprocal';
    readonly given: Map<string, string[]>;
  },
): Promise<void> {
  const { crossed, at, because, given } = asked;
  if (crossed.length === 0) return;
  const next = await candidatesFor(ctx.tx, campaign, { items: crossed.map((c) => c.itemId), at });
  const moves: Move[] = [];
  const nobody: string[] = [];
  for (const item of crossed) {
    const taken = [item.from, ...item.seated, ...(given.get(item.caseId) ?? [])];
    const to = next.get(item.itemId)?.find((c) => !taken.includes(c.id));
    if (to === undefined) nobody.push(item.itemId);
    else {
      given.set(item.caseId, [...(given.get(item.caseId) ?? []), to.id]);
      moves.push({ ...item, to: to.id, routed: to.routed });
    }
  }
  await moveItems(ctx, permit, campaign, { moves, because, quietly: true });
  // Where two review one another and nobody else is there, neither can decide, until whoever runs it finds somebody.
  if (because === 'same_reviewer')
    await ctx.tx.run(sql`
      update campaign_item set state = 'spared', rerouted_because = 'same_reviewer' where id = any(${sql.array(nobody)}::uuid[])`);
}
