import { sql, type Tx } from '#kit/db/index.ts';
import type { LookedRole } from './find-improvements.ts';

/** How long nobody used something for it to count as unused. */
export const UNUSED_DAYS = 90;

/** What is known of the use of a role. */
export interface RoleUse {
  readonly sessions: number;
  readonly lastUsedAt: Date | null;
  readonly use: LookedRole['use'];
}

export interface ReadRole extends LookedRole {
  readonly name: string;
  readonly evidence: RoleUse;
}

/**
 * Every role in use with who has it, what it gives and whether it was used. Unused is said only of what was had for long
 * enough and where use is seen (the use of an account there counts for all it holds): on each system it leads to, somebody's use was seen in that time. Anything else is unknown.
 */
export async function readRoles(tx: Tx): Promise<readonly ReadRole[]> {
  const since = new Date(tx.now.getTime() - UNUSED_DAYS * 86_400_000);
  const live = sql`(c.valid_from <= ${tx.now} and (c.valid_to is null or c.valid_to > ${tx.now}))`;
  const inner = sql`
    with recursive inner_role(top, role_id) as (
      select id, id from role where valid_to is null
      union
      select i.top, c.child_role_id from inner_role i join role_content c on c.role_id = i.role_id and c.child_role_id is not null and ${live}
    )`;
  const gives = await tx.many<{ roleId: string; id: string }>(sql`
    ${inner} select distinct i.top as role_id, c.entitlement_id as id
      from inner_role i join role_content c on c.role_id = i.role_id and c.entitlement_id is not null and ${live}`);
  const had = sql`(g.ended_because is null and g.valid_from <= ${tx.now} and (g.valid_to is null or g.valid_to > ${tx.now}))`;
  const holders = await tx.many<{ roleId: string; id: string }>(sql`
    select distinct g.role_id, g.identity_id as id from access_grant g where g.role_id is not null and ${had}`);
  const uses = await tx.many<{ roleId: string; name: string } & RoleUse>(sql`
    ${inner}, used as (
      select g.role_id, count(*)::int as sessions, max(u.started_at) as last_used_at
        from access_use u join access_grant g on g.id = any(u.grant_ids) where g.role_id is not null and u.started_at > ${since}
       group by g.role_id
    ), leads as (
      select distinct i.top as role_id, e.id, e.system_id from inner_role i
        join role_content c on c.role_id = i.role_id and ${live} join entitlement e on e.id = c.entitlement_id
    ), on_target as (
      select g.role_id, max(a.last_used_at) as last_used_at from access_grant g
        join account a on a.identity_id = g.identity_id and a.valid_to is null
       where g.role_id is not null and ${had} and a.system_id in (select system_id from leads l where l.role_id = g.role_id)
       group by g.role_id
    )
    select r.id as role_id, r.name, coalesce(u.sessions, 0) as sessions, greatest(u.last_used_at, t.last_used_at) as last_used_at,
           case when u.sessions > 0 or t.last_used_at > ${since} then 'used'
                when not exists (select from access_grant g where g.role_id = r.id and ${had} and g.valid_from <= ${since}) then 'unknown'
                when not exists (select from leads l where l.role_id = r.id) then 'unknown'
                when exists (select from leads l where l.role_id = r.id and not exists (
                       select from access_use x where x.system_id = l.system_id and x.started_at > ${since})) then 'unknown'
                else 'unused' end as use
      from role r left join used u on u.role_id = r.id left join on_target t on t.role_id = r.id
     where r.valid_to is null order by r.name, r.id`);
  const numbered = (
    rows: readonly { readonly roleId: string; readonly id: string }[],
  ): ReadonlyMap<string, Set<number>> => {
    const places = new Map<string, number>();
    const sets = new Map<string, Set<number>>();
    for (const { roleId, id } of rows) {
      const place = places.get(id) ?? places.size;
      places.set(id, place);
      sets.set(roleId, (sets.get(roleId) ?? new Set()).add(place));
    }
    return sets;
  };
  const [given, having] = [numbered(gives), numbered(holders)];
  return uses.map(({ roleId, name, sessions, lastUsedAt, use }) => ({
    id: roleId,
    name,
    holders: having.get(roleId) ?? new Set(),
    gives: given.get(roleId) ?? new Set(),
    use,
    evidence: { sessions, lastUsedAt, use },
  }));
}
