import { sql, type Tx } from '#kit/db/index.ts';
import { isUuid } from './is-uuid.ts';
import type { IdentityKind, IdentityState } from './model.ts';

/** What policies know of the one who asks. */
export interface PrincipalSnapshot {
  readonly id: string;
  readonly kind: IdentityKind;
  readonly state: IdentityState;
  /** Somebody in charge locked all access of theirs. */
  readonly locked: boolean;
  readonly department: string | null;
  readonly managerId: string | null;
  /** Who answers for it, where it is no employee. */
  readonly ownerId: string | null;
  /** Live admin roles, for instance `administrator`; by grant, through roles and through implied entitlements. */
  readonly roles: readonly string[];
  /** Folders of the vault that may be used now, as `read:PATH` and `write:PATH`; got the same way. */
  readonly folders: readonly string[];
}

/**
 * Facts and live admin roles of identities at the transaction's instant, in one prepared statement: every decision
 * asks it. Those without facts now are left out. What was ended has ended, also when a clock goes back behind its end.
 */
export const loadPrincipals = async (tx: Tx, ids: readonly string[]): Promise<PrincipalSnapshot[]> =>
  await tx.many<PrincipalSnapshot>(
    sql.aboutIds(
      'graph_load_principals',
      ids.filter(isUuid),
      (are) => sql`
      with recursive
        asked(id, kind) as (select id, kind from identity where ${are(sql`id`)}),
        instant(at) as (select ${tx.now}::timestamptz),
        reached(identity_id, entitlement_id, role_id) as (
          select g.identity_id, g.entitlement_id, g.role_id
            from asked join access_grant g on g.identity_id = asked.id cross join instant
           where g.ended_because is null and g.valid_from <= at and (g.valid_to is null or g.valid_to > at)
          union
          select r.identity_id, n.entitlement_id, n.role_id
            from reached r cross join instant cross join lateral (
              select c.entitlement_id, c.child_role_id as role_id from role_content c
               where c.role_id = r.role_id and c.valid_from <= at and (c.valid_to is null or c.valid_to > at)
              union all
              select e.child_id, null from entitlement_edge e
               where e.parent_id = r.entitlement_id and e.valid_from <= at and (e.valid_to is null or e.valid_to > at)
            ) n
        )
      select p.id, p.kind, f.state,
             exists (select 1 from access_lock l
                      where l.identity_id = p.id and l.lifted_at is null and (l.ends_at is null or l.ends_at > at)) as locked,
             f.department, f.manager_id, f.owner_id,
             coalesce((select array_agg(distinct t.native_id order by t.native_id)
                         from reached r join entitlement t on t.id = r.entitlement_id
                        where r.identity_id = p.id and t.kind = 'admin_role'
                          and t.valid_from <= at and (t.valid_to is null or t.valid_to > at)), '{}') as roles,
             coalesce((select array_agg(distinct t.native_id order by t.native_id)
                         from reached r join entitlement t on t.id = r.entitlement_id
                        where r.identity_id = p.id and t.kind = 'secret_folder'
                          and t.valid_from <= at and (t.valid_to is null or t.valid_to > at)), '{}') as folders
        from asked p cross join instant
        join identity_facts f on f.identity_id = p.id
         and f.valid_from <= at and (f.valid_to is null or f.valid_to > at)`,
    ),
  );

/** As loadPrincipals, for one; undefined when it is unknown or has no facts now. */
export const loadPrincipal = async (tx: Tx, id: string): Promise<PrincipalSnapshot | undefined> =>
  (await loadPrincipals(tx, [id]))[0];
