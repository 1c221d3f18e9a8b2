/** Decides, from a cluster's state alone, what a change needs there: preview and apply both come from here, so they cannot differ. */
import { TargetError, type Change, type ChangePreview } from '../port.ts';
import { heldDirectly } from './build-reading.ts';
import { lockMark, type ClusterState, type Role } from './cluster-state.ts';
import { entitlementId, quoteName, quoteText, roleName, shown, type Attribute, type EntitlementId } from './names.ts';

/** What is known about the account beyond the catalogues a reading needs. */
export interface AccountFacts {
  readonly samePassword: boolean;
  readonly liveSessions: number;
  /** What would stand in the way of dropping the role, from pg_shdepend. */
  readonly depends: readonly {
    readonly database: string;
    readonly kind: 'owner' | 'privilege' | 'other';
    readonly count: number;
  }[];
}

export interface Plan extends ChangePreview {
  /** Statements of one transaction. */
  readonly sql: readonly string[];
  /** Afterwards, end every session of this role. */
  readonly endSessionsOf?: string;
  /** Afterwards, in each of these databases, withdraw the role's privileges; then drop the role. */
  readonly drop?: { readonly role: string; readonly databases: readonly string[] };
}

/** Checks everything in a change that is a name, before anything is sent to the target. */
export function checkNames(change: Change): void {
  roleName(change.account);
  if (change.do === 'grant' || change.do === 'revoke') entitlementId(change.entitlement);
  if (change.do === 'set_keys') throw new TargetError('unsupported', 'a PostgreSQL server knows no public keys');
  if (change.do === 'set_attributes')
    throw new TargetError('unsupported', 'a PostgreSQL server keeps no facts of a person');
}

/** `verifier` is what set_password stores. Throws TargetError `refused` for what this cluster's state forbids. */
export function planChange(state: ClusterState, change: Change, facts: AccountFacts, verifier = ''): Plan {
  checkNames(change);
  const name = change.account;
  const role = state.roles.get(name);
  const who = `${shown(name)} on ${state.database}`;
  if (change.do === 'create_account') {
    if (role && !role.isAccount)
      throw new TargetError('refused', `there is a group role ${who} already; choose another account name`);
    if (role) return done(`create account ${who}`);
    const comment = change.fullName.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
    return todo(`create account ${who}`, [
      `create role ${quoteName(name)} login`,
      `comment on role ${quoteName(name)} is ${quoteText(comment)}`,
    ]);
  }
  if (!role?.isAccount) {
    if (change.do === 'lock_account' || change.do === 'delete_account' || change.do === 'revoke') {
      return done(`${change.do.replace('_', ' ')} ${who}: there is no such account`);
    }
    throw new TargetError('refused', `there is no account ${who}`);
  }
  switch (change.do) {
    case 'lock_account':
      guard(role, state, 'locking');
      return lock(role, facts, `lock ${who}`);
    case 'unlock_account':
      return role.attributes.has('login') ? done(`unlock ${who}`) : todo(`unlock ${who}`, unlockSql(role));
    case 'delete_account':
      guard(role, state, 'deleting');
      return remove(role, state, facts, `delete account ${who}`);
    case 'set_password':
      return facts.samePassword
        ? done(`set the password of ${who}`)
        : todo(`set the password of ${who}`, [`alter role ${quoteName(name)} password ${quoteText(verifier)}`]);
    case 'grant':
    case 'revoke':
      return planEntitlement(role, state, change, facts);
    case 'set_keys':
      throw new TargetError('unsupported', 'a PostgreSQL server knows no public keys');
    case 'set_attributes':
      throw new TargetError('unsupported', 'a PostgreSQL server keeps no facts of a person');
  }
}

function planEntitlement(
  role: Role,
  state: ClusterState,
  change: Extract<Change, { do: 'grant' | 'revoke' }>,
  facts: AccountFacts,
): Plan {
  const granting = change.do === 'grant';
  const id = entitlementId(change.entitlement);
  const summary = `${granting ? 'give' : 'take'} ${shown(change.entitlement)} ${granting ? 'to' : 'from'} ${shown(role.name)} on ${state.database}`;
  if (!granting) guard(role, state, 'taking rights from');
  if (heldDirectly(role, state).includes(change.entitlement) === granting) return done(summary);
  if (id.kind === 'attribute' && id.attribute === 'login')
    return granting ? todo(summary, unlockSql(role)) : lock(role, facts, summary);
  return todo(summary, granting ? grantSql(role, id, state) : revokeSql(role, id, state));
}

