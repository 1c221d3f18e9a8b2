import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import { ADMIN_ROLES } from '#spine/graph/index.ts';
import { RISKS, type Campaign } from './model.ts';
import { barredAt, GRADED } from './reviewing/independence.ts';
import type { Seated } from './reviewing/seated.ts';

/** Grants looked at in one piece, and so in one transaction. */
export const PIECE = 20_000;

/** A part of all grants, by id: after the first, up to and with the second. */
export interface Range {
  readonly after: string | null;
  readonly upto: string | null;
}
export const WHOLE: Range = { after: null, upto: null };

type Versioned =
  | 'access_grant'
  | 'account'
  | 'holding'
  | 'identity_facts'
  | 'entitlement'
  | 'system'
  | 'role'
  | 'role_content'
  | 'sod_exception'
  | 'sod_rule';
const COLUMNS: Readonly<Record<Versioned, string>> = {
  access_grant: 'id identity_id entitlement_id role_id origin origin_id reason valid_from valid_to ended_because',
  identity_facts:
    'identity_id display_name state department job_title org_unit manager_id owner_id attributes valid_from valid_to',
  entitlement: 'id system_id kind name owner_id risk privileged valid_from valid_to',
  system: 'id name owner_id',
  role: 'id name owner_id risk',
  account: 'id system_id name kind state identity_id privileged last_used_at valid_from valid_to',
  holding: 'account_id entitlement_id given_by valid_from valid_to',
  sod_exception: 'id rule_id identity_id reason control control_owner_id approved_by valid_from valid_to',
  sod_rule: 'id name severity owner_id',
  role_content: 'id role_id entitlement_id child_role_id valid_from valid_to',
};

/** A table as it was known at an instant: its rows said by then, and those of its history that still stood. */
export function known(table: Versioned, at: Date, where: Sql = sql`true`): Sql {
  const columns = sql.join(
    COLUMNS[table].split(' ').map((c) => sql.id(c)),
    sql`, `,
  );
  return sql`(
    select ${columns} from ${sql.id(table)} where recorded_from <= ${at} and ${where}
    union all
    select ${columns} from ${sql.id(`${table}_history`)} where recorded_from <= ${at} and recorded_to > ${at} and ${where}
  )`;
}

/** What a grant may be of, as it was known at an instant. A thing that never was another is as it is. */
export const thing = (table: 'entitlement' | 'system' | 'role' | 'sod_rule', at: Date): Sql => {
  const columns = sql.join(
    COLUMNS[table].split(' ').map((c) => sql.id(c)),
    sql`, `,
  );
  const history = sql.id(`${table}_history`);
  return sql`(
    select ${columns} from ${sql.id(table)} t
     where recorded_from <= ${at} or not exists (select from ${history} h where h.id = t.id)
    union all
    select ${columns} from ${history} where recorded_from <= ${at} and recorded_to > ${at}
  )`;
};

/** Holds at an instant. */
export const live = (at: Date): Sql => sql`valid_from <= ${at} and (valid_to is null or valid_to > ${at})`;

/** A grant of it, or of being eligible for it. */
const ofEntitlement = (column: Sql, id: string): Sql =>
  sql`${column} in (select ${id}::uuid union all select entitlement_id from eligibility where for_entitlement_id = ${id}::uuid)`;
const ofRole = (role: Sql, entitlement: Sql, id: string): Sql =>
  sql`(${role} = ${id}::uuid or ${entitlement} in (select entitlement_id from eligibility where for_role_id = ${id}::uuid))`;

/** Whether it gives something privileged, or lets somebody activate that. */
const privileged = (at: Date): Sql => sql`(coalesce(e.privileged, pr.id is not null) or e.id in (
  select el.entitlement_id from eligibility el join ${thing('entitlement', at)} t on t.id = el.for_entitlement_id where t.privileged
  union all
  select el.entitlement_id from eligibility el where el.for_role_id in (select id from privileged_role)))`;

