import { sql, type Sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { riskJumped } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { risksKept } from './events.ts';
import { LEVELS, type RiskLevel } from './model.ts';
import { riskPolicyInForce, type RiskPolicy } from './risk-policy.ts';
import { about, scored, type Subjects } from './score-sql.ts';

/** What came of a look at some. */
export interface Kept {
  readonly looked: number;
  readonly changed: number;
  readonly jumped: number;
}

interface Jump {
  readonly identityId: string;
  readonly from: number;
  readonly to: number;
  readonly levelBefore: RiskLevel;
  readonly level: RiskLevel;
  readonly factors: string[];
}

const rank = (level: Sql): Sql => sql`array_position(array['low', 'medium', 'high', 'critical'], ${level})`;

/**
 * What somebody's risk was at most and at least since the days of the policy began, or since it jumped last: a jump is
 * told once, and going down and up again within those days is none by level.
 */
const jumps = (policy: RiskPolicy): Sql => sql`
  select c.subject_id as identity_id, w.least as "from", c.score as "to", (array['low', 'medium', 'high', 'critical'])[w.highest] as level_before,
         c.level, array(select x.value ->> 'factor' from jsonb_array_elements(c.reasons) with ordinality x order by x.ordinality) as factors
    from changed c
    cross join lateral (
      select min(d.score) as least, max(${rank(sql`d.level`)}) as highest
        from (select c.was as score, c.was_level as level
              union all
              select null, c.jumped_level where c.jumped_on >= c.seen_from
              union all
              select h.least, h.level from identity_risk_day h where h.subject_id = c.subject_id and h.day > c.seen_from
              union all
              (select case when h.day = c.jumped_on then h.least else h.score end, h.level
                 from identity_risk_day h where h.subject_id = c.subject_id and h.day <= c.seen_from order by h.day desc limit 1)) d
    ) w
   where not c.is_account and c.score > c.was
     and (c.score - w.least >= ${policy.jumpPoints}::int
          or (${rank(sql`c.level`)} > w.highest and ${rank(sql`c.level`)} >= ${LEVELS.indexOf(policy.jumpTo) + 1}::int))`;

/**
 * Makes what is kept of these what the graph says of them now, with one statement for all: the score, the day, and who
 * jumped. Whoever is looked at for the first time has not jumped. Done twice it changes nothing; two at once take turns.
 */
export async function keepScores(ctx: Ctx, permit: Permit<'identity_risk.keep'>, subjects: Subjects): Promise<Kept> {
  await ctx.tx.run(sql`select pg_advisory_xact_lock(hashtextextended('identity_risk.keep', 0))`);
  const { policy } = await riskPolicyInForce(ctx.tx);
  const today = sql`(${ctx.now}::timestamptz at time zone 'UTC')::date`;
  const { looked, changed, jumped } = await ctx.tx.one<{ looked: number; changed: number; jumped: Jump[] }>(
    about(
      subjects,
      'keep',
      sql`
    with recursive ${scored(subjects, ctx.now, policy)},
    changed as materialized (
      select s.*, r.score as was, r.level as was_level,
             r.jumped_level, (r.jumped_at at time zone 'UTC')::date as jumped_on,
             greatest(${today} - ${policy.jumpDays}::int, (r.jumped_at at time zone 'UTC')::date) as seen_from
        from scored s left join identity_risk r on r.subject_id = s.subject_id
       where r.subject_id is null or (r.score, r.level, r.reasons) is distinct from (s.score::smallint, s.level, s.reasons)
    ),
    jumped as materialized (${jumps(policy)}),
    put as (
      insert into identity_risk as r (subject_id, identity_id, account_id, score, level, reasons, since)
      select subject_id, case when not is_account then subject_id end, case when is_account then subject_id end, score, level, reasons, ${ctx.now}::timestamptz
        from changed
      on conflict on constraint identity_risk_pk do update set
        since = case when r.score = excluded.score then r.since else excluded.since end,
        score = excluded.score, level = excluded.level, reasons = excluded.reasons,
        jumped_at = coalesce((select ${ctx.now}::timestamptz from jumped j where j.identity_id = r.subject_id), r.jumped_at),
        jumped_from = coalesce((select j."from" from jumped j where j.identity_id = r.subject_id), r.jumped_from),
        jumped_level = coalesce((select j.level from jumped j where j.identity_id = r.subject_id), r.jumped_level)
    )
    select (select count(*)::int from scored) as looked, (select count(*)::int from changed) as changed,
           coalesce((select json_agg(json_build_object('identityId', identity_id, 'from', "from", 'to', "to", 'levelBefore', level_before,
                                                       'level', level, 'factors', factors) order by identity_id) from jumped), '[]') as jumped`,
    ),
  );
  if (changed === 0) return { looked, changed, jumped: 0 };
  await ctx.tx.run(sql`
    insert into identity_risk_day as d (subject_id, day, score, least, level, reasons)
    select r.subject_id, ${today}, r.score, r.score, r.level, r.reasons
      from (${subjects.people} union all ${subjects.accounts}) x(id) join identity_risk r on r.subject_id = x.id
      left join lateral (select score, level, reasons from identity_risk_day h where h.subject_id = r.subject_id order by day desc limit 1) last on true
     where last.score is null or (last.score, last.level, last.reasons) is distinct from (r.score, r.level, r.reasons)
     order by last.level -- sorted, so all is looked up before the table it is looked up in begins to grow
    on conflict on constraint identity_risk_day_pk do update set score = excluded.score,
      least = case when (select jumped_at from identity_risk r where r.subject_id = d.subject_id) = ${ctx.now} then excluded.score
                   else least(d.least, excluded.score) end,
      level = excluded.level, reasons = excluded.reasons`);
  await ctx.record(permit, { event: risksKept, data: { looked, changed } });
  await ctx.recordAll(
    permit,
    jumped.map((jump) => ({ event: riskJumped, subject: jump.identityId, data: jump })),
  );
  return { looked, changed, jumped: jumped.length };
}
