import { sql, type Sql } from '#kit/db/index.ts';
import { FACTORS, NAMED, POINTS } from './model.ts';
import { live, reachedBy } from './reached-sql.ts';
import type { RiskPolicy } from './risk-policy.ts';

/** Whose risk is asked for: rows of one column `id`. */
export interface Subjects {
  readonly people: Sql;
  readonly accounts: Sql;
  /** Where they are few: what asks for them, always in the same words. Planning takes ten times as long as judging one. */
  readonly few?: string;
}

/** What is known of people beside their access, as `subject_id, factor, points, kind, id, through`. */
const byWhatHappened = (at: Date, { windowDays }: RiskPolicy): Sql => {
  const since = sql`(${at}::timestamptz - make_interval(days => ${windowDays}::int))`;
  const { violation } = POINTS;
  return sql`
      select v.identity_id, 'duties',
             case r.severity when 'critical' then ${violation.critical}::int when 'high' then ${violation.high}::int
                             when 'medium' then ${violation.medium}::int else ${violation.low}::int end
               + case when v.exercised = 'both' then ${POINTS.bothSidesUsed}::int else 0 end, 'sod_rule', r.id, null::text
        from person p join sod_violation v on v.identity_id = p.id join sod_rule r on r.id = v.rule_id where v.cleared_at is null
      union all
      select x.identity_id, 'duties_excepted', ${POINTS.exception}::int, 'sod_exception', x.id, null
        from person p join sod_exception x on x.identity_id = p.id where ${live('x', at)}
      union all
      select o.identity_id, 'outlier', case when o.rank <= greatest(1, m.people / 100) then ${POINTS.outlierFirst}::int else ${POINTS.outlier}::int end,
             'mining_run', m.id, null
        from (select id, people from mining_run where state = 'done' order by settled_at desc limit 1) m
        join mining_outlier o on o.run_id = m.id and o.rank <= greatest(1, m.people / 20) join person p on p.id = o.identity_id
      union all
      select f.owner_id, 'answers_for', ${POINTS.answersFor}::int, 'identity', f.identity_id, null
        from person p join identity_facts f on f.owner_id = p.id join identity i on i.id = f.identity_id
       where i.kind in ('service', 'workload', 'agent') and f.state <> 'leaver' and ${live('f', at)}
      union all
      select o.identity_id, 'answers_for', case when a.privileged then ${POINTS.answersForPrivileged}::int else ${POINTS.answersFor}::int end, 'account', a.id, null
        from person p join account_owner o on o.identity_id = p.id join account a on a.id = o.account_id
       where a.kind in ('service', 'shared') and ${live('o', at)} and ${live('a', at)}
      union all
      select u.identity_id, 'emergency',
             case when u.verdict = 'not_justified' then ${POINTS.emergencyNotJustified}::int
                  when u.verdict is null and u.overdue_at is not null then ${POINTS.emergencyUnreviewed}::int else ${POINTS.emergencyUse}::int end,
             'emergency_use', u.id, null
        from person p join emergency_use u on u.identity_id = p.id where u.used_at > ${since} and u.used_at <= ${at}
      union all
      select s.identity_id, 'failed_proofs', ${POINTS.failedProof}::int * s.tries, 'step_up', s.id, null
        from person p join step_up s on s.identity_id = p.id
       where s.proved_at is null and s.used_at is null and s.tries > 0 and s.ends_at <= ${at} and s.asked_at > ${since}
      union all
      select s.subject_id, 'unanswered', ${POINTS.unanswered}::int, s.kind, s.id, null
        from start s
       where s.grant_id is not null
         and exists (select from campaign_item i join campaign c on c.id = i.campaign_id
                      where i.grant_id = s.grant_id and i.state = 'unanswered' and c.closed_at > ${since}
                        and not exists (select from campaign_item k where k.grant_id = i.grant_id and k.state = 'kept' and k.signed_at > c.closed_at))
      union all
      select s.subject_id, 'left_with_access', ${POINTS.leftWithAccess}::int, s.kind, s.id, null
        from start s join identity_facts f on f.identity_id = s.subject_id and ${live('f', at)}
       where f.state = 'leaver' and s.kind <> 'account'
      union all
      select s.subject_id, 'left_with_access', ${POINTS.leftWithAccess}::int, s.kind, s.id, null
        from start s join account a on a.id = s.id and a.state = 'active'
        join identity_facts f on f.identity_id = s.subject_id and ${live('f', at)}
       where f.state = 'leaver' and s.kind = 'account'
      union all
      select a.id, 'no_owner', ${POINTS.noOwner}::int, 'account', a.id, null from lone l join account a on a.id = l.id where ${live('a', at)}`;
};

const factors = (): Sql =>
  sql.join(
    Object.entries(FACTORS).map(
      ([factor, weight]) => sql`(${factor}::text, ${weight.most}::int, ${'first' in weight ? weight.first : 0}::int)`,
    ),
    sql`, `,
  );

/**
 * The score of everybody named, zero included, with its reasons, as the rows `subject_id, is_account, score, level, reasons` of
 * the common table expression `scored`, to be put behind `with recursive`. Everything is read as it is at `at`, in one
 * statement for all; the points of the reasons add up to the score, and the same graph gives the same.
 */
export const scored = ({ people, accounts }: Subjects, at: Date, policy: RiskPolicy): Sql => sql`
    person(id) as materialized (${people}),
    lone(id) as materialized (
      select x.id from (${accounts}) x(id)
       where not exists (select from account_owner o where o.account_id = x.id and ${live('o', at)})
    ),
    ${reachedBy(at, policy.dormantDays)},
    counted(subject_id, factor, points, kind, id, through) as (
      select * from by_access union all ${byWhatHappened(at, policy)}
    ),
    once as (
      select subject_id, factor, kind, id, max(points) as points, min(through) as through from counted group by subject_id, factor, kind, id
    ),
    placed as (
      select o.*, row_number() over (partition by subject_id, factor order by points desc, id) as n from once o
    ),
    reason as (
      select p.subject_id, p.factor, least(f.most, f.first + sum(p.points))::int as points, count(*)::int as n,
             jsonb_agg(jsonb_build_object('kind', p.kind, 'id', p.id, 'points', p.points, 'through', p.through) order by p.n)
               filter (where p.n <= ${NAMED}) as evidence
        from placed p join (values ${factors()}) f(factor, most, first) on f.factor = p.factor
       group by p.subject_id, p.factor, f.most, f.first
    ),
    summed as (
      select subject_id, sum(points)::int as score,
             jsonb_agg(jsonb_build_object('factor', factor, 'points', points, 'count', n, 'of', evidence) order by points desc, factor) as reasons
        from reason group by subject_id
    ),
    scored(subject_id, is_account, score, level, reasons) as materialized (
      select x.id, x.is_account, coalesce(s.score, 0),
             case when s.score >= ${policy.criticalFrom}::int then 'critical' when s.score >= ${policy.highFrom}::int then 'high'
                  when s.score >= ${policy.mediumFrom}::int then 'medium' else 'low' end,
             coalesce(s.reasons, '[]')
        from (select id, false as is_account from person union all select id, true from (${accounts}) y(id)) x
        left join summed s on s.subject_id = x.id
    )`;

/** A statement about subjects, prepared where they are few. */
export const about = ({ few }: Subjects, name: string, statement: Sql): Sql =>
  few === undefined ? statement : sql.named(`risk.${name}_${few}`, statement);
