import { sql, type Tx } from '#kit/db/index.ts';
import { fold, isObject, type Json } from '../schema/json.ts';

/** What a change of a group does to who is in it. */
export interface MemberChange {
  readonly put: readonly { readonly value: string; readonly display: string | null }[];
  readonly gone: readonly string[];
}

const UUID = '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$';

const byValue = (members: Json | undefined): Map<string, string | null> =>
  new Map(
    (Array.isArray(members) ? (members as readonly Json[]) : []).flatMap((m) =>
      isObject(m) && typeof m['value'] === 'string'
        ? [[m['value'], typeof m['display'] === 'string' ? m['display'] : null] as const]
        : [],
    ),
  );

/** The difference between two lists of members. */
export function differingMembers(before: Json | undefined, after: Json | undefined): MemberChange {
  const [was, is] = [byValue(before), byValue(after)];
  return {
    put: [...is].flatMap(([value, display]) =>
      !was.has(value) || (display !== null && was.get(value) !== display) ? [{ value, display }] : [],
    ),
    gone: [...was.keys()].filter((value) => !is.has(value)),
  };
}

/**
 * Writes it, and returns the users and groups that are in the group now and were not, or the other way round. A value
 * that is nobody of the source is kept as it was given.
 */
export async function changeMembers(
  tx: Tx,
  group: { readonly id: string; readonly sourceId: string },
  change: MemberChange,
): Promise<readonly string[]> {
  const put = change.put.map((m) => ({ ...m, display_key: m.display === null ? null : fold(m.display) }));
  const came = await tx.many<{ resourceId: string | null; fresh: boolean }>(sql`
    insert into scim_member as m (group_id, value, resource_id, display, display_key)
    select ${group.id}::uuid, p.value, r.id, p.display, p.display_key
      from jsonb_to_recordset(${sql.json(put)}::jsonb) as p(value text, display text, display_key text)
      left join scim_resource r on r.id = case when p.value ~ ${UUID} then p.value::uuid end and r.source_id = ${group.sourceId} and r.deleted_at is null
       and r.id <> ${group.id}
    on conflict on constraint scim_member_pk do update set display = excluded.display, display_key = excluded.display_key
    returning m.resource_id, m.xmax = 0 as fresh`);
  const left = await tx.many<{ resourceId: string | null }>(sql`
    delete from scim_member m where m.group_id = ${group.id} and m.value = any(${[...change.gone]}::text[])
    returning m.resource_id`);
  const touched = [...came.filter((c) => c.fresh), ...left].flatMap((m) => m.resourceId ?? []);
  return [...new Set(touched)];
}

/** A resource whose id was named before it was there is now the member it was named as. */
export const linkMembers = async (tx: Tx, sourceId: string, id: string): Promise<void> => {
  await tx.run(sql`
    update scim_member m set resource_id = ${id}
      from scim_resource g
     where g.id = m.group_id and g.source_id = ${sourceId} and m.value = ${id} and m.resource_id is null and m.group_id <> ${id}`);
};

/** The users reached from these users and groups, through groups in groups. */
export const usersWithin = async (tx: Tx, ids: readonly string[]): Promise<readonly string[]> =>
  ids.length === 0
    ? []
    : (
        await tx.many<{ id: string }>(sql`
          with recursive down(id) as (
            select unnest(${[...ids]}::uuid[])
            union select m.resource_id from down join scim_member m on m.group_id = down.id where m.resource_id is not null)
          select r.id from down join scim_resource r on r.id = down.id where r.type = 'User' and r.deleted_at is null`)
      ).map((r) => r.id);

/** A group a user is in. */
export interface GroupOf {
  readonly userId: string;
  readonly groupId: string;
  readonly name: string;
  readonly direct: boolean;
}

/** The groups of users, through groups in groups. */
export const groupsOf = async (tx: Tx, userIds: readonly string[]): Promise<readonly GroupOf[]> =>
  userIds.length === 0
    ? []
    : await tx.many<GroupOf>(sql`
        with recursive up(user_id, id, direct) as (
          select m.resource_id, m.group_id, true from scim_member m where m.resource_id = any(${[...userIds]}::uuid[])
          union select up.user_id, m.group_id, false from up join scim_member m on m.resource_id = up.id)
        select up.user_id, g.id as group_id, g.body->>'displayName' as name, bool_or(up.direct) as direct
          from up join scim_resource g on g.id = up.id group by up.user_id, g.id order by up.user_id, g.id`);
