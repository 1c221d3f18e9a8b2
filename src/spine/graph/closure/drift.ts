import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import { allOf, liveAt } from '../known-rows.ts';
import type { Drift } from '../model.ts';

export interface DriftFilter {
  readonly systemId?: string | undefined;
  readonly identityId?: string | undefined;
  /** Unfounded holdings of this account only; grants that are missing are of no account. */
  readonly accountId?: string | undefined;
  readonly kind?: Drift['kind'] | undefined;
  /** True: only holdings of accounts that belong to somebody. Default: those of orphans too. */
  readonly ownedOnly?: boolean | undefined;
  /** Default 1000. */
  readonly limit?: number | undefined;
}

/**
 * Who has a right to which of the entitlements in `targets` (SQL yielding their ids), as two common table expressions
 * of a recursive `with`: `founding(target, kind, id)` names the entitlement itself, the roles that contain it and the
 * entitlements that imply it; `founded(identity_id, target)` those who have a live grant of any of these.
 */
export const foundedIn = (targets: Sql, at: Date): Sql => sql`
  founding(target, kind, id) as (
    select t.id, 'entitlement', t.id from (${targets}) t(id)
    union
    select f.target, p.kind, p.id
      from founding f cross join lateral (
        select 'role', c.role_id from role_content c
         where f.kind = 'entitlement' and c.entitlement_id = f.id and ${liveAt('c', at)}
        union all
        select 'role', c.role_id from role_content c
         where f.kind = 'role' and c.child_role_id = f.id and ${liveAt('c', at)}
        union all
        select 'entitlement', n.parent_id from entitlement_edge n
         where f.kind = 'entitlement' and n.child_id = f.id and ${liveAt('n', at)}
      ) p(kind, id)
  ),
  founded(identity_id, target) as (
    select g.identity_id, f.target from founding f join access_grant g on g.entitlement_id = f.id
     where f.kind = 'entitlement' and ${liveAt('g', at)}
    union
    select g.identity_id, f.target from founding f join access_grant g on g.role_id = f.id
     where f.kind = 'role' and ${liveAt('g', at)}
  )`;

/**
 * Differences between what should be and what is, now. `unfounded`: a holding of an account whose owner has no grant
 * that leads to it, or that has no owner. `missing`: a grant whose entitlement none of the identity's accounts on
 * that system holds, by itself or nested. The use of a shared account and Reeve's own admin roles exist by grant
 * alone and are never missing.
 */
export const drift = async (tx: Tx, filter: DriftFilter = {}): Promise<Drift[]> =>
  await tx.many<Drift>(sql`
    ${driftQuery(tx.now, filter)}
    order by kind, system_id, entitlement_id, account_id, identity_id, grant_id limit ${filter.limit ?? 1000}`);

/** As `drift`, as a query of all of it, for use within a larger one: `kind, system_id, … , privileged` as `Drift` names them. */
export const driftQuery = (at: Date, filter: Omit<DriftFilter, 'limit'>): Sql => {
  const { systemId, identityId, accountId } = filter;
  const ofSystem = systemId === undefined ? sql`true` : sql`t.system_id = ${systemId}`;
  const ofIdentity = (column: Sql): Sql | undefined =>
    identityId === undefined ? undefined : sql`${column} = ${identityId}`;
  const touched = sql`
    select t.id from entitlement t
     where ${ofSystem} and ${liveAt('t', at)} and t.id in (
       select id from granted union all
       select h.entitlement_id from account a join holding h on h.account_id = a.id
        where ${allOf([sql`a.valid_to is null`, liveAt('h', at), ofIdentity(sql`a.identity_id`)])})`;
  const only = (kind: Drift['kind']): Sql | undefined =>
    filter.kind === undefined || filter.kind === kind ? undefined : sql`false`;
  return sql`
    with recursive
    granted_node(grant_id, identity_id, since, kind, id) as (
      select g.id, g.identity_id, g.valid_from, case when g.role_id is null then 'entitlement' else 'role' end,
             coalesce(g.entitlement_id, g.role_id)
        from access_grant g
       where ${allOf([liveAt('g', at), ofIdentity(sql`g.identity_id`)])}
      union
      select n.grant_id, n.identity_id, n.since, case when c.child_role_id is null then 'entitlement' else 'role' end,
             coalesce(c.entitlement_id, c.child_role_id)
        from granted_node n join role_content c on n.kind = 'role' and c.role_id = n.id and ${liveAt('c', at)}
    ),
    granted as (select * from granted_node where kind = 'entitlement'),
    ${foundedIn(touched, at)},
    satisfied(identity_id, target) as (
      select a.identity_id, f.target
        from founding f join holding h on h.entitlement_id = f.id join account a on a.id = h.account_id
       where f.kind = 'entitlement' and ${liveAt('h', at)} and a.valid_to is null and a.identity_id is not null
      union all
      select a.identity_id, t.id
        from entitlement t join account a on a.system_id = t.system_id
       where t.kind = 'own_account' and t.id in (select id from granted) and a.valid_to is null and a.identity_id is not null
    )
    select 'unfounded' as kind, t.system_id, h.entitlement_id, h.account_id, a.identity_id, null::uuid as grant_id,
           h.valid_from as since, t.privileged or a.privileged as privileged, h.given_by
      from entitlement t join holding h on h.entitlement_id = t.id join account a on a.id = h.account_id
     where ${allOf([
       only('unfounded'),
       ofSystem,
       liveAt('t', at),
       liveAt('h', at),
       sql`a.valid_to is null`,
       ofIdentity(sql`a.identity_id`),
       filter.ownedOnly === true ? sql`a.identity_id is not null` : undefined,
     ])}
       and not exists (select from founded f where f.identity_id = a.identity_id and f.target = t.id)
       and ${accountId === undefined ? sql`true` : sql`a.id = ${accountId}`}
    union all
    select 'missing', t.system_id, t.id, null, g.identity_id, g.grant_id, g.since, t.privileged, null
      from granted g join entitlement t on t.id = g.id join system s on s.id = t.system_id
     where ${allOf([only('missing'), ofSystem, liveAt('t', at), sql`t.kind <> 'account' and s.kind <> 'reeve'`])}
       and not exists (select from satisfied f where f.identity_id = g.identity_id and f.target = t.id)`;
};
