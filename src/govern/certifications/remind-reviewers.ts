import { z } from 'zod';
import { sql } from '#kit/db/index.ts';
import { calendarsOf, nextWorkingTime } from '#spine/calendars/index.ts';
import { askNotice } from '#spine/events/index.ts';
import { getIdentities } from '#spine/graph/index.ts';
import { defineJob, type JobCtx } from '#spine/operations/index.ts';
import { remindOfHeld } from './reviewing/close-held.ts';

/** Days before the end of a campaign on which those who have not decided are reminded. */
const DAYS_BEFORE = [3, 1];
const DAY = 86_400_000;
/** Names of those who stayed silent that a mail has at most. */
const MOST_NAMES = 20;

interface Waiting {
  readonly campaignId: string;
  readonly name: string;
  readonly dueAt: Date;
  readonly reviewerId: string;
  readonly items: number;
}

/**
 * Reminds reviewers of what they have not decided, three days and one day before a campaign ends: each day once, in
 * their hours of work where any are left; of days that were missed only the nearest. Safe to run twice.
 */
const remindReviewers = async (job: JobCtx): Promise<void> => {
  const now = job.clock.now();
  const waiting = await job.db.many<Waiting>(sql`
    select c.id as campaign_id, c.name, c.due_at, i.reviewer_id, count(*)::int as items
      from campaign c join campaign_item i on i.campaign_id = c.id and i.state = 'open'
     where c.state = 'open' and c.due_at > ${now} and c.due_at <= ${new Date(now.getTime() + Math.max(...DAYS_BEFORE) * DAY)}
     group by c.id, i.reviewer_id order by c.due_at, c.id, i.reviewer_id`);
  const calendarOf = await calendarsOf(
    job.db,
    now,
    waiting.map((one) => one.reviewerId),
  );
  for (const one of waiting) {
    const works = nextWorkingTime(calendarOf(one.reviewerId), now);
    if (works > now && works < one.dueAt) continue;
    const days = DAYS_BEFORE.filter((n) => one.dueAt.getTime() - now.getTime() <= n * DAY);
    await job.act({ action: 'campaign.settle' }, async (ctx, permit) => {
      const nearest = Math.min(...days);
      const noted = await ctx.tx.many<{ daysBefore: number }>(sql`
        insert into campaign_reminder (campaign_id, identity_id, days_before, sent_at)
        select ${one.campaignId}::uuid, ${one.reviewerId}::uuid, d, ${ctx.now}::timestamptz from unnest(${sql.array(days)}::int[]) as d
        on conflict do nothing returning days_before`);
      if (!noted.some((n) => n.daysBefore === nearest)) return;
      await askNotice(ctx, permit, {
        to: [one.reviewerId],
        about: one.reviewerId,
        template: 'review.due',
        path: `/campaigns/${one.campaignId}`,
        answerBy: one.dueAt,
        facts: { campaign: one.name, items: String(one.items), until: one.dueAt.toISOString() },
      });
    });
  }
};

/** Tells who made a campaign, once it ended at its date, who of its reviewers stayed silent. */
const tellOfSilent = async (job: JobCtx): Promise<void> => {
  const now = job.clock.now();
  const over = await job.db.many<{ id: string; name: string; createdBy: string }>(sql`
    select c.id, c.name, c.created_by from campaign c
     where c.state = 'closed' and c.closed_at >= c.due_at and c.due_at > ${new Date(now.getTime() - 2 * DAY)}
       and not exists (select 1 from campaign_reminder r where r.campaign_id = c.id and r.days_before = 0)
     order by c.due_at, c.id`);
  for (const { id, name, createdBy } of over) {
    const silent = await job.db.many<{ reviewerId: string; items: number }>(sql`
      select i.reviewer_id, count(*)::int as items from campaign_item i
       where i.campaign_id = ${id} and (i.state = 'unanswered' or i.no_response) group by 1 order by 2 desc, 1`);
    if (silent.length === 0) continue;
    const people = await job.db.tx(
      (tx) =>
        getIdentities(
          tx,
          silent.slice(0, MOST_NAMES).map((s) => s.reviewerId),
        ),
      {
        readOnly: true,
      },
    );
    const nameOf = (of: string): string => people.find((p) => p.id === of)?.displayName ?? 'somebody';
    const who = silent.slice(0, MOST_NAMES).map((s) => `${nameOf(s.reviewerId)}: ${s.items}`);
    if (silent.length > MOST_NAMES) who.push(`and ${silent.length - MOST_NAMES} more`);
    await job.act({ action: 'campaign.settle' }, async (ctx, permit) => {
      const noted = await ctx.tx.run(sql`
        insert into campaign_reminder (campaign_id, identity_id, days_before, sent_at)
        values (${id}, ${createdBy}, 0, ${ctx.now}) on conflict do nothing`);
      if (noted === 0) return;
      await askNotice(ctx, permit, {
        to: [createdBy],
        about: createdBy,
        template: 'review.silent',
        path: `/campaigns/${id}`,
        facts: {
          campaign: name,
          items: String(silent.reduce((sum, s) => sum + s.items, 0)),
          who: who.join('\n'),
        },
      });
    });
  }
};

/** Reminds of campaigns that end soon, and tells of those that ended in silence. */
export const remindJob = defineJob({
  name: 'certifications.remind',
  input: z.object({}).loose(),
  every: '*/15 * * * *',
  run: async (job) => {
    await remindReviewers(job);
    await remindOfHeld(job);
    await tellOfSilent(job);
  },
});