/** Which grants a kind looks at, by what is known of the grant, its holder and what it gives. */
function inScope({ kind, scope }: Pick<Campaign, 'kind' | 'scope'>, at: Date): Sql {
  const when: Sql[] = [];
  if (kind === 'role_membership') when.push(sql`g.role_id is not null`);
  if (kind === 'service_accounts') when.push(sql`p.kind in ('service', 'workload', 'agent')`);
  if (kind === 'vendors') when.push(sql`p.kind = 'vendor'`);
  if (kind === 'privileged' || scope.privileged === true) when.push(privileged(at));
  if (scope.systemId !== undefined)
    when.push(sql`(e.system_id = ${scope.systemId}::uuid or e.id in (
      select el.entitlement_id from eligibility el join entitlement t on t.id = el.for_entitlement_id
       where t.system_id = ${scope.systemId}::uuid))`);
  if (scope.entitlementId !== undefined) when.push(ofEntitlement(sql`g.entitlement_id`, scope.entitlementId));
  if (scope.roleId !== undefined) when.push(ofRole(sql`g.role_id`, sql`g.entitlement_id`, scope.roleId));
  if (scope.identityId !== undefined) when.push(sql`g.identity_id = ${scope.identityId}::uuid`);
  if (scope.managerId !== undefined) when.push(sql`f.manager_id = ${scope.managerId}::uuid`);
  if (scope.ownerId !== undefined) when.push(sql`coalesce(e.owner_id, r.owner_id) = ${scope.ownerId}::uuid`);
  if (scope.department !== undefined) when.push(sql`f.department = ${scope.department}`);
  if (scope.minRisk !== undefined)
    when.push(sql`coalesce(e.risk, r.risk) = any(${sql.array(RISKS.slice(RISKS.indexOf(scope.minRisk)))}::text[])`);
  if (scope.text !== undefined) when.push(sql`position(lower(${scope.text}) in lower(coalesce(e.name, r.name))) > 0`);
  return when.length === 0 ? sql`true` : sql.join(when, sql` and `);
}

/** Who is asked when nobody by rule is independent: whoever made the campaign, then those who oversee. */
export async function lastResorts(tx: Tx, campaign: Pick<Campaign, 'createdBy'>, at: Date): Promise<readonly string[]> {
  const overseers = await tx.many<{ id: string }>(sql`
    select distinct g.identity_id as id from ${known(
      'access_grant',
      at,
      sql`entitlement_id = any(${sql.array([
        ADMIN_ROLES.security_officer,
        ADMIN_ROLES.campaign_owner,
        ADMIN_ROLES.administrator,
      ])}::uuid[])`,
    )} g
     where g.ended_because is null and ${live(at)} order by 1 limit 20`);
  const wanted = [campaign.createdBy, ...overseers.map((o) => o.id).filter((id) => id !== campaign.createdBy)];
  const active = await tx.many<{ id: string }>(sql`
    select identity_id as id from ${known('identity_facts', at, sql`identity_id = any(${sql.array(wanted)}::uuid[])`)} f
     where state = 'active' and ${live(at)}`);
  const may = new Set(active.map((a) => a.id));
  return wanted.filter((id) => may.has(id));
}

/**
 * A reviewer, or null where they are not independent or not active. A subselect in the list of columns, because PostgreSQL
 * hashes that; as a join it guesses few rows and compares everybody with everybody.
 */
const independent = (reviewer: string): Sql => {
  const who = sql.id(reviewer);
  return sql`case when live.${who} <> live.identity_id and live.${who} is distinct from live.requester_id
                   and live.${who} in (select id from active)
                   and (live.identity_id, live.${who}) not in (select identity_id, who from barred) then live.${who} end`;
};

/**
 * Every grant of a range that is in scope, as it was at one instant, with its reviewer: the first by the campaign's rule
 * who is active, is not the person concerned and did not ask for it. `reviewer_id` is null where there is none at all.
 * The same instant gives the same rows, whenever it is asked.
 */
