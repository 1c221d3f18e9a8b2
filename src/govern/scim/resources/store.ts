import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import type { ResourceRow } from '../model.ts';
import { foldBody } from '../schema/fold-body.ts';
import { fold, type Body, type Json, type JsonObject } from '../schema/json.ts';
import type { ResourceKind } from '../schema/resource-kind.ts';

export const rowColumns: Sql = sql`r.id, r.type, r.version, r.created_at, r.changed_at, r.identity_id, r.name_key, r.body`;

/** The name a resource is found by, in the form it is compared in. */
export const nameKeyOf = (kind: ResourceKind, body: Body): string =>
  fold(String(body[kind.name === 'User' ? 'userName' : 'displayName'] ?? ''));

const isId = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);

/** A resource of the source that is there; held against other writers when asked for. */
export const findRow = async (
  tx: Tx,
  at: { readonly sourceId: string; readonly type: string; readonly id: string; readonly lock?: boolean },
): Promise<ResourceRow | undefined> =>
  isId(at.id)
    ? await tx.maybe<ResourceRow>(sql`
        select ${rowColumns} from scim_resource r
         where r.id = ${at.id} and r.source_id = ${at.sourceId} and r.type = ${at.type} and r.deleted_at is null
         ${at.lock === true ? sql`for no key update` : sql``}`)
    : undefined;

/** Whether another user of the source that is there has this userName. */
export const isNameTaken = async (tx: Tx, sourceId: string, nameKey: string, but?: string): Promise<boolean> =>
  (
    await tx.one<{ taken: boolean }>(sql`
      select exists (select from scim_resource r
                      where r.source_id = ${sourceId} and r.type = 'User' and r.name_key = ${nameKey} and r.deleted_at is null
                        and r.id is distinct from ${but ?? null}::uuid) as taken`)
  ).taken;

export async function insertRow(
  tx: Tx,
  kind: ResourceKind,
  row: { readonly id: string; readonly sourceId: string; readonly identityId: string | null; readonly body: Body },
): Promise<ResourceRow> {
  const { body } = row;
  return await tx.one<ResourceRow>(sql`
    insert into scim_resource as r (id, source_id, type, created_at, changed_at, name_key, external_id, identity_id, body, folded)
    values (${row.id}, ${row.sourceId}, ${kind.name}, ${tx.now}, ${tx.now}, ${nameKeyOf(kind, body)},
            ${externalIdOf(body)}, ${row.identityId}, ${sql.json(body)}::jsonb, ${sql.json(foldBody(kind, body))}::jsonb)
    returning ${rowColumns}`);
}

/** Writes another version. */
export const updateRow = async (tx: Tx, kind: ResourceKind, id: string, body: Body): Promise<ResourceRow> =>
  await tx.one<ResourceRow>(sql`
    update scim_resource r set version = r.version + 1, changed_at = greatest(r.changed_at, ${tx.now}::timestamptz),
           name_key = ${nameKeyOf(kind, body)}, external_id = ${externalIdOf(body)}, body = ${sql.json(body)}::jsonb,
           folded = ${sql.json(foldBody(kind, body))}::jsonb
     where r.id = ${id} returning ${rowColumns}`);

/** A user is gone, and from their groups; only what tells them when they come back is kept. */
export async function buryUser(tx: Tx, id: string): Promise<void> {
  await tx.run(sql`
    update scim_resource r set version = r.version + 1, changed_at = greatest(r.changed_at, ${tx.now}::timestamptz)
     where r.id in (select m.group_id from scim_member m where m.resource_id = ${id})`);
  await tx.run(sql`delete from scim_member where resource_id = ${id}`);
  await tx.run(sql`
    update scim_resource set deleted_at = ${tx.now}, body = '{}', folded = '{}' where id = ${id}`);
}

export async function deleteGroup(tx: Tx, id: string): Promise<void> {
  await tx.run(sql`delete from scim_member where group_id = ${id} or resource_id = ${id}`);
  await tx.run(sql`delete from scim_resource where id = ${id}`);
}

/** Who of those deleted before is back: same userName and one more thing the same, or both externalId and mail. Never guessed. */
export async function findReturning(
  tx: Tx,
  sourceId: string,
  wanted: {
    readonly nameKey: string;
    readonly externalId: string | null;
    readonly email: string | null;
    readonly displayName: string;
  },
): Promise<{ readonly id: string; readonly identityId: string } | undefined> {
  const found = await tx.many<{ id: string; identityId: string; byName: boolean }>(sql`
    select r.id, r.identity_id, r.name_key = ${wanted.nameKey} as by_name
      from scim_resource r join identity_facts f on f.identity_id = r.identity_id
       and f.valid_from <= ${tx.now} and (f.valid_to is null or f.valid_to > ${tx.now})
     where r.source_id = ${sourceId} and r.type = 'User' and r.deleted_at is not null
       and (r.name_key = ${wanted.nameKey}
            and (r.external_id = ${wanted.externalId} or lower(f.email) = lower(${wanted.email})
                 or f.email is null and lower(f.display_name) = lower(${wanted.displayName}))
            or r.external_id = ${wanted.externalId} and lower(f.email) = lower(${wanted.email}))
     order by by_name desc, r.deleted_at desc, r.id`);
  const [first, second] = found;
  if (first === undefined || first.byName) return first;
  return second === undefined ? first : undefined;
}

/** A user who is back is told by their new resource from now on. */
export const forgetBuried = async (tx: Tx, id: string): Promise<void> => {
  await tx.run(sql`delete from scim_resource where id = ${id} and deleted_at is not null`);
};

const externalIdOf = (body: Body): string | null =>
  typeof body['externalId'] === 'string' ? body['externalId'] : null;

/** A member as a group's document has them. */
export interface MemberRow {
  readonly value: string;
  readonly display: string | null;
  readonly type: 'User' | 'Group' | null;
}

export const memberJson = (m: MemberRow): JsonObject => ({
  value: m.value,
  ...(m.type === null ? {} : { type: m.type }),
  ...(m.display === null ? {} : { display: m.display }),
});

/** Members of groups, by group; those of certain values only, where these are given. */
export async function readMembers(
  tx: Tx,
  groupIds: readonly string[],
  only?: readonly string[],
): Promise<ReadonlyMap<string, readonly Json[]>> {
  const rows = await tx.many<MemberRow & { groupId: string }>(sql`
    select m.group_id, m.value, coalesce(m.display, r.body->>'displayName', r.body->>'userName') as display, r.type
      from scim_member m left join scim_resource r on r.id = m.resource_id
     where m.group_id = any(${[...groupIds]}::uuid[])
       and ${only === undefined ? sql`true` : sql`m.value = any(${[...only]}::text[])`}
     order by m.group_id, m.value`);
  const byGroup = new Map<string, Json[]>();
  for (const { groupId, ...member } of rows) {
    const list = byGroup.get(groupId) ?? [];
    list.push(memberJson(member));
    byGroup.set(groupId, list);
  }
  return byGroup;
}
