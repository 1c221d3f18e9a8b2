/** Turns a host's state into the reading every connector gives. */
import type { ReadAccount, ReadEntitlement, Reading } from '../../port.ts';
import type { HostState, HostUser } from './host-state.ts';
import { ourMark } from './parse-keys.ts';
import type { GroupEntry } from './parse-passwd.ts';
import {
  actsAsRoot,
  groupPrivilege,
  hasLoginShell,
  isLocked,
  kindOf,
  mayLogIn,
  names,
  reasonsByAccount,
} from './privilege.ts';
import { commandRisks } from '../sudoers/command-risks.ts';
import { allRights, type SudoRight } from '../sudoers/resolve-rules.ts';

/** Reeve's own sudoers files: one an account, `reeve-<account>`. */
export const managedSudoersFile = /^\/etc\/sudoers\.d\/reeve-[A-Za-z0-9_+-]+$/u;

export function buildReading(state: HostState): Reading {
  const groups = visibleGroups(state);
  const reasons = reasonsByAccount(state);
  return {
    accounts: state.users.map((user) => accountOf(user, state, reasons.get(user.name) ?? [])),
    entitlements: [loginEntitlement(state), ...sudoEntitlements(state), ...groupEntitlements(state, groups)],
    holdings: state.users.flatMap((user) =>
      holdingsOf(user, state, groups).map((entitlement) => ({ account: user.name, entitlement })),
    ),
    nesting: nestingOf(state, groups),
  };
}

/** One account as {@link buildReading} gives it. */
export const readOne = (user: HostUser, state: HostState): { account: ReadAccount; holdings: readonly string[] } => ({
  account: accountOf(user, state, reasonsByAccount(state).get(user.name) ?? []),
  holdings: holdingsOf(user, state),
});

/** What the account holds directly: groups, rules that name it, and `login`. Rules of its groups follow by nesting. */
function holdingsOf(
  user: HostUser,
  state: HostState,
  groups: ReadonlySet<string> = visibleGroups(state),
): readonly string[] {
  const rules = state.sudo.filter((right) => holdsDirectly(right, user, state)).map((right) => `sudo:${right.id}`);
  return [
    ...(mayLogIn(user) ? ['login'] : []),
    ...new Set(rules),
    ...user.groups.filter((group) => groups.has(group)).map((group) => `group:${group}`),
  ];
}

function accountOf(user: HostUser, state: HostState, reasons: ReadAccount['privilegedBecause']): ReadAccount {
  return {
    nativeId: user.name,
    name: user.name,
    state: isLocked(user) ? 'locked' : 'active',
    kind: kindOf(user, state),
    attributes: {
      uid: user.uid,
      gid: user.gid,
      gecos: user.gecos,
      fullName: user.gecos.split(',')[0] ?? '',
      home: user.home,
      shell: user.shell,
      loginShell: hasLoginShell(user),
      password: user.password,
      ...(user.passwordChangedDay === undefined
        ? {}
        : { passwordChangedOn: date(user.passwordChangedDay), mustChangePassword: user.passwordChangedDay === 0 }),
      ...(user.passwordMaxDays === undefined ? {} : { passwordMaxDays: user.passwordMaxDays }),
      ...(user.expireDay === undefined ? {} : { expiresOn: date(user.expireDay) }),
      keys: user.keys.map((key) => ({
        fingerprint: key.fingerprint,
        type: key.type,
        options: key.options,
        comment: key.comment,
        place: key.place,
        ours: key.comment.startsWith(ourMark),
      })),
      ...(user.keysCut
        ? { keysUnread: 'an authorized_keys file is longer than Reeve reads; more keys may open this account' }
        : {}),
      ownKeys: user.ownKeys.map((key) => key.fingerprint),
    },
    privilegedBecause: reasons,
    ...(user.lastLogin === undefined ? {} : { lastUsedAt: user.lastLogin }),
  };
}

const date = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10);

function loginEntitlement(state: HostState): ReadEntitlement {
  return {
    nativeId: 'login',
    kind: 'login',
    name: `log in on ${state.hostname}`,
    privileged: false,
    attributes: { sshd: Object.fromEntries(state.sshd) },
  };
}

