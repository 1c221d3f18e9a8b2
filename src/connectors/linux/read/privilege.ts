/** Why an account, a group or a sudo rule of a host is privileged, with the evidence a person can look up there. */
import type { ReadAccount } from '../../port.ts';
import type { HostState, HostUser } from './host-state.ts';
import type { CommandSpec, Member } from '../sudoers/parse-sudoers.ts';
import type { SudoRight } from '../sudoers/resolve-rules.ts';

type Because = ReadAccount['privilegedBecause'][number];

/** Groups whose members can make themselves root, or read what only root should, on a stock distribution. */
const privilegedGroups: ReadonlyMap<string, string> = new Map([
  ['sudo', 'may become root through sudo on Debian'],
  ['wheel', 'may become root through su or sudo'],
  ['admin', 'may become root through sudo on older Ubuntu'],
  ['docker', 'starts containers as root through the Docker socket'],
  ['lxd', 'starts containers as root through the LXD socket'],
  ['incus-admin', 'starts containers as root through the Incus socket'],
  ['libvirt', 'controls virtual machines and their disks as root'],
  ['disk', 'reads and writes raw disks past every file permission'],
  ['shadow', 'reads password hashes'],
  ['kmem', 'reads kernel memory'],
]);

export const groupPrivilege = (group: string): string | undefined => privilegedGroups.get(group);

/** Whether the rule lets its holder act as root: by name, by uid or as anyone. */
export const actsAsRoot = (right: SudoRight, state: HostState): boolean =>
  right.commands.some((spec) => !spec.negated && reachesRoot(spec, state));

function reachesRoot(spec: CommandSpec, state: HostState): boolean {
  if (spec.runUsers === undefined) return true;
  // `(:group)` alone runs as the caller; root's own group still owns much of the system.
  if (spec.runUsers.length === 0)
    return spec.runGroups?.some((group) => !group.negated && ['ALL', 'root', '#0'].includes(group.name)) === true;
  return spec.runUsers.some((member) => !member.negated && namesRoot(member, state));
}

const namesRoot = ({ name }: Member, state: HostState): boolean =>
  name === 'ALL' ||
  name === '#0' ||
  name.startsWith('%') ||
  name.startsWith('+') ||
  state.users.some((user) => user.uid === 0 && user.name === name);

/** Whether a user list of a rule names this account: the last entry that fits decides, as in sudo. */
export function names(members: readonly Member[], user: HostUser, state: HostState): boolean {
  let yes = false;
  for (const { name, negated } of members) if (namesOne(name, user, state)) yes = !negated;
  return yes;
}

function namesOne(name: string, user: HostUser, state: HostState): boolean {
  if (name === 'ALL' || name === user.name || name === `#${user.uid}`) return true;
  if (name.startsWith('%#'))
    return state.groups.some((group) => `%#${group.gid}` === name && user.groups.includes(group.name));
  return name.startsWith('%') && user.groups.includes(name.slice(1));
}

/** Can somebody open a session as this account: a shell, a way in, and no expiry. */
export const mayLogIn = (user: HostUser): boolean => !isLocked(user) && hasLoginShell(user);

export const hasLoginShell = (user: HostUser): boolean =>
  !/\/(?:nologin|false|true|sync|shutdown|halt)$/u.test(user.shell);

/** Locked: expired, or its password is set aside (`usermod -L`) and no key opens it either. */
export const isLocked = (user: HostUser): boolean =>
  user.expired || (user.password === 'locked' && user.keys.length === 0);

const serviceName =
  /^(?:svc|srv|service|app|sa|bot|robot|daemon|backup|deploy|jenkins|ansible|gitlab-runner|nginx|tomcat|oracle|postgres|mysql)(?:[-_.0-9]|$)/u;
const sharedName =
  /^(?:root|toor|admin|administrator|ops|operator|oper|shared|guest|support|helpdesk|test|tester|testuser|user)[0-9]*$/u;

/** A first guess from name, uid and gecos; a person or a rule confirms it in the graph. */
export function kindOf(user: HostUser, state: HostState): ReadAccount['kind'] {
  if (user.uid === 0 || sharedName.test(user.name)) return 'shared';
  if (user.uid < state.uidMin || user.uid === 65_534 || serviceName.test(user.name)) return 'service';
  return /\p{L}\S*\s+\S*\p{L}/u.test(user.gecos.split(',')[0] ?? '') ? 'personal' : 'unknown';
}

/** Every reason each account is privileged, by name; empty when it is not. Stable order. */
export function reasonsByAccount(state: HostState): ReadonlyMap<string, readonly Because[]> {
  const own = new Map(state.users.map((user) => [user.name, ownReasons(user, state)]));
  const opened = new Map<string, { account: string; place: string }[]>();
  for (const user of state.users) {
    if (own.get(user.name)?.length === 0) continue;
    for (const key of user.keys) {
      opened.set(key.fingerprint, [...(opened.get(key.fingerprint) ?? []), { account: user.name, place: key.place }]);
    }
  }
  return new Map(state.users.map((user) => [user.name, [...(own.get(user.name) ?? []), ...keyReasons(user, opened)]]));
}

function keyReasons(
  user: HostUser,
  opened: ReadonlyMap<string, readonly { account: string; place: string }[]>,
): readonly Because[] {
  const through = (keys: HostUser['keys'], say: (account: string) => string): readonly Because[] =>
    keys.flatMap((key) =>
      (opened.get(key.fingerprint) ?? [])
        .filter(({ account }) => account !== user.name)
        .map(({ account, place }) => ({
          reason: say(account),
          evidence: `${key.fingerprint} in ${key.place} and ${place}`,
        })),
    );
  return [
    ...through(user.keys, (account) => `whoever opens it also opens ${account} with the same key`),
    ...through(user.ownKeys, (account) => `holds a key that opens ${account}`),
  ];
}

function ownReasons(user: HostUser, state: HostState): Because[] {
  const reasons: Because[] = [];
  if (user.uid === 0) {
    const reason = user.name === 'root' ? 'is root (uid 0)' : 'has uid 0: it is root under another name';
    reasons.push({ reason, evidence: `/etc/passwd:${user.line}` });
  }
  for (const right of state.sudo) {
    if (user.uid === 0 || !names(right.users, user, state) || !actsAsRoot(right, state)) continue;
    reasons.push({
      reason: sudoReason(right),
      evidence: `${right.rule.file}:${right.rule.line} ${clip(right.rule.text)}`,
    });
  }
  for (const group of user.groups) {
    const why = privilegedGroups.get(group);
    if (why !== undefined) reasons.push({ reason: `in group ${group}: ${why}`, evidence: `/etc/group ${group}` });
  }
  if (
    kindOf(user, state) === 'service' &&
    mayLogIn(user) &&
    (user.password === 'set' || user.password === 'empty' || user.keys.length > 0)
  ) {
    const ways = [
      ...(user.password === 'set' ? ['a password'] : []),
      ...(user.password === 'empty' ? ['no password asked'] : []),
      ...user.keys.map((key) => key.fingerprint),
    ];
    reasons.push({
      reason: 'is a service account somebody can log in to',
      evidence: `shell ${user.shell}, ${ways.join(', ')}`,
    });
  }
  return reasons;
}

function sudoReason(right: SudoRight): string {
  const everything = right.commands.some((spec) => !spec.negated && spec.text === 'ALL');
  const what = everything ? 'may run any command as root through sudo' : 'may run some commands as root through sudo';
  return right.noPassword ? `${what}, without a password` : what;
}

const clip = (text: string): string => (text.length > 160 ? `${text.slice(0, 157)}…` : text);
