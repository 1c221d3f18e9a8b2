import { conflict, denied, notFound } from '#kit/errors/index.ts';
import { sql, type Tx } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { askNotice } from '#spine/events/index.ts';
import type { Ctx, JobCtx } from '#spine/operations/index.ts';
import type { Campaign } from '../model.ts';
import { revokeItems, type ToRevoke } from '../revoke-items.ts';
import { saidOf } from '../said.ts';
import { holdCampaign } from '../store.ts';
import { revocationObjected, revocationSettled, revocationsAnnounced } from './events.ts';

const DAY_MS = 86_400_000;

/**
 * Of revocations, those that are to be carried out at once. Of the others the people concerned are told, who may answer
 * until the campaign's days are over; of a program, whoever answers for it. Of a part of a role and of an account nobody
 * answers for there is nobody to hear: that is carried out at once.
 */
export async function announceRevocations(
  ctx: Ctx,
  permit: Permit,
  campaign: Campaign,
  items: readonly ToRevoke[],
): Promise<readonly ToRevoke[]> {
  const { challengeDays, challengePrivileged } = campaign.review;
  if (challengeDays === 0 || items.length === 0) return items;
  const until = new Date(ctx.now.getTime() + challengeDays * DAY_MS);
  const told = await ctx.tx.many<{ id: string; identityId: string; what: string; speaker: string }>(sql`
    update campaign_item i set state = 'challenged', signed_at = ${ctx.now}, answer_by = ${until}
     where id = any(${sql.array(items.map((i) => i.itemId))}::uuid[])
       and i.identity_id is not null and (${challengePrivileged} or not coalesce((evidence ->> 'privileged')::boolean, true))
    returning i.id, i.identity_id, i.what, ${speakerOf(ctx.now)} as speaker`);
  const waiting = new Set(told.map((t) => t.id));
  const announced = items.filter((i) => waiting.has(i.itemId));
  await ctx.recordAll(
    permit,
    saidOf(announced).map((some) => ({
      event: revocationsAnnounced,
      data: { campaignId: campaign.id, until: until.toISOString(), items: some },
    })),
  );
  for (const speaker of new Set(told.map((t) => t.speaker))) {
    const theirs = told.filter((t) => t.speaker === speaker);
    await askNotice(ctx, permit, {
      to: [speaker],
      template: 'review.revocation_announced',
      path: '/campaigns',
      about: speaker,
      facts: {
        campaign: campaign.name,
        what: theirs.map((t) => t.what).join(', '),
        until: `${until.toISOString().slice(0, 16).replace('T', ' ')} UTC`,
      },
    });
  }
  return items.filter((i) => !waiting.has(i.itemId));
}

/** Who speaks for the holder of item `i`: themselves, or who answers for a program. */
export const speakerOf = (now: Date) => sql`coalesce((
  select f.owner_id from identity p join identity_facts f on f.identity_id = p.id and f.valid_from <= ${now} and (f.valid_to is null or f.valid_to > ${now})
   where p.id = i.identity_id and p.kind in ('service', 'workload', 'agent')), i.identity_id)`;

interface Challenged extends ToRevoke {
  readonly campaignId: string;
  readonly state: string;
  readonly speaker: string | null;
  readonly decidedBy: string | null;
  readonly reviewerId: string;
  readonly objection: string | null;
  readonly answerBy: Date | null;
}

async function lockChallenged(ctx: Ctx, id: string): Promise<Challenged> {
  const item = await ctx.tx.maybe<Challenged>(sql`
    select i.id as item_id, i.grant_id, i.identity_id, i.subject, i.campaign_id, i.state, i.decided_by, i.reviewer_id, i.objection, i.answer_by,
           ${speakerOf(ctx.now)} as speaker from campaign_item i where i.id = ${id} for update of i`);
  if (item === undefined) throw notFound('campaign_item', id);
  if (item.state !== 'challenged')
    throw conflict('campaign_item.not_challenged', 'no revocation of this waits for an answer');
  return item;
}

