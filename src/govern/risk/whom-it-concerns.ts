import { sql, type Queryable } from '#kit/db/index.ts';
import type { Subjects } from './score-sql.ts';

const ids = (rows: readonly { id: string }[]): string[] => rows.map(({ id }) => id);

/** About more than these a plan of its own costs less than it saves. */
const FEW = 20;

/** These identities. */
export const identitiesOf = (ids: readonly string[]): Subjects => ({
  people: sql`select id from identity where id = any(${sql.array(ids)}::uuid[])`,
  accounts: sql`select null::uuid where false`,
  ...(ids.length > FEW ? {} : { few: 'identities' }),
});

/** These, and who owns these accounts, or did; and the accounts nobody owns, or nobody did when they were last looked at. */
export const accountsAndOwners = (accountIds: readonly string[], identityIds: readonly string[]): Subjects => ({
  people: sql`
    select id from identity where id = any(${sql.array(identityIds)}::uuid[])
    union select identity_id from account_owner where account_id = any(${sql.array(accountIds)}::uuid[])`,
  accounts: sql`
    select a.id from account a where a.id = any(${sql.array(accountIds)}::uuid[])
       and ((a.identity_id is null and a.valid_to is null) or exists (select from identity_risk r where r.subject_id = a.id))`,
  ...(accountIds.length + identityIds.length > FEW ? {} : { few: 'due' }),
});

/** Whose accounts on a system, or what they hold, were written since an instant. */
export const ownersReadSince = async (db: Queryable, systemId: string, since: Date, limit: number): Promise<string[]> =>
  ids(
    await db.many(sql`
    select distinct o.identity_id as id from account a join account_owner o on o.account_id = a.id
     where a.system_id = ${systemId} and (a.recorded_from >= ${since} or o.recorded_from >= ${since}
        or exists (select from holding h where h.account_id = a.id and h.recorded_from >= ${since}))
     limit ${limit}`),
  );

/** Who has an entitlement or a role now, by itself or through what leads to it. */
export const holdersOf = async (
  db: Queryable,
  of: { readonly entitlementId?: string; readonly roleId?: string },
  limit: number,
): Promise<string[]> =>
  ids(
    await db.many(sql`
    with recursive up(kind, id) as (
      select ${of.roleId === undefined ? 'entitlement' : 'role'}::text, ${of.roleId ?? of.entitlementId}::uuid
      union
      select n.kind, n.id from up u cross join lateral (
        select 'role', c.role_id from role_content c where u.kind = 'entitlement' and c.entitlement_id = u.id and (c.valid_to is null or c.valid_to > reeve_now())
        union all
        select 'role', c.role_id from role_content c where u.kind = 'role' and c.child_role_id = u.id and (c.valid_to is null or c.valid_to > reeve_now())
        union all
        select 'entitlement', e.parent_id from entitlement_edge e where u.kind = 'entitlement' and e.child_id = u.id and (e.valid_to is null or e.valid_to > reeve_now())
      ) n(kind, id)
    )
    select distinct h.id from up u cross join lateral (
      select g.identity_id from access_grant g where u.kind = 'entitlement' and g.entitlement_id = u.id and (g.valid_to is null or g.valid_to > reeve_now())
      union all
      select g.identity_id from access_grant g where u.kind = 'role' and g.role_id = u.id and (g.valid_to is null or g.valid_to > reeve_now())
      union all
      select o.identity_id from holding x join account_owner o on o.account_id = x.account_id
       where u.kind = 'entitlement' and x.entitlement_id = u.id and x.valid_to is null and o.valid_to is null
    ) h(id) limit ${limit}`),
  );
