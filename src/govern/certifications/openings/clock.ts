import { sql, type Queryable, type Sql } from '#kit/db/index.ts';
import { page, readCursor } from '#kit/http/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import type { Risk } from '../model.ts';
import { noteWanted } from './note-events.ts';
import { openReviews } from './open-reviews.ts';
import { policyInForce, type ReviewPolicy } from './review-policy.ts';

export const CLOCK = 'certifications.clock';
/** Grants put into one rolling review at most; more come with the next look. */
const AT_ONCE = 100_000;

/** What the clock says of a grant. */
export const CLOCK_STATES = ['certified', 'due', 'overdue'] as const;
export type ClockState = (typeof CLOCK_STATES)[number];

/**
 * Live grants under the clock: when each was kept last, or began; when it is due again by its risk; and whether it is
 * certified, due, or overdue because the days its review has are over too.
 */
const clocked = (policy: ReviewPolicy, now: Date, where: Sql = sql`true`): Sql => {
  const { low, medium, high, critical } = policy.everyDays;
  return sql`
    select c.*, case when c.due_at > ${now} then 'certified'
                     when c.due_at + make_interval(days => ${policy.clock.days}::int) > ${now} then 'due' else 'overdue' end as state
      from (
        select g.id as grant_id, g.identity_id, g.entitlement_id, g.role_id, coalesce(e.risk, r.risk) as risk, k.signed_at as kept_at,
               coalesce(k.signed_at, g.valid_from) + make_interval(days => d.days) as due_at
          from access_grant g
          left join entitlement e on e.id = g.entitlement_id
          left join role r on r.id = g.role_id
          join (values ('low', ${low}::int), ('medium', ${medium}::int), ('high', ${high}::int), ('critical', ${critical}::int)) d(risk, days)
            on d.risk = coalesce(e.risk, r.risk) and d.days is not null
          left join lateral (select max(i.signed_at) as signed_at from campaign_item i where i.grant_id = g.id and i.state = 'kept') k on true
         where g.ended_because is null and g.valid_from <= ${now} and (g.valid_to is null or g.valid_to > ${now}) and ${where}
      ) c`;
};

/** Puts what came due into a rolling review of its reviewers: one a day at most, and nothing that is being asked about already. */
export async function runClock(job: JobCtx): Promise<void> {
  const { policy } = await policyInForce(job.db);
  if (!policy.clock.on) return;
  const noted = await job.act({ action: 'campaign.open', statementTimeoutMs: 300_000 }, (ctx, permit) =>
    noteWanted(ctx, permit, {
      trigger: 'clock',
      because: 'it came due again',
      atOnce: false,
      found: sql`
        select c.grant_id, null::uuid as account_id, null::uuid as entitlement_id, c.identity_id
          from (${clocked(policy, ctx.now)}) c
         where c.state <> 'certified'
           and not exists (select from campaign_item i join campaign o on o.id = i.campaign_id
                            where i.grant_id = c.grant_id and o.kind = 'continuous' and o.frozen_at > ${ctx.now}::timestamptz - make_interval(days => ${policy.clock.days}::int))
         order by c.due_at, c.grant_id limit ${AT_ONCE}`,
    }),
  );
  if (noted > 0) await openReviews(job);
}

/** A grant and what the clock says of it. */
export interface Clocked {
  readonly grantId: string;
  readonly identityId: string;
  readonly identityName: string;
  readonly what: string;
  readonly risk: Risk;
  readonly keptAt: Date | null;
  readonly dueAt: Date;
  readonly state: ClockState;
  /** The review that asks about it now. */
  readonly campaignId: string | null;
}

/** Grants under the clock, those due the longest first. */
export async function listClock(
  tx: Queryable & { readonly now: Date },
  input: { readonly state?: ClockState | undefined; readonly cursor?: string | undefined; readonly limit: number },
): Promise<{ items: Clocked[]; nextCursor: string | null }> {
  const { policy } = await policyInForce(tx);
  const after = readCursor(input.cursor, ['at', 'id']);
  const rows = await tx.many<Clocked>(sql`
    select c.grant_id, c.identity_id, f.display_name as identity_name, c.risk, c.kept_at, c.due_at, c.state,
           case when c.entitlement_id is null then 'role ' || r.name else e.name || ' on ' || s.name end as what,
           (select i.campaign_id from campaign_item i where i.grant_id = c.grant_id and i.state in ('open', 'decided') order by i.id desc limit 1) as campaign_id
      from (select * from (${clocked(policy, tx.now)}) c
             where ${input.state === undefined ? sql`true` : sql`c.state = ${input.state}`}
               and ${after === undefined ? sql`true` : sql`(c.due_at, c.grant_id) > (${after[0]}::timestamptz, ${after[1]}::uuid)`}
             order by c.due_at, c.grant_id limit ${input.limit + 1}) c
      left join entitlement e on e.id = c.entitlement_id left join system s on s.id = e.system_id left join role r on r.id = c.role_id
      join lateral (select display_name from identity_facts f where f.identity_id = c.identity_id order by valid_from desc limit 1) f on true
     order by c.due_at, c.grant_id`);
  return page(rows, input.limit, (r) => [r.dueAt.toISOString(), r.grantId]);
}

/** How many grants are certified, due and overdue. */
export async function countClock(
  tx: Queryable & { readonly now: Date },
): Promise<{ certified: number; due: number; overdue: number }> {
  const { policy } = await policyInForce(tx);
  return await tx.one(sql`
    select (count(*) filter (where state = 'certified'))::int as certified, (count(*) filter (where state = 'due'))::int as due,
           (count(*) filter (where state = 'overdue'))::int as overdue from (${clocked(policy, tx.now)}) c`);
}