/** One entitlement for each distinct set of rights, and always `sudo:ALL`, so that it can be asked for before anyone has it. */
function sudoEntitlements(state: HostState): readonly ReadEntitlement[] {
  const byId = new Map<string, SudoRight[]>();
  for (const right of state.sudo) byId.set(right.id, [...(byId.get(right.id) ?? []), right]);
  if (state.sudoersFiles.size > 0 && !byId.has('ALL')) byId.set('ALL', []);
  return [...byId]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, rights]) => {
      const canonical = rights[0]?.canonical ?? allRights;
      return {
        nativeId: `sudo:${id}`,
        kind: 'sudo',
        name: id === 'ALL' ? 'sudo: every command as anyone, no password asked' : `sudo ${clip(canonical)}`,
        privileged: id === 'ALL' || rights.some((right) => actsAsRoot(right, state)),
        attributes: {
          rule: canonical,
          noPassword: id === 'ALL' || rights.some((right) => right.noPassword),
          places: rights.map((right) => `${right.rule.file}:${right.rule.line}`),
          managed: rights.length > 0 && rights.every((right) => managedSudoersFile.test(right.rule.file)),
          risks: [...new Set(rights.flatMap((right) => right.commands.flatMap(commandRisks)))].sort(),
          unresolved: [...new Set(rights.flatMap((right) => unresolvedSubjects(right, state)))].sort(),
        },
      };
    });
}

const clip = (text: string): string => (text.length > 120 ? `${text.slice(0, 117)}…` : text);

/** Subjects that cannot be looked up on this host: netgroups, groups of a directory, names without an account. */
const unresolvedSubjects = (right: SudoRight, state: HostState): readonly string[] =>
  right.users
    .map((member) => member.name)
    .filter((name) => {
      if (name === 'ALL') return false;
      if (name.startsWith('%#')) return !state.groups.some((group) => `%#${group.gid}` === name);
      if (name.startsWith('%')) return !state.groups.some((group) => `%${group.name}` === name);
      return !state.users.some((user) => user.name === name || `#${user.uid}` === name);
    });

function groupEntitlements(state: HostState, visible: ReadonlySet<string>): readonly ReadEntitlement[] {
  return state.groups
    .filter((group) => visible.has(group.name))
    .map((group) => {
      const why = groupPrivilege(group.name);
      const rules = rightsOfGroup(group, state).filter((right) => actsAsRoot(right, state));
      return {
        nativeId: `group:${group.name}`,
        kind: 'group',
        name: group.name,
        privileged: why !== undefined || rules.length > 0,
        stableId: `gid:${group.gid}`,
        stableIdReturns: true,
        attributes: { gid: group.gid, ...(why === undefined ? {} : { privilegedBecause: why }) },
      };
    });
}

const nestingOf = (state: HostState, visible: ReadonlySet<string>): Reading['nesting'] =>
  state.groups
    .filter((group) => visible.has(group.name))
    .flatMap((group) =>
      [...new Set(rightsOfGroup(group, state).map((right) => `sudo:${right.id}`))].map((child) => ({
        parent: `group:${group.name}`,
        child,
      })),
    );

/** A list with exceptions cannot be said as "group implies rule": such a rule is held by each account it fits. */
const isPlain = (right: SudoRight): boolean => right.users.every((member) => !member.negated);

const rightsOfGroup = ({ name, gid }: GroupEntry, state: HostState): readonly SudoRight[] =>
  state.sudo.filter(
    (right) => isPlain(right) && right.users.some((member) => member.name === `%${name}` || member.name === `%#${gid}`),
  );

export function holdsDirectly(right: SudoRight, user: HostUser, state: HostState): boolean {
  const members = isPlain(right) ? right.users.filter((member) => !member.name.startsWith('%')) : right.users;
  return names(members, user, state);
}

/** A group that exists only as the primary group of the account of the same name says nothing, unless a sudo rule names it. */
function visibleGroups(state: HostState): ReadonlySet<string> {
  const named = new Set(state.sudo.flatMap((right) => right.users.map((member) => member.name)));
  const users = new Map(state.users.map((user) => [user.name, user]));
  const having = new Map<number, number>();
  for (const { gid } of state.users) having.set(gid, (having.get(gid) ?? 0) + 1);
  return new Set(
    state.groups
      .filter((group) => {
        const namesake = users.get(group.name);
        const owner = namesake?.gid === group.gid ? namesake : undefined;
        const others =
          group.members.some((member) => member !== group.name) ||
          (having.get(group.gid) ?? 0) > (owner === undefined ? 0 : 1);
        return owner === undefined || others || named.has(`%${group.name}`) || named.has(`%#${group.gid}`);
      })
      .map((group) => group.name),
  );
}
