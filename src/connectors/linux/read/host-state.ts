/** One host as the read script found it, parsed: the basis of readings and of every planned change. */
import { TargetError } from '../../port.ts';
import { lastLogins } from './last-login.ts';
import { parseKeyLine, type AuthorizedKey } from './parse-keys.ts';
import {
  parseGroup,
  parsePasswd,
  parseShadow,
  type GroupEntry,
  type PasswdEntry,
  type PasswordState,
} from './parse-passwd.ts';
import type { Section } from '../ssh/script.ts';
import { parseSudoers } from '../sudoers/parse-sudoers.ts';
import { resolveRules, type SudoRight } from '../sudoers/resolve-rules.ts';

interface FoundKey extends AuthorizedKey {
  /** File and line, for instance `/root/.ssh/authorized_keys:3`. */
  readonly place: string;
}

export interface HostUser extends Omit<PasswdEntry, 'password'> {
  readonly password: PasswordState;
  readonly passwordChangedDay: number | undefined;
  readonly passwordMaxDays: number | undefined;
  readonly expireDay: number | undefined;
  /** The account's expiry date has come on the host's own clock: PAM refuses every login, by key too. */
  readonly expired: boolean;
  /** Keys that open this account. */
  readonly keys: readonly FoundKey[];
  /** True when an authorized_keys file was too long to be read whole. */
  readonly keysCut: boolean;
  /** Files sshd takes this account's keys from; the first is where Reeve writes. */
  readonly keyFiles: readonly string[];
  /** Public halves of key pairs in the account's ~/.ssh: what it can open elsewhere. */
  readonly ownKeys: readonly FoundKey[];
  readonly lastLogin: string | undefined;
  /** Names of groups this account is in; the primary group first. */
  readonly groups: readonly string[];
}

export interface HostState {
  readonly hostname: string;
  /** For instance `Debian GNU/Linux 12 (bookworm)`. */
  readonly os: string;
  readonly uidMin: number;
  readonly users: readonly HostUser[];
  readonly groups: readonly GroupEntry[];
  readonly sudo: readonly SudoRight[];
  /** Text of every sudoers file that was read, by path. Empty when the host has no sudo. */
  readonly sudoersFiles: ReadonlyMap<string, string>;
  /** sshd settings that decide who gets in, lower-case. */
  readonly sshd: ReadonlyMap<string, string>;
}

/** Assembles the sections of {@link readScript}. Throws TargetError `failed` when a section that must be there is not. */
export function hostState(sections: readonly Section[]): HostState {
  const text = (name: string): string | undefined => sections.find((section) => section.words[0] === name)?.text;
  const required = (name: string): string => {
    const found = text(name);
    if (found === undefined) throw new TargetError('failed', `the target's answer lacks its part \`${name}\``);
    return found;
  };
  const [hostname = '', seconds = '', osName = ''] = required('host').split('\n');
  const today = Math.floor(Number(seconds) / 86_400);
  if (hostname === '' || !Number.isSafeInteger(today) || today <= 0)
    throw new TargetError('failed', 'the target did not tell its name and date');
  const shadow = parseShadow(text('shadow') ?? '');
  const groups = parseGroup(required('group'));
  const logins = lastLogins(text('last') ?? '', text('lastlog') ?? '');
  const keys = foundKeys(sections, 'keys');
  const pairs = foundKeys(sections, 'pub');
  const memberships = membershipsIn(groups);
  const cut = new Set(sections.filter(({ words }) => words[0] === 'keys-cut').map(({ words }) => words[1]));
  const keyFiles = new Map<string, string[]>();
  for (const { words } of sections) {
    const [what, user = '', ...path] = words;
    if (what === 'keys-path') add(keyFiles, user, path.join(' '));
  }
  const users = parsePasswd(required('passwd')).map((entry): HostUser => {
    const own = shadow.get(entry.name);
    const expireDay = own?.expireDay;
    return {
      ...entry,
      password: entry.password === 'shadow' ? (own?.password ?? 'unknown') : entry.password,
      passwordChangedDay: own?.changedDay,
      passwordMaxDays: own?.maxDays,
      expireDay,
      expired: expireDay !== undefined && expireDay <= today,
      keys: keys.get(entry.name) ?? [],
      keysCut: cut.has(entry.name),
      keyFiles: keyFiles.get(entry.name) ?? [],
      ownKeys: pairs.get(entry.name) ?? [],
      lastLogin: logins.get(entry.name),
      groups: memberships(entry),
    };
  });
  const sudoersFiles = new Map(
    sections
      .filter(({ words }) => words[0] === 'sudoers')
      .map((section) => [section.words.slice(1).join(' '), section.text]),
  );
  const parsed = [...sudoersFiles].map(([file, content]) => parseSudoers(content, file));
  return {
    hostname,
    os: osName.replaceAll('"', '') || 'Linux',
    uidMin: Number(/UID_MIN\s+(\d+)/u.exec(text('defs') ?? '')?.[1] ?? 1000),
    users,
    groups,
    sudo: resolveRules(parsed, hostname),
    sudoersFiles,
    sshd: new Map((text('sshd') ?? '').split('\n').flatMap((line) => keyValue(line))),
  };
}

/** The account named `name`, or undefined. */
export const userNamed = (state: HostState, name: string): HostUser | undefined =>
  state.users.find((user) => user.name === name);

/** The groups of each account, its primary one first. A host has thousands of both: each is looked at once. */
function membershipsIn(groups: readonly GroupEntry[]): (user: PasswdEntry) => readonly string[] {
  const byGid = new Map<number, string>();
  const byMember = new Map<string, string[]>();
  for (const { name, gid, members } of groups) {
    if (!byGid.has(gid)) byGid.set(gid, name);
    for (const member of members) add(byMember, member, name);
  }
  return (user) => {
    const primary = byGid.get(user.gid);
    const others = byMember.get(user.name) ?? [];
    return primary === undefined ? others : [primary, ...others.filter((name) => name !== primary)];
  };
}

function add(lists: Map<string, string[]>, key: string, value: string): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

function foundKeys(sections: readonly Section[], kind: string): ReadonlyMap<string, readonly FoundKey[]> {
  const found = new Map<string, FoundKey[]>();
  for (const { words, text } of sections) {
    const [what, user = '', ...path] = words;
    if (what !== kind) continue;
    const list = found.get(user) ?? [];
    found.set(user, list);
    for (const numbered of text.split('\n')) {
      const colon = numbered.indexOf(':');
      const key = colon < 0 ? undefined : parseKeyLine(numbered.slice(colon + 1));
      if (key) list.push({ ...key, place: `${path.join(' ')}:${numbered.slice(0, colon)}` });
    }
  }
  return found;
}

function keyValue(line: string): readonly (readonly [string, string])[] {
  const match = /^(\S+)\s+(.*)$/u.exec(line.trim());
  return match ? [[match[1] ?? '', match[2] ?? '']] : [];
}
