import { sql, type Sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { accountLinked, identityMerged, identitySplit } from '#spine/graph/index.ts';
import { defineReaction, type Ctx, type JobCtx } from '#spine/operations/index.ts';
import { askAgain, askOnce, hadAlready, UNDONE, type GoesOn } from './ask-once.ts';
import { itemMoved } from './events.ts';
import { moveWanted } from './openings/follow-wanted.ts';
import { barOf } from './reviewing/independence.ts';
import { passToNext } from './reviewing/reroute-barred.ts';

interface Moved {
  readonly id: string;
  readonly campaignId: string;
  readonly grantId: string | null;
}

/** What goes from whom to whom. */
interface Going {
  readonly from: string;
  readonly to: string;
  readonly goesOn: readonly GoesOn[];
}

const ASKED = sql`('waiting', 'open', 'decided', 'held')`;

/** What is under review stays under review when somebody turns out to be another: the item is about what goes on. */
export const followMerge = defineReaction({
  on: identityMerged,
  name: 'certifications.merged',
  run: (job, { data }) =>
    job.act({ action: 'campaign_item.note_effect' }, async (ctx, permit) => {
      const { duplicateId: from, survivorId: to, goesOn } = data;
      const own = sql`i.identity_id in (${from}::uuid, ${to}::uuid)`;
      await takeFrom(ctx, permit, { whose: own, who: [from, to] });
      const same = [...goesOn, ...(await hadAlready({ from, to, goesOn }, ctx.tx))];
      await askOnce(ctx, permit, { from, to, goesOn: same });
      await moveItems(ctx, permit, { from, to, goesOn: same });
      await moveWanted(ctx, permit, { from, to, goesOn: same });
      await moveReviews(ctx, permit, from, to);
    }),
});

/** The same for what goes to somebody else. */
export const followSplit = defineReaction({
  on: identitySplit,
  name: 'certifications.split',
  run: (job: JobCtx, { data }) =>
    job.act({ action: 'campaign_item.note_effect' }, async (ctx, permit) => {
      const going = { from: data.identityId, to: data.otherId, goesOn: data.goesOn };
      const theirs = sql`i.id in (select g.id from (${goingItems(going)}) g)`;
      await takeFrom(ctx, permit, { whose: theirs, who: [going.to] });
      await moveItems(ctx, permit, going);
      await askAgain(ctx, permit, going);
      await moveWanted(ctx, permit, going);
    }),
});

/**
 * An account that is made somebody else's: what it holds and nobody granted is under review as theirs, and they neither
 * review nor have decided it.
 */
export const followAccount = defineReaction({
  on: accountLinked,
  name: 'certifications.account_linked',
  run: (job: JobCtx, { data: { accountId, identityId: to } }) =>
    job.act({ action: 'campaign_item.note_effect' }, async (ctx, permit) => {
      const theirs = sql`i.subject = 'holding' and i.account_id = ${accountId} and i.identity_id <> ${to}`;
      await takeFrom(ctx, permit, { whose: theirs, who: [to] });
      const moved = await ctx.tx.many<Moved>(sql`
        update campaign_item i set identity_id = ${to}::uuid from campaign c
         where c.id = i.campaign_id and c.state = 'open' and i.state in ${UNDONE} and ${theirs}
           and exists (select from account a where a.id = i.account_id and a.identity_id = ${to})
           and i.reviewer_id <> ${to}::uuid and i.decided_by is distinct from ${to}::uuid
        returning i.id, i.campaign_id, i.grant_id`);
      await recordMoved(ctx, permit, moved, to);
    }),
});

/**
 * Items of somebody that go to another, and what each is about then; of what they keep, only those that were the other's
 * before a merge: the grant or the exception that goes on, or the same
 * holding of an account that is the other's now.
 */
const goingItems = ({ from, to, goesOn }: Going): Sql => sql`
  select i.id, g."to" as grant_id, n.id as exception_id
    from campaign_item i join campaign c on c.id = i.campaign_id
    left join lateral (
      select p."to" from jsonb_to_recordset(${sql.json(goesOn)}::jsonb) as p("from" uuid, "to" uuid)
        join access_grant t on t.id = p."to" join access_grant o on o.id = i.grant_id
       where p."from" = o.id and o.ended_because is not null
          or i.merged_from = ${to} and o.entitlement_id is not distinct from t.entitlement_id and o.role_id is not distinct from t.role_id
       order by p."from" = o.id desc limit 1) g on true
    left join sod_exception x on x.id = i.exception_id
    left join sod_exception n on n.rule_id = x.rule_id and n.identity_id = ${to} and n.valid_from = x.valid_to and x.lapse_recorded_at = x.valid_to
    left join account a on i.subject = 'holding' and a.id = i.account_id and a.identity_id = ${to}
   where i.identity_id = ${from} and c.state = 'open' and i.state in ${UNDONE}
     and (g."to" is not null or n.id is not null or a.id is not null)`;

/** Whether a later stage than that of item `i` is asked: what its vote was for is over. */
const LATER = sql`exists (
  select from campaign_item o where o.campaign_id = i.campaign_id and o.case_id = i.case_id and o.stage > i.stage and o.state not in ('waiting', 'spared'))`;

/**
 * Whoever benefits neither reviews nor has decided it: what they decided and nothing came of is open again, and what is
 * theirs to decide goes to the next in line. Where there is nobody else it stays, and cannot be decided.
 */
async function takeFrom(
  ctx: Ctx,
  permit: Permit,
  { whose, who }: { readonly whose: Sql; readonly who: readonly string[] },
): Promise<void> {
  const them = sql`any(${sql.array(who)}::uuid[])`;
  await ctx.tx.run(sql`
    update campaign_item i set state = case when i.state = 'voted' and ${LATER} then 'spared' else 'open' end, decision = null, comment = null, decided_by = null, decided_for = null, decided_at = null,
           signed_at = null, answer_by = null, objection = null, objected_at = null
      from campaign c
     where c.id = i.campaign_id and c.state = 'open' and i.state in ('decided', 'held', 'voted', 'challenged')
       and ${whose} and (i.decided_by = ${them} or i.decided_for = ${them})`);
  const theirs = await ctx.tx.many<{ id: string; campaignId: string }>(sql`
    select i.id, i.campaign_id from campaign_item i join campaign c on c.id = i.campaign_id
     where c.state = 'open' and i.state in ${ASKED} and ${whose} and i.reviewer_id = ${them}`);
  await passOn(ctx, permit, theirs);
}

async function passOn(
  ctx: Ctx,
  permit: Permit,
  items: readonly { readonly id: string; readonly campaignId: string }[],
): Promise<void> {
  for (const campaignId of new Set(items.map((i) => i.campaignId)))
    await passToNext(ctx, permit, {
      campaignId,
      items: items.filter((i) => i.campaignId === campaignId).map((i) => i.id),
      because: 'not_independent',
    });
}

async function moveItems(ctx: Ctx, permit: Permit, going: Going): Promise<void> {
  const { to } = going;
  const moved = await ctx.tx.many<Moved>(sql`
    update campaign_item i
       set grant_id = coalesce(g.grant_id, i.grant_id), exception_id = coalesce(g.exception_id, i.exception_id), identity_id = ${to}::uuid,
           merged_from = case when i.merged_from = ${to} then null else ${going.from}::uuid end
      from (${goingItems(going)}) g
     where i.id = g.id and i.reviewer_id <> ${to}::uuid and i.decided_by is distinct from ${to}::uuid
    returning i.id, i.campaign_id, i.grant_id`);
  await recordMoved(ctx, permit, moved, to);
}

/** What somebody was to review who is another now, that one reviews; not what they have a part in or vote about already. */
async function moveReviews(ctx: Ctx, permit: Permit, from: string, to: string): Promise<void> {
  const moved = await ctx.tx.many<Moved>(sql`
    update campaign_item i set reviewer_id = ${to}::uuid
      from campaign c
     where i.reviewer_id = ${from} and c.id = i.campaign_id and c.state = 'open' and (i.state in ${ASKED} or i.state = 'challenged')
       and i.identity_id is distinct from ${to}::uuid and i.identity_id is distinct from ${from}::uuid
    returning i.id, i.campaign_id, i.grant_id`);
  await recordMoved(ctx, permit, moved, to);
  const one = sql`(${from}::uuid, ${to}::uuid)`;
  const barred = await ctx.tx.many<{ id: string; campaignId: string }>(sql`
    select i.id, i.campaign_id from campaign_item i join campaign c on c.id = i.campaign_id
     where i.reviewer_id = ${to} and c.state = 'open' and i.state in ${ASKED} and (
       i.id = any(${sql.array(moved.map((m) => m.id))}::uuid[]) and ${barOf(sql`i.reviewer_id`, ctx.now)} is not null
       or exists (select from campaign_item o
                   where o.campaign_id = i.campaign_id and o.case_id = i.case_id and o.id <> i.id and o.state <> 'spared'
                     and (o.reviewer_id in ${one} and (o.stage, o.seat) < (i.stage, i.seat) or o.decided_by in ${one} or o.decided_for in ${one})))`);
  await passOn(ctx, permit, barred);
}

const recordMoved = (ctx: Ctx, permit: Permit, moved: readonly Moved[], to: string): Promise<readonly string[]> =>
  ctx.recordAll(
    permit,
    moved.map(({ id, campaignId, grantId }) => ({
      event: itemMoved,
      subject: to,
      data: { campaignId, itemId: id, grantId: grantId ?? undefined },
    })),
  );
