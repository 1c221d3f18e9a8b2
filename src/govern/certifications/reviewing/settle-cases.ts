import { sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { askNotice } from '#spine/events/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import type { Campaign, ItemState, Subject } from '../model.ts';
import type { ToRevoke } from '../revoke-items.ts';
import { stageSettled } from './events.ts';
import { barOf } from './independence.ts';
import { passToNext } from './reroute-barred.ts';
import { outcomeOf, type Answer, type StageOutcome } from './stages.ts';

interface SeatRow {
  readonly id: string;
  readonly caseId: string;
  readonly grantId: string | null;
  readonly identityId: string | null;
  readonly subject: Subject;
  readonly stage: number;
  readonly state: ItemState;
  readonly decision: Answer;
  readonly askedAt: Date;
}

/** What cases came to: items that are kept, that are to be revoked, and that nobody said enough about. */
export interface Settled {
  readonly kept: readonly ToRevoke[];
  readonly revoked: readonly ToRevoke[];
  readonly silent: readonly ToRevoke[];
}

const DAY_MS = 86_400_000;
const FINAL: readonly ItemState[] = ['kept', 'revoking', 'revoked', 'unanswered', 'challenged'];

/**
 * Looks what the votes about cases come to. A stage that keeps opens the next, the last one keeps for good; one that
 * revokes ends it. One item stands for the outcome, the other votes stay as they were cast, and who was not needed any
 * more is spared. What is left to do with the three lists is the caller's, in the same transaction.
 */
export async function settleCases(
  ctx: Ctx,
  permit: Permit,
  campaign: Campaign,
  asked: { readonly cases: readonly string[]; readonly closing: boolean },
): Promise<Settled> {
  const stages = campaign.review.stages ?? [];
  const seats = await ctx.tx.many<SeatRow>(sql`
    select id, case_id, grant_id, identity_id, subject, stage, state, decision, coalesce(asked_at, ${campaign.launchedAt}::timestamptz) as asked_at
      from campaign_item where campaign_id = ${campaign.id} and case_id = any(${sql.array(asked.cases)}::uuid[])
     order by case_id, stage, seat for update`);
  const cases = new Map<string, SeatRow[]>();
  for (const seat of seats) cases.set(seat.caseId, [...(cases.get(seat.caseId) ?? []), seat]);
  const found = { kept: [] as ToRevoke[], revoked: [] as ToRevoke[], silent: [] as ToRevoke[] };
  const spared: string[] = [];
  const opened: string[] = [];
  for (const seatsOf of cases.values()) {
    if (seatsOf.some((s) => FINAL.includes(s.state))) continue;
    let at = Math.max(1, ...seatsOf.filter((s) => s.state !== 'waiting' && s.state !== 'spared').map((s) => s.stage));
    for (;;) {
      const here = seatsOf.filter((s) => s.stage === at && s.state !== 'spared');
      const days = stages[at - 1]?.days;
      const askedAt = here[0]?.askedAt ?? ctx.now;
      const over = asked.closing || (days !== undefined && ctx.now.getTime() >= askedAt.getTime() + days * DAY_MS);
      const answers = here.map((s) => (s.state === 'voted' ? s.decision : null));
      const outcome = outcomeOf(stages[at - 1]?.vote ?? 'all_accept', answers, over);
      if (outcome === undefined) break;
      const later = seatsOf.filter((s) => s.stage > at && s.state === 'waiting');
      if (here.length > 0) await recordStage(ctx, permit, campaign.id, { here, answers, stage: at, outcome });
      const undecided = here.filter((s) => s.state !== 'voted').map((s) => s.id);
      if ((outcome === 'keep' || outcome === 'pass') && later.length > 0) {
        at = Math.min(...later.map((s) => s.stage));
        spared.push(...undecided);
        if (asked.closing) continue;
        opened.push(...later.filter((s) => s.stage === at).map((s) => s.id));
        break;
      }
      const lead =
        outcome === 'keep' || outcome === 'revoke'
          ? here.find((s) => s.state === 'voted' && s.decision === outcome)
          : (here.find((s) => s.state !== 'voted') ?? seatsOf.at(-1));
      if (lead === undefined) break;
      const { id: itemId, grantId, identityId, subject } = lead;
      const item = { itemId, grantId, identityId, subject };
      if (outcome === 'keep') found.kept.push(item);
      else if (outcome === 'revoke') found.revoked.push(item);
      else found.silent.push(item);
      spared.push(...[...undecided, ...later.map((s) => s.id)].filter((id) => id !== lead.id));
      break;
    }
  }
  await ctx.tx.run(sql`
    update campaign_item set state = 'spared', decision = null, comment = null, decided_by = null, decided_for = null, decided_at = null
     where id = any(${sql.array(spared)}::uuid[])`);
  await openStage(ctx, permit, campaign, opened);
  return found;
}

/** Asks the next stage: those who came not to be independent meanwhile are passed over before they are asked. */
async function openStage(ctx: Ctx, permit: Permit, campaign: Campaign, items: readonly string[]): Promise<void> {
  if (items.length === 0) return;
  await ctx.tx.run(sql`
    update campaign_item set state = 'open', asked_at = ${ctx.now} where id = any(${sql.array(items)}::uuid[])`);
  const barred = await ctx.tx.many<{ id: string }>(sql`
    select i.id from campaign_item i join campaign c on c.id = i.campaign_id
     where i.id = any(${sql.array(items)}::uuid[]) and ${barOf(sql`i.reviewer_id`, ctx.now)} is not null`);
  await passToNext(ctx, permit, {
    campaignId: campaign.id,
    items: barred.map((b) => b.id),
    because: 'not_independent',
  });
  const asked = await ctx.tx.many<{ reviewerId: string; n: number }>(sql`
    select reviewer_id, count(*)::int as n from campaign_item where id = any(${sql.array(items)}::uuid[]) group by 1 order by 1`);
  for (const { reviewerId, n } of asked)
    await askNotice(ctx, permit, {
      to: [reviewerId],
      template: 'review.stage_open',
      path: `/campaigns/${campaign.id}`,
      about: reviewerId,
      facts: { campaign: campaign.name, items: String(n) },
    });
}

const recordStage = (
  ctx: Ctx,
  permit: Permit,
  campaignId: string,
  it: {
    readonly here: readonly SeatRow[];
    readonly answers: readonly Answer[];
    readonly stage: number;
    readonly outcome: StageOutcome;
  },
): Promise<string> =>
  ctx.record(permit, {
    event: stageSettled,
    data: {
      campaignId,
      itemId: it.here[0]?.id ?? '',
      grantId: it.here[0]?.grantId ?? undefined,
      stage: it.stage,
      outcome: it.outcome,
      keeps: it.answers.filter((a) => a === 'keep').length,
      revokes: it.answers.filter((a) => a === 'revoke').length,
      silent: it.answers.filter((a) => a === null).length,
    },
  });

/** Cases of a campaign that are not settled, the next so many. */
export const unsettledCases = async (ctx: Ctx, campaignId: string, size: number, after?: string): Promise<string[]> =>
  (
    await ctx.tx.many<{ caseId: string }>(sql`
      select distinct case_id from campaign_item
       where campaign_id = ${campaignId} and state in ('open', 'decided', 'held', 'waiting') and canary is null
         and (${after ?? null}::uuid is null or case_id > ${after ?? null}) order by 1 limit ${size}`)
  ).map((row) => row.caseId);
