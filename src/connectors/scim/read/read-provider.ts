/** A whole reading of a provider: users and groups, with what each group in a group implies. */
import type { ReadAccount, ReadEntitlement, ReadHolding, ReadNesting, Reading } from '../../port.ts';
import { quoted } from '../names.ts';
import type { Provider } from '../provider.ts';
import { accountOf, groupOf, userOf, type Group, type User } from './read-resources.ts';

export interface State {
  readonly users: readonly User[];
  readonly groups: readonly Group[];
}

export async function readState(provider: Provider): Promise<State> {
  const users: User[] = [];
  const groups = await readGroups(provider);
  for await (const page of provider.pages('/Users')) users.push(...page.map((one) => userOf(one, provider.at)));
  return { users, groups };
}

async function readGroups(provider: Provider): Promise<readonly Group[]> {
  const groups: Group[] = [];
  for await (const page of provider.pages('/Groups')) groups.push(...page.map((one) => groupOf(one, provider.at)));
  return groups;
}

export const entitlementOf = ({ id }: Group): string => `group:${id}`;

/** Member id → the groups it is listed in. */
function listedIn(groups: readonly Group[]): ReadonlyMap<string, readonly Group[]> {
  const found = new Map<string, Group[]>();
  for (const group of groups)
    for (const member of group.members) {
      const known = found.get(member);
      if (known === undefined) found.set(member, [group]);
      else known.push(group);
    }
  return found;
}

/** Every privileged group a member is in, through groups in groups, with the way there. A group in itself gives nobody anything. */
function* privilegedWays(
  start: readonly Group[],
  of: ReadonlyMap<string, readonly Group[]>,
  privileged: ReadonlySet<string>,
): Generator<readonly Group[]> {
  const seen = new Set<string>();
  const waiting: (readonly Group[])[] = start.map((group) => [group]);
  for (let way = waiting.shift(); way !== undefined; way = waiting.shift()) {
    const last = way.at(-1);
    if (last === undefined || seen.has(last.id)) continue;
    seen.add(last.id);
    if (privileged.has(last.name.toLowerCase())) yield way;
    for (const outer of of.get(last.id) ?? []) waiting.push([...way, outer]);
  }
}

/** Why somebody is privileged. */
function becauseOf(
  one: User,
  of: ReadonlyMap<string, readonly Group[]>,
  provider: Provider,
): ReadAccount['privilegedBecause'] {
  const { privilegedGroups, privilegedRoles } = provider.settings;
  const groups = new Set(privilegedGroups.map((name) => name.toLowerCase()));
  const roles = new Set(privilegedRoles.map((name) => name.toLowerCase()));
  return [
    ...[...privilegedWays(of.get(one.id) ?? [], of, groups)].map((way) => ({
      reason: 'member of a privileged group',
      evidence: way.map(({ name }) => name).join(' in '),
    })),
    ...one.roles
      .filter((value) => roles.has(value.toLowerCase()))
      .map((value) => ({ reason: 'holds a privileged role', evidence: `roles: ${value}` })),
  ];
}

export function buildReading({ users, groups }: State, provider: Provider): Reading {
  const of = listedIn(groups);
  const privilegedNames = new Set(provider.settings.privilegedGroups.map((name) => name.toLowerCase()));
  const privilegedRoles = new Set(provider.settings.privilegedRoles.map((name) => name.toLowerCase()));
  const roles = [...new Set(users.flatMap((one) => one.roles))].toSorted();
  const entitlements: ReadEntitlement[] = [
    ...groups.map((group) => ({
      nativeId: entitlementOf(group),
      kind: 'group',
      name: group.name,
      privileged: [...privilegedWays([group], of, privilegedNames)].length > 0,
      attributes: {},
    })),
    ...roles.map((value) => ({
      nativeId: `role:${value}`,
      kind: 'role',
      name: value,
      privileged: privilegedRoles.has(value.toLowerCase()),
      attributes: {},
    })),
  ];
  const known = new Set(groups.map(({ id }) => id));
  const nesting: ReadNesting[] = groups.flatMap((outer) =>
    outer.members
      .filter((id) => known.has(id) && id !== outer.id)
      .map((id) => ({ parent: `group:${id}`, child: entitlementOf(outer) })),
  );
  const holdings: ReadHolding[] = users.flatMap((one) =>
    heldBy(one, of).map((entitlement) => ({ account: one.userName, entitlement })),
  );
  return {
    accounts: users.map((one) => accountOf(one, provider.settings, becauseOf(one, of, provider))),
    entitlements,
    holdings,
    nesting,
  };
}

const heldBy = (one: User, of: ReadonlyMap<string, readonly Group[]>): readonly string[] => [
  ...(of.get(one.id) ?? []).map(entitlementOf),
  ...one.roles.map((value) => `role:${value}`),
];

/** The user of exactly that name. A name in another case is another spelling of somebody, and nobody by that name. */
export async function findUser(provider: Provider, userName: string): Promise<User | undefined> {
  for await (const page of provider.pages('/Users', `userName eq ${quoted(userName)}`)) {
    const found = page.map((one) => userOf(one, provider.at)).find((one) => one.userName === userName);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** One account with what it holds directly. Groups are read whole: not every provider can be asked for those of a member. */
export async function readOne(
  provider: Provider,
  userName: string,
): Promise<{ readonly account: ReadAccount; readonly holdings: readonly string[] } | undefined> {
  const one = await findUser(provider, userName);
  if (one === undefined) return undefined;
  const of = listedIn(await readGroups(provider));
  return { account: accountOf(one, provider.settings, becauseOf(one, of, provider)), holdings: heldBy(one, of) };
}