function grantSql(role: Role, id: EntitlementId, state: ClusterState): readonly string[] {
  const to = quoteName(role.name);
  switch (id.kind) {
    case 'attribute':
      return [`alter role ${to} ${id.attribute}`];
    case 'role':
      if (!state.roles.has(id.role))
        throw new TargetError('refused', `there is no role ${shown(id.role)} on ${state.database}`);
      return [`grant ${quoteName(id.role)} to ${to}${id.admin ? ' with admin option' : ''}`];
    case 'grant':
      return [`grant ${id.privilege} on ${tables(id)} to ${to}`];
  }
}

function revokeSql(role: Role, id: EntitlementId, state: ClusterState): readonly string[] {
  const from = quoteName(role.name);
  switch (id.kind) {
    case 'attribute':
      return [`alter role ${from} ${noAttribute(id.attribute)}`];
    case 'role': {
      const what = `${id.admin ? 'admin option for ' : ''}${quoteName(id.role)} from ${from}`;
      // Since PostgreSQL 16 each grantor's membership stands by itself, and a bare revoke takes only one's own.
      const rows = state.memberships.filter(
        (one) => one.role === id.role && one.member === role.name && (!id.admin || one.admin),
      );
      return state.version < 160_000
        ? [`revoke ${what}`]
        : rows.map((one) => `revoke ${what} granted by ${quoteName(one.grantor)}`);
    }
    case 'grant':
      return [`revoke ${id.privilege} on ${tables(id)} from ${from}`];
  }
}

const noAttribute = (attribute: Attribute): string => `no${attribute}`;

const tables = (id: Extract<EntitlementId, { kind: 'grant' }>): string =>
  id.table === undefined
    ? `all tables in schema ${quoteName(id.schema)}`
    : `table ${quoteName(id.schema)}.${quoteName(id.table)}`;

/** The role keeps its password, memberships and grants: only the way in is closed, and what is open ends. */
function lock(role: Role, facts: AccountFacts, summary: string): Plan {
  const open = role.attributes.has('login');
  if (!open && facts.liveSessions === 0) return done(summary);
  return { ...todo(summary, open ? lockSql(role) : []), endSessionsOf: role.name };
}

const lockSql = (role: Role): readonly string[] => [
  `alter role ${quoteName(role.name)} nologin`,
  `comment on role ${quoteName(role.name)} is ${quoteText(`${role.comment} ${lockMark}`.trimStart())}`,
];

const unlockSql = (role: Role): readonly string[] => [
  `alter role ${quoteName(role.name)} login`,
  `comment on role ${quoteName(role.name)} is ${role.comment === '' ? 'null' : quoteText(role.comment)}`,
];

/** Never drops what the role owns: that is somebody's data, and a person decides who gets it. */
function remove(role: Role, state: ClusterState, facts: AccountFacts, summary: string): Plan {
  const obstacles = facts.depends.filter((found) => found.kind !== 'privilege');
  if (obstacles.length > 0) {
    const list = obstacles
      .map(
        ({ database, kind, count }) =>
          `${count} ${kind === 'owner' ? 'owned objects' : 'row policies or tablespaces'} in ${database === '' ? 'the cluster' : database}`,
      )
      .join(', ');
    throw new TargetError(
      'refused',
      `${shown(role.name)} cannot be deleted: ${list}; hand them over first (reassign owned by ${quoteName(role.name)} to …)`,
    );
  }
  // Privileges on things of the whole cluster, which have no database, go with those of the database at hand.
  const databases = [
    ...new Set(facts.depends.map((found) => (found.database === '' ? state.database : found.database))),
  ];
  return { ...todo(summary, lockSql(role)), endSessionsOf: role.name, drop: { role: role.name, databases } };
}

/** Refuses what would shut Reeve out, and the deletion of the role the cluster was made with. */
function guard(role: Role, state: ClusterState, doing: string): void {
  if (role.name === state.management) {
    throw new TargetError(
      'refused',
      `${shown(role.name)} is the role Reeve manages ${state.database} with; ${doing} it could shut Reeve out`,
    );
  }
  if (role.oid === '10' && doing === 'deleting') {
    throw new TargetError(
      'refused',
      `${shown(role.name)} is the role the cluster was made with; PostgreSQL cannot delete it, lock it instead`,
    );
  }
}

const done = (summary: string): Plan => ({ summary, needed: false, sql: [] });
const todo = (summary: string, sql: readonly string[]): Plan => ({ summary, needed: true, sql });
