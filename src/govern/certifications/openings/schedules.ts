import { sql, type Queryable } from '#kit/db/index.ts';
import { conflict, invalid, notFound } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx, JobCtx } from '#spine/operations/index.ts';
import { campaignCreated, campaignLaunched, scheduleLaunched, scheduleMade, scheduleStopped } from '../events.ts';
import { FREEZE } from '../freeze-campaign.ts';
import { RULE_OF } from '../launch-campaign.ts';
import type { Campaign, CampaignScope, ReviewerRule } from '../model.ts';
import { refuseUnfitReview, reviewColumns, reviewValues } from '../review-settings.ts';

export const LAUNCH_DUE = 'certifications.launch_due';

/** A campaign that is launched again every so many months. */
export interface Schedule extends Pick<
  Campaign,
  'id' | 'name' | 'kind' | 'reviewerRule' | 'delta' | 'noResponse' | 'createdBy' | 'review'
> {
  readonly scope: CampaignScope;
  /** How many days reviewers have. */
  readonly days: number;
  readonly everyMonths: number;
  readonly nextAt: Date;
  readonly occurrences: number;
  readonly createdAt: Date;
  readonly stoppedAt: Date | null;
}

const columns = sql`id, name, kind, scope, reviewer_rule, delta, no_response, days, every_months, next_at, occurrences, created_by, created_at, stopped_at, review`;

export const listSchedules = (tx: Queryable): Promise<Schedule[]> =>
  tx.many<Schedule>(
    sql`select ${columns} from campaign_schedule order by stopped_at nulls first, next_at, id limit 500`,
  );

export async function lockSchedule(tx: Queryable, id: string): Promise<Schedule> {
  const found = await tx.maybe<Schedule>(sql`select ${columns} from campaign_schedule where id = ${id} for update`);
  if (found === undefined) throw notFound('campaign_schedule', id);
  return found;
}

/** Has a campaign launched again and again, the first time at `firstAt`. */
export async function makeSchedule(
  ctx: Ctx,
  permit: Permit<'campaign_schedule.make'>,
  input: Pick<Schedule, 'name' | 'kind' | 'scope' | 'delta' | 'noResponse' | 'days' | 'everyMonths' | 'review'> & {
    readonly reviewerRule?: ReviewerRule | undefined;
    readonly firstAt: Date;
  },
): Promise<Schedule> {
  if (input.firstAt < ctx.now) throw invalid('/firstAt', 'is past', 'choose a time to come');
  const reviewerRule = input.reviewerRule ?? RULE_OF[input.kind];
  refuseUnfitReview(
    { ...input, openedBy: null, reviewerRule, reviewerId: input.scope.reviewerId },
    { review: '/review', reviewerId: '/scope/reviewerId' },
  );
  if (input.kind === 'system' && input.scope.systemId === undefined)
    throw invalid('/scope/systemId', 'is needed for a campaign about a system', 'name the system');
  const id = newId(ctx.now.getTime());
  await ctx.tx.run(sql`
    insert into campaign_schedule (id, name, kind, scope, reviewer_rule, delta, no_response, days, every_months, first_at, next_at, created_by, created_at, review)
    values (${id}, ${input.name}, ${input.kind}, ${sql.json(input.scope)}::jsonb, ${reviewerRule}, ${input.delta}, ${input.noResponse},
            ${input.days}, ${input.everyMonths}, ${input.firstAt}, ${input.firstAt}, ${ctx.principal.id}, ${ctx.now}, ${sql.json(input.review)}::jsonb)`);
  await ctx.record(permit, {
    event: scheduleMade,
    data: { scheduleId: id, name: input.name, everyMonths: input.everyMonths, nextAt: input.firstAt.toISOString() },
  });
  return await lockSchedule(ctx.tx, id);
}

/** Launches it no more; what was launched goes on. */
export async function stopSchedule(
  ctx: Ctx,
  permit: Permit<'campaign_schedule.stop'>,
  input: { readonly id: string },
): Promise<Schedule> {
  const found = await lockSchedule(ctx.tx, input.id);
  if (found.stoppedAt !== null)
    throw conflict('campaign_schedule.stopped', `${found.name} is not repeated any more`, 'make a new schedule');
  await ctx.tx.run(
    sql`update campaign_schedule set stopped_at = ${ctx.now}, stopped_by = ${ctx.principal.id} where id = ${found.id}`,
  );
  await ctx.record(permit, { event: scheduleStopped, data: { scheduleId: found.id } });
  return await lockSchedule(ctx.tx, found.id);
}

/**
 * Launches every campaign whose time has come. The campaign, its number in the schedule and the next time commit
 * together: a worker that dies has launched it or not, and nobody launches it twice. Times that were missed while nothing
 * ran are one launch, not many.
 */
export async function launchDue(job: JobCtx): Promise<void> {
  const due = await job.db.many<{ id: string }>(sql`
    select id from campaign_schedule where stopped_at is null and next_at <= ${job.clock.now()} order by next_at, id`);
  for (const { id } of due)
    await job.act({ action: 'campaign.open' }, async (ctx, permit) => {
      const schedule = await lockSchedule(ctx.tx, id);
      if (schedule.stoppedAt === null && schedule.nextAt <= ctx.now) await launch(ctx, permit, schedule);
    });
}

async function launch(ctx: Ctx, permit: Permit, schedule: Schedule): Promise<void> {
  const id = newId(ctx.now.getTime());
  const occurrence = schedule.occurrences + 1;
  const name = `${schedule.name}, ${schedule.nextAt.toISOString().slice(0, 10)}`;
  await ctx.tx.run(sql`
    insert into campaign (id, name, kind, scope, reviewer_rule, delta, no_response, due_at, created_by, state, launched_at, frozen_at, schedule_id, occurrence, ${reviewColumns})
    values (${id}, ${name}, ${schedule.kind}, ${sql.json(schedule.scope)}::jsonb, ${schedule.reviewerRule}, ${schedule.delta}, ${schedule.noResponse},
            ${ctx.now}::timestamptz + make_interval(days => ${schedule.days}::int), ${schedule.createdBy}, 'freezing', ${ctx.now}, ${ctx.now},
            ${schedule.id}, ${occurrence}, ${reviewValues(schedule.review)})`);
  // Counted from the first time, so that the 31st is the last day of a short month and the 31st again after it.
  const { nextAt } = await ctx.tx.one<{ nextAt: Date }>(sql`
    update campaign_schedule s set occurrences = ${occurrence}, next_at = n.at
      from (select min(t) as at from campaign_schedule f, generate_series(1, 1200) k,
              lateral (select (f.first_at at time zone 'UTC' + make_interval(months => k * ${schedule.everyMonths}::int)) at time zone 'UTC' as t) x
             where f.id = ${schedule.id} and t > ${ctx.now}) n
     where s.id = ${schedule.id} returning s.next_at`);
  await ctx.record(permit, { event: campaignCreated, data: { campaignId: id, name } });
  const data = { scheduleId: schedule.id, campaignId: id, occurrence, nextAt: nextAt.toISOString() };
  await ctx.record(permit, { event: scheduleLaunched, data });
  await ctx.record(permit, { event: campaignLaunched, data: { campaignId: id } });
  await enqueue(ctx.tx, FREEZE, { campaignId: id }, { key: `${FREEZE}:${id}` });
}
