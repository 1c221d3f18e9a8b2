import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import { known, lastResorts, live, thing, type Range } from '../freeze-items.ts';
import { RISKS, type Campaign } from '../model.ts';
import type { Seated } from '../reviewing/seated.ts';
import { between, evidenceOf, nameAt, routedTo } from './route.ts';

/**
 * Every part of a role, as it was at an instant: an entitlement or a role within it. The owner of the role is asked;
 * whoever has the role, or asked for it, benefits by what is in it, and is not.
 */
export async function roleContentRows(tx: Tx, campaign: Seated, at: Date, range: Range): Promise<Sql> {
  const resorts = await lastResorts(tx, campaign, at);
  const holders = sql`
    select g.identity_id from ${known('access_grant', at, sql`role_id = p.role_id`)} g where g.ended_because is null and ${live(at)}`;
  const above = sql`
    with recursive above(id) as (
      select p.role_id union select c.role_id from ${known('role_content', at)} c join above a on c.child_role_id = a.id where ${live(at)})`;
  // What they asked for counts while it waits, and while it stands.
  const askedFor = sql`
    select from request q join request_line l on l.request_id = q.id
     where q.requester_id = x.id and l.role_id = p.role_id and l.takes_grant_id is null and q.submitted_at <= ${at}
       and (q.decided_at is null or q.decided_at > ${at}
            or exists (select from ${known('access_grant', at, sql`id = l.grant_id`)} g where g.ended_because is null and ${live(at)}))`;
  return sql`
    with recursive privileged_role(id) as (
      select c.role_id from ${known('role_content', at)} c join ${thing('entitlement', at)} e on e.id = c.entitlement_id
       where e.privileged and c.valid_from <= ${at} and (c.valid_to is null or c.valid_to > ${at})
      union
      select c.role_id from ${known('role_content', at)} c join privileged_role p on p.id = c.child_role_id
       where c.valid_from <= ${at} and (c.valid_to is null or c.valid_to > ${at})
    ), p as materialized (
      select c.id, c.role_id, c.valid_from, c.valid_to, r.name as role_name, r.owner_id, s.owner_id as system_owner_id,
             coalesce(e.risk, k.risk) as risk, coalesce(e.privileged, c.child_role_id in (select id from privileged_role)) as privileged,
             coalesce(c.entitlement_id, c.child_role_id) as thing_id,
             case when c.entitlement_id is null then 'role ' || k.name else e.name || ' on ' || s.name end as part
        from ${known('role_content', at, between(range))} c
        join ${thing('role', at)} r on r.id = c.role_id
        left join ${thing('entitlement', at)} e on e.id = c.entitlement_id
        left join ${thing('system', at)} s on s.id = e.system_id
        left join ${thing('role', at)} k on k.id = c.child_role_id
       where c.valid_from <= ${at} and (c.valid_to is null or c.valid_to > ${at}) and ${inScope(campaign)}
    )
    select p.id as subject_id, null::uuid as identity_id, p.thing_id, p.part || ' in role ' || p.role_name as what,
           routed.routed, routed.reviewer_id, p.privileged, p.risk, null::text as department, null::uuid as account_id, null::uuid as entitlement_id,
           ${evidenceOf({
             origin: 'role',
             reason: sql`null::text`,
             since: sql`p.valid_from`,
             until: sql`p.valid_to`,
             about: sql`jsonb_build_object('role', p.role_name, 'role owner', ${nameAt(sql`p.owner_id`, at)},
               'people who have the role', (select count(distinct h.identity_id)::text from (${holders}) h))`,
           })} as evidence
      from p ${routedTo(campaign, at, {
        candidates: [
          { id: sql`p.owner_id`, via: 'owner' },
          { id: sql`p.system_owner_id`, via: 'system_owner' },
        ],
        resorts,
        independent: sql`not exists (${above}
          select from ${known('access_grant', at, sql`identity_id = x.id and role_id in (select id from above)`)} g where g.ended_because is null and ${live(at)})
          and not exists (${askedFor})`,
      })}`;
}

function inScope({ scope }: Pick<Campaign, 'scope'>): Sql {
  const when: Sql[] = [];
  if (scope.roleId !== undefined) when.push(sql`c.role_id = ${scope.roleId}::uuid`);
  if (scope.entitlementId !== undefined) when.push(sql`c.entitlement_id = ${scope.entitlementId}::uuid`);
  if (scope.systemId !== undefined) when.push(sql`e.system_id = ${scope.systemId}::uuid`);
  if (scope.ownerId !== undefined) when.push(sql`r.owner_id = ${scope.ownerId}::uuid`);
  if (scope.privileged === true)
    when.push(sql`coalesce(e.privileged, c.child_role_id in (select id from privileged_role))`);
  if (scope.minRisk !== undefined)
    when.push(sql`coalesce(e.risk, k.risk) = any(${sql.array(RISKS.slice(RISKS.indexOf(scope.minRisk)))}::text[])`);
  if (scope.text !== undefined)
    when.push(sql`position(lower(${scope.text}) in lower(r.name || ' ' || coalesce(e.name, k.name))) > 0`);
  return when.length === 0 ? sql`true` : sql.join(when, sql` and `);
}
