/** Why a role is privileged: its own attributes, what it owns, and what it can become through its memberships, with the path. */
import type { ReadAccount } from '../port.ts';
import type { ClusterState, Role } from './cluster-state.ts';
import type { Attribute } from './names.ts';

type Because = ReadAccount['privilegedBecause'][number];

const attributeReasons: ReadonlyMap<Attribute, string> = new Map([
  ['superuser', 'is a superuser: no check applies'],
  ['createrole', 'may create and change roles'],
  ['replication', 'may copy the whole cluster by replication'],
  ['bypassrls', 'bypasses row-level security'],
]);

/** Predefined roles that reach beyond ordinary tables (PostgreSQL docs, "Predefined Roles"). */
const predefinedReasons: ReadonlyMap<string, string> = new Map([
  ['pg_execute_server_program', "runs programs on the server as the server's own user"],
  ['pg_read_server_files', 'reads any file the server can read'],
  ['pg_write_server_files', 'writes any file the server can write'],
  ['pg_read_all_data', 'reads every table'],
  ['pg_write_all_data', 'writes every table'],
  ['pg_signal_backend', "ends other people's sessions"],
  ['pg_create_subscription', 'subscribes this cluster to another'],
]);

/** Reasons by role name. Membership always counts, since a member may `set role`, inherit or give itself the rest. */
export function reasonsByRole(state: ClusterState): ReadonlyMap<string, readonly Because[]> {
  const parents = new Map<string, string[]>();
  for (const { member, role } of state.memberships) parents.set(member, [...(parents.get(member) ?? []), role]);
  const own = new Map([...state.roles.values()].map((role) => [role.name, ownReasons(role, state)]));
  return new Map([...state.roles.keys()].map((name) => [name, reached(name, parents, own)]));
}

function ownReasons(role: Role, state: ClusterState): readonly Because[] {
  const predefined = predefinedReasons.get(role.name);
  return [
    ...[...attributeReasons]
      .filter(([attribute]) => role.attributes.has(attribute))
      .map(([attribute, reason]) => ({ reason, evidence: `role ${role.name}: ${attribute}` })),
    ...(predefined === undefined ? [] : [{ reason: predefined, evidence: `predefined role ${role.name}` }]),
    ...state.owned
      .filter((thing) => thing.what === 'database' && thing.owner === role.name)
      .map((thing) => ({ reason: `owns database ${thing.name}`, evidence: `owner of ${thing.name} is ${role.name}` })),
  ];
}

/** Breadth first, so that each reason comes with its shortest path. */
function reached(
  start: string,
  parents: ReadonlyMap<string, readonly string[]>,
  own: ReadonlyMap<string, readonly Because[]>,
): readonly Because[] {
  const found: Because[] = [];
  const seen = new Set([start]);
  const queue: (readonly string[])[] = [[start]];
  for (let path = queue.shift(); path; path = queue.shift()) {
    const at = path.at(-1) ?? start;
    for (const { reason, evidence } of own.get(at) ?? []) {
      found.push(
        path.length === 1
          ? { reason, evidence }
          : { reason: `through ${at}: ${reason}`, evidence: `${path.join(' → ')}; ${evidence}` },
      );
    }
    for (const next of parents.get(at) ?? []) {
      if (seen.has(next)) continue;
      seen.add(next);
      queue.push([...path, next]);
    }
  }
  return found;
}
