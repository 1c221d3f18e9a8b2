import { sql, type Sql, type Tx } from '#kit/db/index.ts';

/** A role and every role that contains it, however deep, now or later, as a query: `role_id`. */
const seniorRoles = (roleIds: readonly string[], now: Date): Sql => sql`
  with recursive senior(role_id) as (
    select unnest(${sql.array(roleIds)}::uuid[])
    union
    select c.role_id from senior s join role_content c on c.child_role_id = s.role_id
     where c.valid_to is null or c.valid_to > ${now}
  ) select role_id from senior`;

/** A grant by which somebody has a role. */
export interface GrantOfRole {
  readonly id: string;
  readonly identityId: string;
}

/**
 * Grants that are not over by which people have one of these roles, by itself or within another. `after` goes on behind
 * that one, in the order of people.
 */
export const grantsOfRoles = async (
  tx: Tx,
  roleIds: readonly string[],
  more: { readonly after?: GrantOfRole | undefined; readonly limit?: number | undefined } = {},
): Promise<readonly GrantOfRole[]> =>
  await tx.many<GrantOfRole>(sql`
    select g.id, g.identity_id from access_grant g
     where g.role_id in (${seniorRoles(roleIds, tx.now)}) and g.ended_because is null
       and (g.valid_to is null or g.valid_to > greatest(g.valid_from, ${tx.now}))
       and (${more.after === undefined} or (g.identity_id, g.id) > (${more.after?.identityId ?? null}::uuid, ${more.after?.id ?? null}::uuid))
     order by g.identity_id, g.id limit ${more.limit ?? null}::int`);
