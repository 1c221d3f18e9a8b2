import { sql, type Sql } from '#kit/db/index.ts';
import { POINTS } from './model.ts';

/** Rows that hold now. */
export const live = (alias: string, at: Date): Sql =>
  sql`(${sql.id(alias)}.valid_from <= ${at} and (${sql.id(alias)}.valid_to is null or ${sql.id(alias)}.valid_to > ${at}))`;

/** Which access counts as risky, as `array_position` of the levels says it. */
const HIGH = 3;

/**
 * Common table expressions over `person(id)` and `lone(id)` (accounts nobody owns): `start`, with what the access of each
 * begins; `reached`, what of it is privileged or rated high, by itself or through roles, nesting and shared accounts.
 * What leads where is walked once from each different beginning, not once for everybody who has it.
 */
export const reachedBy = (at: Date, dormantDays: number): Sql => sql`
    start(subject_id, kind, id, grant_id, since, used_at) as materialized (
      select g.identity_id, case when g.role_id is null then 'entitlement' else 'role' end, coalesce(g.role_id, g.entitlement_id),
             g.id, g.valid_from, null::timestamptz
        from person p join access_grant g on g.identity_id = p.id where ${live('g', at)}
      union all
      select o.identity_id, 'account', a.id, null, a.valid_from, a.last_used_at
        from person p join account_owner o on o.identity_id = p.id join account a on a.id = o.account_id
       where ${live('o', at)} and ${live('a', at)}
      union all
      select o.identity_id, 'entitlement', h.entitlement_id, null, h.valid_from, a.last_used_at
        from person p join account_owner o on o.identity_id = p.id join account a on a.id = o.account_id
        join holding h on h.account_id = a.id
       where ${live('o', at)} and ${live('a', at)} and ${live('h', at)}
      union all
      select a.id, 'account', a.id, null, a.valid_from, a.last_used_at from lone l join account a on a.id = l.id where ${live('a', at)}
      union all
      select a.id, 'entitlement', h.entitlement_id, null, h.valid_from, a.last_used_at
        from lone l join account a on a.id = l.id join holding h on h.account_id = a.id where ${live('a', at)} and ${live('h', at)}
    ),
    walk(start_kind, start_id, kind, id) as (
      select distinct kind, id, kind, id from start where kind <> 'account'
      union
      select w.start_kind, w.start_id, n.kind, n.id
        from walk w cross join lateral (
          select 'entitlement', c.entitlement_id from role_content c
           where w.kind = 'role' and c.role_id = w.id and c.entitlement_id is not null and ${live('c', at)}
          union all
          select 'role', c.child_role_id from role_content c
           where w.kind = 'role' and c.role_id = w.id and c.child_role_id is not null and ${live('c', at)}
          union all
          select 'entitlement', n.child_id from entitlement_edge n
           where w.kind = 'entitlement' and n.parent_id = w.id and ${live('n', at)}
          union all
          select 'account', t.account_id from entitlement t
           where w.kind = 'entitlement' and t.id = w.id and t.account_id is not null and ${live('t', at)}
          union all
          select 'entitlement', h.entitlement_id from holding h
           where w.kind = 'account' and h.account_id = w.id and ${live('h', at)}
        ) n(kind, id)
    ),
    leads(kind, id, privileged, through, risk) as materialized (
      select w.start_kind, w.start_id, bool_or(coalesce(t.privileged, a.privileged, false)),
             case when bool_or(w.id = w.start_id and t.privileged) then null
                  else min(w.id::text) filter (where t.privileged or a.privileged) end,
             coalesce(max(array_position(array['low', 'medium', 'high', 'critical'], coalesce(t.risk, r.risk))), 0)
        from walk w
        left join entitlement t on w.kind = 'entitlement' and t.id = w.id and ${live('t', at)}
        left join role r on w.kind = 'role' and r.id = w.id and ${live('r', at)}
        left join account a on w.kind = 'account' and a.id = w.id and ${live('a', at)}
       group by w.start_kind, w.start_id
    ),
    reached(subject_id, kind, id, privileged, through, risk, since, used_at) as materialized (
      select s.subject_id, s.kind, s.id, l.privileged, l.through, l.risk, min(s.since), max(coalesce(s.used_at, u.at))
        from start s join leads l on l.kind = s.kind and l.id = s.id
        left join lateral (select max(x.started_at) as at from access_use x
                            where l.privileged and s.grant_id is not null and x.grant_ids @> array[s.grant_id]) u on true
       where l.privileged or l.risk >= ${HIGH}
       group by s.subject_id, s.kind, s.id, l.privileged, l.through, l.risk
      union all
      select s.subject_id, s.kind, s.id, true, null, 0, s.since, s.used_at
        from start s join account a on a.id = s.id where s.kind = 'account' and a.privileged
    ),
    by_access(subject_id, factor, points, kind, id, through) as (
      select subject_id, 'privileged_access', ${POINTS.privileged}::int, kind, id, through from reached where privileged
      union all
      select subject_id, 'risky_access', case when risk > ${HIGH} then ${POINTS.criticalAccess}::int else ${POINTS.highAccess}::int end, kind, id, null
        from reached where risk >= ${HIGH}
      union all
      select subject_id, 'dormant_privileged', ${POINTS.dormant}::int, kind, id, through
        from reached where privileged and greatest(since, used_at) <= ${at}::timestamptz - make_interval(days => ${dormantDays}::int) and used_at is not null
    )`;
