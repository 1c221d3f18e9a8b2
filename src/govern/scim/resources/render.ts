import type { Tx } from '#kit/db/index.ts';
import { etagOf, type ResourceRow } from '../model.ts';
import { isObject, type Json, type JsonObject } from '../schema/json.ts';
import { GROUPS, USERS, type ResourceKind } from '../schema/resource-kind.ts';
import { isShown, shapeResource, type Projection } from '../schema/shape-resource.ts';
import { ENTERPRISE_USER } from '../schema/user.ts';
import { groupsOf } from './members.ts';
import { readMembers } from './store.ts';

/** How an answer is written: what it shows, and where Reeve's SCIM is, without a slash at the end. */
export interface Rendering {
  readonly base: string;
  readonly projection: Projection;
}

const kindOf = (row: ResourceRow): ResourceKind => (row.type === 'User' ? USERS : GROUPS);

/** Resources as clients see them, in the order given. Groups and members are gathered for all at once, and only when shown. */
export async function renderRows(tx: Tx, rows: readonly ResourceRow[], how: Rendering): Promise<readonly JsonObject[]> {
  const idsOf = (kind: ResourceKind): string[] => rows.filter((r) => r.type === kind.name).map((r) => r.id);
  const users = isShown(USERS, how.projection, 'groups') ? await groupsOf(tx, idsOf(USERS)) : [];
  const groupsByUser = new Map<string, Json[]>();
  for (const g of users) {
    const list = groupsByUser.get(g.userId) ?? [];
    list.push({
      value: g.groupId,
      $ref: `${how.base}/Groups/${g.groupId}`,
      display: g.name,
      type: g.direct ? 'direct' : 'indirect',
    });
    groupsByUser.set(g.userId, list);
  }
  const groups = idsOf(GROUPS);
  const members =
    groups.length > 0 && isShown(GROUPS, how.projection, 'members') ? await readMembers(tx, groups) : new Map();
  return rows.map((row) => {
    const more: Record<string, Json> = {};
    const inGroups = groupsByUser.get(row.id);
    if (inGroups !== undefined) more['groups'] = inGroups;
    const has = members.get(row.id) as readonly Json[] | undefined;
    if (has !== undefined) more['members'] = has.map((m) => withReference(m, how.base));
    return shapeResource(kindOf(row), documentOf(row, more, how.base), how.projection);
  });
}

export const renderRow = async (tx: Tx, row: ResourceRow, how: Rendering): Promise<JsonObject> =>
  (await renderRows(tx, [row], how))[0] ?? {};

export const locationOf = (row: Pick<ResourceRow, 'type' | 'id'>, base: string): string =>
  `${base}/${row.type}s/${row.id}`;

function withReference(member: Json, base: string): Json {
  if (!isObject(member) || typeof member['type'] !== 'string') return member;
  return { ...member, $ref: `${base}/${member['type']}s/${String(member['value'])}` };
}

function documentOf(row: ResourceRow, more: Readonly<Record<string, Json>>, base: string): JsonObject {
  const { schemas, ...rest } = row.body;
  const body: Record<string, Json> = { ...rest };
  const enterprise = body[ENTERPRISE_USER.id];
  const manager = isObject(enterprise) ? enterprise['manager'] : undefined;
  if (isObject(enterprise) && isObject(manager) && typeof manager['value'] === 'string')
    body[ENTERPRISE_USER.id] = {
      ...enterprise,
      manager: { ...manager, $ref: `${base}/Users/${encodeURIComponent(manager['value'])}` },
    };
  return {
    schemas: schemas ?? [kindOf(row).schema.id],
    id: row.id,
    ...body,
    ...more,
    meta: {
      resourceType: row.type,
      created: row.createdAt.toISOString(),
      lastModified: row.changedAt.toISOString(),
      location: locationOf(row, base),
      version: etagOf(row.version),
    },
  };
}
