/** Turns a cluster's state into the reading every connector gives. */
import type { AccountLook, ReadAccount, ReadEntitlement, Reading } from '../port.ts';
import type { ClusterState, Membership, Role } from './cluster-state.ts';
import { attributes } from './names.ts';
import { reasonsByRole } from './privilege.ts';

export function buildReading(state: ClusterState): Reading {
  const reasons = reasonsByRole(state);
  const accounts = [...state.roles.values()].filter((role) => role.isAccount);
  const groups = [...state.roles.values()].filter((role) => isEntitlement(role, state));
  const open = state.grants.some((grant) => grant.grantee === 'public');
  return {
    accounts: accounts.map((role) => accountOf(role, state, reasons.get(role.name) ?? [])),
    entitlements: [
      ...attributes.map(attributeEntitlement),
      ...groups.map((role) => roleEntitlement(role, reasons.get(role.name) ?? [])),
      ...(open ? [publicEntitlement] : []),
      ...adminEntitlements(state, reasons),
      ...grantEntitlements(state),
    ],
    holdings: accounts.flatMap((role) =>
      holdingsOf(role, state).map((entitlement) => ({ account: role.name, entitlement })),
    ),
    nesting: [
      ...groups.flatMap((role) =>
        heldDirectly(role, state)
          .filter((child) => child !== 'attribute:login')
          .map((child) => ({ parent: `role:${role.name}`, child })),
      ),
      ...grantsOf('public', state).map((child) => ({ parent: 'role:public', child })),
    ],
  };
}

/** Looks at accounts one by one, each as {@link buildReading} gives it. */
export function readOnes(state: ClusterState): (name: string) => AccountLook {
  const reasons = reasonsByRole(state);
  return (name) => {
    const role = state.roles.get(name);
    if (role?.isAccount !== true) return undefined;
    return { account: accountOf(role, state, reasons.get(name) ?? []), holdings: holdingsOf(role, state) };
  };
}

const holdingsOf = (role: Role, state: ClusterState): readonly string[] => [
  ...heldDirectly(role, state),
  ...(state.grants.some((grant) => grant.grantee === 'public') ? ['role:public'] : []),
];

/** Attributes, memberships and table grants of the role itself. */
export function heldDirectly(role: Role, state: ClusterState): readonly string[] {
  const memberships = state.memberships.filter((one) => one.member === role.name);
  return [
    ...attributes.filter((attribute) => role.attributes.has(attribute)).map((attribute) => `attribute:${attribute}`),
    ...new Set(memberships.filter((one) => one.has).map((one) => `role:${one.role}`)),
    ...new Set(memberships.filter((one) => one.admin).map((one) => `role-admin:${one.role}`)),
    ...grantsOf(role.name, state),
  ];
}

const grantsOf = (grantee: string, state: ClusterState): readonly string[] =>
  state.grants.filter((grant) => grant.grantee === grantee).map((grant) => grant.entitlement);

/** Groups, and accounts that others are members of. */
const isEntitlement = (role: Role, state: ClusterState): boolean =>
  !role.isAccount || state.memberships.some((one) => one.role === role.name && one.has);

function accountOf(role: Role, state: ClusterState, privilegedBecause: ReadAccount['privilegedBecause']): ReadAccount {
  const owned = state.owned.filter((thing) => thing.owner === role.name);
  return {
    nativeId: role.name,
    name: role.name,
    state: role.attributes.has('login') ? 'active' : 'locked',
    kind: kindOf(role),
    attributes: {
      oid: role.oid,
      attributes: [...role.attributes],
      inherits: role.inherits,
      connectionLimit: role.connectionLimit,
      password: role.password,
      comment: role.comment,
      ...(role.validUntil === undefined ? {} : { passwordValidUntil: role.validUntil }),
      databasesOwned: owned.filter((thing) => thing.what === 'database').map((thing) => thing.name),
      schemasOwned: owned.filter((thing) => thing.what === 'schema').map((thing) => thing.name),
      tablesOwned: state.tablesOwned.get(role.name) ?? 0,
      grantable: state.grants
        .filter((grant) => grant.grantee === role.name && grant.grantable)
        .map((grant) => grant.entitlement),
    },
    privilegedBecause,
    // PostgreSQL keeps no last login: lastUsedAt stays unknown.
  };
}

/** A first guess from the name; a person or a rule confirms it in the graph. */
function kindOf(role: Role): ReadAccount['kind'] {
  if (/^(?:postgres|admin|administrator|root|dba|ops|shared|guest|test)[0-9]*$/u.test(role.name)) return 'shared';
  return /^(?:svc|srv|service|app|sa|bot|backup|replica(?:tor|tion)?)(?:[-_.0-9]|$)/u.test(role.name)
    ? 'service'
    : 'unknown';
}

const attributeEntitlement = (attribute: string): ReadEntitlement => ({
  nativeId: `attribute:${attribute}`,
  kind: 'attribute',
  name: attribute,
  privileged: attribute !== 'login' && attribute !== 'createdb',
  attributes: {},
});

const roleEntitlement = (role: Role, reasons: ReadAccount['privilegedBecause']): ReadEntitlement => ({
  nativeId: `role:${role.name}`,
  kind: 'role',
  name: role.name,
  privileged: reasons.length > 0,
  stableId: `oid:${role.oid}`,
  attributes: {
    oid: role.oid,
    comment: role.comment,
    predefined: role.name.startsWith('pg_'),
    privilegedBecause: reasons,
  },
});

const publicEntitlement: ReadEntitlement = {
  nativeId: 'role:public',
  kind: 'role',
  name: 'PUBLIC (everybody)',
  privileged: false,
  attributes: {},
};

function adminEntitlements(
  state: ClusterState,
  reasons: ReadonlyMap<string, ReadAccount['privilegedBecause']>,
): readonly ReadEntitlement[] {
  const withAdmin = new Set(state.memberships.filter((one: Membership) => one.admin).map((one) => one.role));
  return [...withAdmin].map((role) => ({
    nativeId: `role-admin:${role}`,
    kind: 'role_admin',
    name: `may give ${role} to others`,
    privileged: (reasons.get(role)?.length ?? 0) > 0,
    attributes: {},
  }));
}

function grantEntitlements(state: ClusterState): readonly ReadEntitlement[] {
  const ids = [...new Set(state.grants.map((grant) => grant.entitlement))].sort();
  return ids.map((nativeId) => {
    const [what = '', privilege = ''] = [
      nativeId.slice(6, nativeId.lastIndexOf(':')),
      nativeId.slice(nativeId.lastIndexOf(':') + 1),
    ];
    return {
      nativeId,
      kind: 'grant',
      name: `${privilege.toLowerCase()} on ${what}`,
      privileged: false,
      attributes: { database: state.database },
    };
  });
}
