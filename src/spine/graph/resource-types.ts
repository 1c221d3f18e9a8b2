import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import type { CedarType, CedarValue, ResourceType } from '#spine/operations/index.ts';
import { isUuid } from './is-uuid.ts';
import { loadPrincipals } from './load-principal.ts';
import { principalsLast } from './principals-last.ts';

type Attributes = Record<string, CedarValue>;

const STRING: CedarType = { type: 'String', required: true };
const BOOLEAN: CedarType = { type: 'Boolean', required: true };
const identity = (required: boolean): CedarType => ({ type: 'Entity', name: 'Identity', required });
const ref = (type: string, id: string): CedarValue => ({ entity: { type, id } });

/** Whatever was asked about; what is no id is no row. */
const uuids = (ids: readonly string[]): string[] => ids.filter(isUuid);

/** Leaves out what is null: an optional attribute is absent, never null. */
const present = (attributes: Record<string, CedarValue | null | undefined>): Attributes =>
  Object.fromEntries(
    Object.entries(attributes).filter((e): e is [string, CedarValue] => e[1] !== null && e[1] !== undefined),
  );

const personOf = (id: string | null): CedarValue | null => (id === null ? null : ref('Identity', id));

/** Loads rows in one statement and turns each into attributes by its id. */
async function loadBy<R extends { readonly id: string }>(
  tx: Tx,
  query: Sql,
  toAttributes: (row: R) => Attributes,
): Promise<ReadonlyMap<string, Attributes>> {
  const rows = await tx.many<R>(query);
  return new Map(rows.map((row) => [row.id, toAttributes(row)]));
}

export const identityType: ResourceType = {
  type: 'Identity',
  attributes: {
    kind: STRING,
    state: STRING,
    department: { type: 'String', required: false },
    manager: identity(false),
    owner: identity(false),
    roles: { type: 'Set', element: { type: 'String' }, required: true },
    folders: { type: 'Set', element: { type: 'String' }, required: true },
  },
  lasts: principalsLast,
  load: async (tx, ids) => {
    const found = await loadPrincipals(tx, ids);
    return new Map(
      found.map((p) => [
        p.id,
        present({
          kind: p.kind,
          // nobody who is locked is active for a policy; one that does not ask is overruled by locks.who_is_locked_does_nothing
          state: p.locked ? 'locked' : p.state,
          department: p.department,
          manager: personOf(p.managerId),
          owner: personOf(p.ownerId),
          roles: p.roles,
          folders: p.folders,
        }),
      ]),
    );
  },
};

export const systemType: ResourceType = {
  type: 'System',
  attributes: { name: STRING, kind: STRING, owner: identity(false) },
  load: (tx, ids) =>
    loadBy<{ id: string; name: string; kind: string; ownerId: string | null }>(
      tx,
      sql`select id, name, kind, owner_id from system where id = any(${uuids(ids)}::uuid[])`,
      (r) => present({ name: r.name, kind: r.kind, owner: personOf(r.ownerId) }),
    ),
};

/** The manager of the identity in `column` now, as a subquery. */
const managerOf = (column: Sql, at: Date): Sql => sql`(
  select f.manager_id from identity_facts f
   where f.identity_id = ${column} and f.valid_from <= ${at} and (f.valid_to is null or f.valid_to > ${at}))`;

export const accountType: ResourceType = {
  type: 'Account',
  within: ['system'],
  attributes: {
    system: { type: 'Entity', name: 'System', required: true },
    privileged: BOOLEAN,
    owner: identity(false),
    manager: identity(false),
  },
  load: (tx, ids) =>
    loadBy<{ id: string; systemId: string; privileged: boolean; ownerId: string | null; managerId: string | null }>(
      tx,
      sql`select a.id, a.system_id, a.privileged, a.identity_id as owner_id,
                 ${managerOf(sql`a.identity_id`, tx.now)} as manager_id
            from account a where a.id = any(${uuids(ids)}::uuid[])`,
      (r) =>
        present({
          system: ref('System', r.systemId),
          privileged: r.privileged,
          owner: personOf(r.ownerId),
          manager: personOf(r.managerId),
        }),
    ),
};

export const entitlementType: ResourceType = {
  type: 'Entitlement',
  within: ['system'],
  attributes: {
    system: { type: 'Entity', name: 'System', required: true },
    privileged: BOOLEAN,
    risk: STRING,
    requestable: BOOLEAN,
    owner: identity(false),
    /** Whoever sees to entitlements of its system or of a tag it has. */
    stewards: { type: 'Set', element: { type: 'Entity', name: 'Identity' }, required: true },
  },
  load: (tx, ids) =>
    loadBy<{
      id: string;
      systemId: string;
      stewards: readonly string[];
      privileged: boolean;
      risk: string;
      requestable: boolean;
      ownerId: string | null;
    }>(
      tx,
      sql`select e.id, e.system_id, e.privileged, e.risk, e.requestable, e.owner_id,
                 array(select s.identity_id from entitlement_steward s where s.system_id = e.system_id or s.tag = any(e.tags)) as stewards
            from entitlement e where e.id = any(${uuids(ids)}::uuid[])`,
      (r) =>
        present({
          system: ref('System', r.systemId),
          privileged: r.privileged,
          risk: r.risk,
          requestable: r.requestable,
          owner: personOf(r.ownerId),
          stewards: r.stewards.map((id) => ref('Identity', id)),
        }),
    ),
};

export const roleType: ResourceType = {
  type: 'Role',
  attributes: { risk: STRING, requestable: BOOLEAN, owner: identity(false) },
  load: (tx, ids) =>
    loadBy<{ id: string; risk: string; requestable: boolean; ownerId: string | null }>(
      tx,
      sql`select id, risk, requestable, owner_id from role where id = any(${uuids(ids)}::uuid[])`,
      (r) => present({ risk: r.risk, requestable: r.requestable, owner: personOf(r.ownerId) }),
    ),
};

export const grantType: ResourceType = {
  type: 'Grant',
  attributes: {
    holder: identity(true),
    entitlement: { type: 'Entity', name: 'Entitlement', required: false },
    origin: STRING,
    manager: identity(false),
  },
  load: (tx, ids) =>
    loadBy<{ id: string; identityId: string; entitlementId: string | null; origin: string; managerId: string | null }>(
      tx,
      sql`select g.id, g.identity_id, g.entitlement_id, g.origin, ${managerOf(sql`g.identity_id`, tx.now)} as manager_id
            from access_grant g where g.id = any(${uuids(ids)}::uuid[])`,
      (r) =>
        present({
          holder: ref('Identity', r.identityId),
          entitlement: r.entitlementId === null ? null : ref('Entitlement', r.entitlementId),
          origin: r.origin,
          manager: personOf(r.managerId),
        }),
    ),
};

/** The Cedar entity types the graph owns. */
export const graphResources: readonly ResourceType[] = [
  identityType,
  systemType,
  accountType,
  entitlementType,
  roleType,
  grantType,
];
