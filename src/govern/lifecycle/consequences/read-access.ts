import { sql, type Tx } from '#kit/db/index.ts';

/** Something an identity has, holds or answers for, with a name people know it by. */
export interface Named {
  readonly id: string;
  readonly identityId: string;
  readonly name: string;
}

/** Grants of these identities that have not ended, planned ones too. */
export const openGrantsOf = async (
  tx: Tx,
  identityIds: readonly string[],
): Promise<(Named & { readonly validTo: Date | null; readonly origin: string })[]> =>
  await tx.many(sql`
    select g.id, g.identity_id, g.valid_to, g.origin, coalesce(e.name || ' on ' || s.name, 'role ' || r.name) as name
      from access_grant g
      left join entitlement e on e.id = g.entitlement_id left join system s on s.id = e.system_id
      left join role r on r.id = g.role_id
     where g.identity_id = any(${identityIds}::uuid[]) and g.ended_because is null order by g.identity_id, g.id`);

/** Accounts of these identities that still let somebody in. */
export const openAccountsOf = async (
  tx: Tx,
  identityIds: readonly string[],
): Promise<(Named & { readonly kind: string })[]> =>
  await tx.many(sql`
    select a.id, a.identity_id, a.kind, a.name || '@' || s.name as name
      from account a join system s on s.id = a.system_id
     where a.identity_id = any(${identityIds}::uuid[]) and a.state = 'active' order by a.identity_id, a.id`);

/** Sessions of these identities that are live. */
export const liveUsesOf = async (tx: Tx, identityIds: readonly string[]): Promise<Named[]> =>
  await tx.many<Named>(sql`
    select u.id, u.identity_id, a.name || '@' || s.name as name
      from access_use u join account a on a.id = u.account_id join system s on s.id = u.system_id
     where u.identity_id = any(${identityIds}::uuid[]) and u.ended_at is null order by u.identity_id, u.id`);

/** What is left without an owner when these identities go. */
export const ownedBy = async (
  tx: Tx,
  identityIds: readonly string[],
): Promise<(Named & { readonly what: 'entitlement_needs_owner' | 'system_needs_owner' })[]> =>
  await tx.many(sql`
    select e.id, e.owner_id as identity_id, e.name || ' on ' || s.name as name, 'entitlement_needs_owner' as what
      from entitlement e join system s on s.id = e.system_id
     where e.owner_id = any(${identityIds}::uuid[]) and e.valid_to is null
    union all
    select s.id, s.owner_id, s.name, 'system_needs_owner' from system s
     where s.owner_id = any(${identityIds}::uuid[]) and s.valid_to is null
     order by 2, 1`);