/** The person concerned says why the access should stay. The reviewer is asked again and has as long again. */
export async function objectToRevocation(
  ctx: Ctx,
  permit: Permit<'campaign_item.object'>,
  input: { readonly id: string; readonly words: string },
): Promise<{ answerBy: Date }> {
  const item = await lockChallenged(ctx, input.id);
  if (item.speaker !== ctx.principal.id)
    throw denied('campaign_item.not_concerned', 'only the person concerned answers');
  if (item.objection !== null)
    throw conflict('campaign_item.answered', 'this was answered already', 'the reviewer decides now');
  if (item.answerBy === null || item.answerBy <= ctx.now)
    throw conflict('campaign_item.too_late', 'the time to answer is over');
  const campaign = await holdCampaign(ctx.tx, item.campaignId);
  const answerBy = new Date(ctx.now.getTime() + campaign.review.challengeDays * DAY_MS);
  await ctx.tx.run(sql`
    update campaign_item set objection = ${input.words}, objected_at = ${ctx.now}, answer_by = ${answerBy} where id = ${item.itemId}`);
  await ctx.record(permit, {
    event: revocationObjected,
    subject: item.identityId ?? undefined,
    data: { campaignId: campaign.id, itemId: item.itemId, grantId: item.grantId ?? undefined, words: input.words },
  });
  await askNotice(ctx, permit, {
    to: [item.decidedBy ?? item.reviewerId],
    template: 'review.objected',
    path: `/campaigns/${campaign.id}`,
    about: item.speaker,
    facts: { campaign: campaign.name, words: input.words },
  });
  return { answerBy };
}

/** The reviewer stands by a revocation somebody objected to, or takes it back. */
export async function settleObjection(
  ctx: Ctx,
  permit: Permit<'campaign_item.settle_objection'>,
  input: { readonly id: string; readonly outcome: 'uphold' | 'withdraw'; readonly because: string },
): Promise<{ state: string }> {
  const item = await lockChallenged(ctx, input.id);
  if (item.identityId === ctx.principal.id || item.speaker === ctx.principal.id)
    throw denied('campaign_item.own_access', 'nobody decides about their own access', 'it is the reviewer’s');
  if (item.objection === null)
    throw conflict('campaign_item.no_objection', 'nobody objected', 'it goes on when the time to answer is over');
  const campaign = await holdCampaign(ctx.tx, item.campaignId);
  const upheld = input.outcome === 'uphold';
  await recordSettled(ctx, permit, item, upheld ? 'upheld' : 'withdrawn', input.because);
  if (upheld) await revokeItems(ctx, permit, campaign, [item], `revoked in the certification ${campaign.name}`);
  else
    await ctx.tx.run(sql`
      update campaign_item set state = 'kept', decision = 'keep', comment = ${input.because}, decided_by = ${ctx.principal.id},
             decided_for = nullif(reviewer_id, ${ctx.principal.id}), decided_at = ${ctx.now}, signed_at = ${ctx.now}, closed_at = ${ctx.now}
       where id = ${item.itemId}`);
  return { state: upheld ? 'revoking' : 'kept' };
}

const recordSettled = (
  ctx: Ctx,
  permit: Permit,
  item: Challenged,
  outcome: 'upheld' | 'withdrawn' | 'went_on',
  because?: string,
): Promise<string> =>
  ctx.record(permit, {
    event: revocationSettled,
    subject: item.identityId ?? undefined,
    data: { campaignId: item.campaignId, itemId: item.itemId, grantId: item.grantId ?? undefined, outcome, because },
  });

/** Revocations nobody objected to in time, or nobody answered the objection to, go on. */
export async function carryOnRevocations(job: JobCtx): Promise<void> {
  const due = await job.db.many<{ id: string }>(
    sql`select id from campaign_item where state = 'challenged' and answer_by <= ${job.clock.now()} order by answer_by limit 5000`,
  );
  for (const { id } of due)
    await job.act({ action: 'campaign.settle' }, async (ctx, permit) => {
      const item = await lockChallenged(ctx, id).catch(() => undefined);
      if (item === undefined || item.answerBy === null || item.answerBy > ctx.now) return;
      const campaign = await holdCampaign(ctx.tx, item.campaignId);
      await recordSettled(ctx, permit, item, 'went_on');
      await revokeItems(ctx, permit, campaign, [item], `revoked in the certification ${campaign.name}`);
    });
}

/** A revocation somebody may answer. */
export interface AboutMe {
  readonly id: string;
  readonly campaignName: string;
  readonly identityId: string;
  readonly what: string;
  readonly because: string | null;
  readonly answerBy: Date;
  readonly objection: string | null;
}

/** Revocations somebody may answer, of their own access or of what they answer for. */
export const aboutMe = (tx: Tx, me: string): Promise<AboutMe[]> =>
  tx.many<AboutMe>(sql`
    select i.id, c.name as campaign_name, i.identity_id, i.what, i.comment as because, i.answer_by, i.objection
      from campaign_item i join campaign c on c.id = i.campaign_id
     where i.state = 'challenged' and i.identity_id in (
       select ${me}::uuid union select f.identity_id from identity_facts f join identity p on p.id = f.identity_id
        where f.owner_id = ${me} and p.kind in ('service', 'workload', 'agent') and f.valid_from <= ${tx.now} and (f.valid_to is null or f.valid_to > ${tx.now}))
       and ${speakerOf(tx.now)} = ${me}
     order by i.answer_by, i.id limit 200`);