export async function frozenRows(tx: Tx, campaign: Seated, at: Date, range: Range): Promise<Sql> {
  const resorts = await lastResorts(tx, campaign, at);
  const between = sql.join(
    [
      range.after === null ? sql`true` : sql`id > ${range.after}::uuid`,
      range.upto === null ? sql`true` : sql`id <= ${range.upto}::uuid`,
      // What opened it says which: a few by their ids, whatever there is beside them.
      campaign.openedBy === null
        ? sql`true`
        : sql`id in (select w.grant_id from review_wanted w where w.campaign_id = ${campaign.id})`,
      campaign.scope.identityId === undefined ? sql`true` : sql`identity_id = ${campaign.scope.identityId}::uuid`,
      campaign.scope.entitlementId === undefined
        ? sql`true`
        : ofEntitlement(sql`entitlement_id`, campaign.scope.entitlementId),
      campaign.scope.roleId === undefined
        ? sql`true`
        : ofRole(sql`role_id`, sql`entitlement_id`, campaign.scope.roleId),
      // What is active for a while is over before it is reviewed: being eligible for it is what is kept or revoked.
      sql`origin <> 'jit'`,
    ],
    sql` and `,
  );
  const named = campaign.scope.reviewerId ?? null;
  const byRule = {
    manager: [sql`'manager'`, sql`'owner'`, sql`'system_owner'`],
    owner: [sql`'owner'`, sql`'system_owner'`, sql`'manager'`],
    named: [sql`'named'`, sql`'owner'`, sql`'system_owner'`, sql`'manager'`],
    system_owner: [sql`'system_owner'`, sql`'owner'`, sql`'manager'`],
  }[campaign.reviewerRule];
  const first = sql.id(`${campaign.reviewerRule}_id`);
  return sql`
    with recursive privileged_role(id) as (
      select c.role_id from ${known('role_content', at)} c join ${thing('entitlement', at)} e on e.id = c.entitlement_id
       where e.privileged and c.valid_from <= ${at} and (c.valid_to is null or c.valid_to > ${at})
      union
      select c.role_id from ${known('role_content', at)} c join privileged_role p on p.id = c.child_role_id
       where c.valid_from <= ${at} and (c.valid_to is null or c.valid_to > ${at})
    ), live as materialized (
      select g.id, g.identity_id, coalesce(g.entitlement_id, g.role_id) as thing_id, g.origin, g.reason, g.valid_from, g.valid_to,
             coalesce(f.manager_id, f.owner_id) as manager_id, f.owner_id as answers_id, q.id as request_id, f.department, coalesce(e.owner_id, r.owner_id) as owner_id,
             s.owner_id as system_owner_id, ${privileged(at)} as privileged, coalesce(e.risk, r.risk) as risk,
             case when g.entitlement_id is null then 'role ' || r.name when e.kind = 'eligibility' then e.name
                  else e.name || ' on ' || s.name end as what,
             q.requester_id, ${named}::uuid as named_id, f.state, f.job_title, f.org_unit
        from ${known('access_grant', at, between)} g
        join identity p on p.id = g.identity_id
        join ${known('identity_facts', at)} f on f.identity_id = g.identity_id
             and f.valid_from <= ${at} and (f.valid_to is null or f.valid_to > ${at})
        left join ${thing('entitlement', at)} e on e.id = g.entitlement_id
        left join ${thing('system', at)} s on s.id = e.system_id
        left join ${thing('role', at)} r on r.id = g.role_id
        left join (select distinct id from privileged_role) pr on pr.id = g.role_id
        left join request q on g.origin = 'request' and q.id = g.origin_id
       where g.ended_because is null and g.valid_from <= ${at} and (g.valid_to is null or g.valid_to > ${at})
         and ${inScope(campaign, at)}
    ), active as materialized (
      select distinct f.identity_id as id from ${known(
        'identity_facts',
        at,
        sql`identity_id in (
          select manager_id from live union select owner_id from live union select system_owner_id from live union select named_id from live)`,
      )} f
       where f.state = 'active' and ${live(at)}
    ), barred as materialized (
      ${barredAt(at, sql`(select * from ${known('identity_facts', at, GRADED)} k where ${live(at)})`)}
    ), routed as (
      select live.*, ${independent('manager_id')} as manager, ${independent('owner_id')} as owner,
             ${independent('system_owner_id')} as system_owner, ${independent('named_id')} as named,
             (select x.id from unnest(${sql.array([...resorts])}::uuid[]) with ordinality as x(id, n)
               where x.id <> live.identity_id and x.id is distinct from live.requester_id
                 and (live.identity_id, x.id) not in (select identity_id, who from barred) order by x.n limit 1) as resort
        from live
    ), chosen as (
      select routed.*, case ${sql.join(
        byRule.map((by) => sql`when ${column(by)} is not null then ${by}`),
        sql` `,
      )} when resort = ${campaign.createdBy}::uuid then 'campaign_owner' when resort is not null then 'overseer' end as via
        from routed
    ), said as (
      select chosen.*, case
          when via = ${campaign.reviewerRule} then null
          when ${first} is null then 'nobody'
          when ${first} = identity_id then 'subject'
          when ${first} = requester_id then 'requester'
          else coalesce((select b.why from barred b where b.identity_id = chosen.identity_id and b.who = chosen.${first} limit 1), 'not_active')
        end as because
        from chosen
    )
    select id as grant_id, identity_id, thing_id, what, via as routed, because, department, state, job_title, org_unit, manager_id, privileged, risk, valid_to,
           case via when 'manager' then manager when 'owner' then owner when 'system_owner' then system_owner
                    when 'named' then named else resort end as reviewer_id,
           jsonb_build_object('origin', origin, 'reason', reason, 'since', valid_from, 'until', valid_to,
             'privileged', privileged, 'risk', risk, 'department', department) as evidence
      from said`;
}

const column = (by: Sql): Sql => sql.id(by.text.replaceAll("'", ''));
