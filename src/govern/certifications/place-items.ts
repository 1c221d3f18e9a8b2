import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import { frozenRows, type Range } from './freeze-items.ts';
import { itemId } from './item-id.ts';
import { subjectOf } from './model.ts';
import type { Seat, Seated } from './reviewing/seated.ts';
import { placeSubjects } from './subjects/place-subjects.ts';

/** Used within so many days, or not: the difference that counts as a change of use. */
const RECENT = sql`interval '90 days'`;

/** When it was kept last, and all that is other than then: its end, its risk, the person, its use, conflicts of duties. */
const sinceKept = (at: Date): Sql => sql`
  join kept k on k.grant_id = x.grant_id
  left join lateral (
    select * from (
      select state, department, job_title, org_unit, coalesce(manager_id, owner_id) as manager_id, recorded_from
        from identity_facts f where f.identity_id = x.identity_id and f.recorded_from <= k.frozen_at
         and f.valid_from <= k.frozen_at and (f.valid_to is null or f.valid_to > k.frozen_at)
      union all
      select state, department, job_title, org_unit, coalesce(manager_id, owner_id), recorded_from
        from identity_facts_history f where f.identity_id = x.identity_id and f.recorded_from <= k.frozen_at and f.recorded_to > k.frozen_at
         and f.valid_from <= k.frozen_at and (f.valid_to is null or f.valid_to > k.frozen_at)
    ) f order by recorded_from desc limit 1
  ) p on true
  left join lateral (
    select max(u.started_at) filter (where u.started_at <= k.frozen_at) as was, max(u.started_at) as "is" from access_use u
     where u.grant_ids @> array[x.grant_id] and u.started_at <= ${at}
  ) u on true
  left join lateral (
    select string_agg(r.name, ', ' order by r.name) as names from sod_violation v join sod_rule r on r.id = v.rule_id
     where v.identity_id = x.identity_id and v.opened_at > k.signed_at and v.opened_at <= ${at}
       and (v.cleared_at is null or v.cleared_at > ${at})
  ) v on true
  left join lateral (
    select coalesce(jsonb_agg(jsonb_build_object('what', c.what, 'was', c.was, 'is', c."is") order by c.n), '[]') as changes from (values
      (1, 'until', k.evidence ->> 'until', to_jsonb(x.valid_to) #>> '{}'),
      (2, 'risk', k.evidence ->> 'risk', x.risk),
      (3, 'privileged', k.evidence ->> 'privileged', x.privileged::text),
      (4, 'state', p.state, x.state),
      (5, 'department', p.department, x.department),
      (6, 'job title', p.job_title, x.job_title),
      (7, 'unit', p.org_unit, x.org_unit),
      (8, 'manager', p.manager_id::text, x.manager_id::text),
      (9, 'use', ${band(sql`u.was`, sql`k.frozen_at`)}, ${band(sql`u."is"`, sql`${at}::timestamptz`)}),
      (10, 'conflict of duties', null, v.names)
    ) as c(n, what, was, "is") where c.was is distinct from c."is"
  ) c on true`;

const band = (use: Sql, at: Sql): Sql =>
  sql`case when ${use} is null then 'unknown' when ${use} > ${at} - ${RECENT} then 'used within 90 days' else 'not used for 90 days' end`;

/** Freezes a range of grants as items, after `campaign.frozen` that are there. One that is there already stays as it is. */
export async function placeItems(
  tx: Tx,
  campaign: Seated,
  at: Date,
  range: Range,
  seat: Seat = { stage: 1, seat: 1 },
): Promise<{ items: number; withoutReviewer: number }> {
  if (subjectOf(campaign) !== 'grant') return await placeSubjects(tx, campaign, at, range, seat);
  return await tx.one(sql`
    with found as materialized (${await frozenRows(tx, campaign, at, range)}),
    x as (
      select found.*, ${campaign.frozen}::bigint + row_number() over (order by grant_id) as n from found where reviewer_id is not null
    ), kept as materialized (
      select distinct on (k.grant_id) k.grant_id, k.signed_at, k.decided_by, k.evidence, c.frozen_at
        from campaign_item k join campaign c on c.id = k.campaign_id
       where k.state = 'kept' and k.signed_at <= ${at} and k.grant_id in (select grant_id from x)
       order by k.grant_id, k.signed_at desc
    ), again as (
      select x.grant_id, k.signed_at, k.decided_by, c.changes from x ${sinceKept(at)}
    ), made as (
      insert into campaign_item (id, campaign_id, grant_id, identity_id, stage, seat, state, reviewer_id, routed, rerouted_because, what, evidence, last_kept_at, last_kept_by, changes, unchanged)
      select ${itemId(campaign, at, sql`x.grant_id`, seat)}, ${campaign.id}, x.grant_id, x.identity_id, ${seat.stage}::smallint, ${seat.seat}::smallint,
             ${seat.stage === 1 ? 'open' : 'waiting'}, x.reviewer_id, x.routed, x.because, x.what, x.evidence,
             a.signed_at, a.decided_by, coalesce(a.changes, '[]'), ${campaign.delta} and a.signed_at is not null and a.changes = '[]'
        from x left join again a on a.grant_id = x.grant_id
      on conflict do nothing returning 1
    )
    select (select count(*)::int from made) as items, (select count(*)::int from found where reviewer_id is null) as without_reviewer`);
}

/** Counts, once, how many of each department hold what is under review; groups under five are not kept. */
export const countPeers = (tx: Tx, campaignId: string, at: Date): Promise<number> =>
  tx.run(sql`
    with things as materialized (
      select distinct coalesce(g.entitlement_id, g.role_id) as id from campaign_item i join access_grant g on g.id = i.grant_id
       where i.campaign_id = ${campaignId}
    ), facts as materialized (
      select identity_id, department from (
        select identity_id, department, valid_from, valid_to from identity_facts where recorded_from <= ${at}
        union all
        select identity_id, department, valid_from, valid_to from identity_facts_history where recorded_from <= ${at} and recorded_to > ${at}
      ) f where department is not null and valid_from <= ${at} and (valid_to is null or valid_to > ${at})
    ), groups as (
      select department, count(*)::int as people from facts group by department having count(*) >= 5
    ), holders as (
      select f.department, g.thing, count(distinct g.identity_id)::int as holding from (
        select identity_id, coalesce(entitlement_id, role_id) as thing from access_grant
         where recorded_from <= ${at} and ended_because is null and valid_from <= ${at} and (valid_to is null or valid_to > ${at})
        union all
        select identity_id, coalesce(entitlement_id, role_id) from access_grant_history
         where recorded_from <= ${at} and recorded_to > ${at} and ended_because is null and valid_from <= ${at} and (valid_to is null or valid_to > ${at})
      ) g join things t on t.id = g.thing join facts f on f.identity_id = g.identity_id group by f.department, g.thing
    )
    insert into campaign_peers (campaign_id, department, thing_id, holding, people)
    select ${campaignId}, department, thing, holding, people from holders join groups using (department)
    on conflict on constraint campaign_peers_pk do nothing`);
