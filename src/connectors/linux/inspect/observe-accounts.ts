/** What the accounts of a host say by themselves: uid 0, sudo, groups, passwords, shells. */
import type { Observation } from '../../port.ts';
import type { HostState, HostUser } from '../read/host-state.ts';
import { actsAsRoot, groupPrivilege, hasLoginShell, kindOf, names } from '../read/privilege.ts';
import { commandRisks } from '../sudoers/command-risks.ts';
import type { SudoRight } from '../sudoers/resolve-rules.ts';

/** Groups that a reading does not call privileged by name, and that are a way to root all the same. */
const moreGroups: ReadonlyMap<string, string> = new Map([
  ['root', 'reads and writes what the group of root may'],
  ['staff', 'writes programs in /usr/local, which root runs'],
  ['microk8s', 'runs containers as root through the cluster'],
  ['podman', 'starts containers as root through the Podman socket'],
  ['qemu', 'reads the disks of virtual machines'],
  ['operator', 'reads raw disks'],
  ['adm', 'reads the logs, and what people typed into them'],
  ['systemd-journal', 'reads the journal of everything that runs'],
  ['lpadmin', 'sets up printers, whose filters run programs'],
  ['input', 'reads every key that is pressed'],
  ['ssh_keys', 'reads the private keys of the host'],
]);

export const whyGroup = (group: string): string | undefined => groupPrivilege(group) ?? moreGroups.get(group);

export function observeAccounts(state: HostState, today: number): readonly Observation[] {
  return state.users.flatMap((user) => [
    ...uidZero(user),
    ...sudo(user, state),
    ...groups(user, state),
    ...passwords(user, today),
    ...services(user, state),
    ...dormant(user),
  ]);
}

const locked = (user: HostUser): boolean => user.expired;

const uidZero = (user: HostUser): readonly Observation[] =>
  user.uid === 0
    ? [
        {
          kind: 'uid_zero',
          account: user.name,
          about: 'uid 0',
          place: `/etc/passwd:${user.line}`,
          facts: { root: user.name === 'root', shell: user.shell, locked: locked(user) },
        },
      ]
    : [];

function sudo(user: HostUser, state: HostState): readonly Observation[] {
  if (user.uid === 0) return [];
  const loose = looseDefaults(state);
  return state.sudo
    .filter((right) => names(right.users, user, state))
    .map((right) => ({
      kind: 'sudo',
      account: user.name,
      about: `sudo:${right.id}`,
      place: `${right.rule.file}:${right.rule.line}`,
      facts: {
        rule: clip(right.rule.text),
        asRoot: actsAsRoot(right, state),
        runAs: runAs(right),
        asGroups: asGroups(right, state),
        everything: right.commands.some((spec) => !spec.negated && spec.text === 'ALL'),
        noPassword: right.noPassword,
        risks: [...new Set([...right.commands.flatMap(commandRisks), ...loose])].sort(),
        through: throughGroups(right, user),
        locked: locked(user),
      },
    }));
}

/** Accounts a rule runs commands as, by name. */
const runAs = (right: SudoRight): readonly string[] => [
  ...new Set(
    right.commands.flatMap((spec) =>
      spec.negated
        ? []
        : (spec.runUsers ?? [{ name: 'root', negated: false }]).filter((one) => !one.negated).map((one) => one.name),
    ),
  ),
];

/** Groups of power that a rule gives alone, `(:disk)`: its commands run as the caller, in that group. */
const asGroups = (right: SudoRight, state: HostState): readonly string[] => [
  ...new Set(
    right.commands.flatMap((spec) =>
      spec.negated || spec.runUsers?.length !== 0
        ? []
        : (spec.runGroups ?? [])
            .filter(({ negated }) => !negated)
            .map(({ name }) => state.groups.find(({ gid }) => name === `#${gid}`)?.name ?? name)
            .filter((name) => whyGroup(name) !== undefined)
            .map((name) => `${name}: ${whyGroup(name) ?? ''}`),
    ),
  ),
];

const throughGroups = (right: SudoRight, user: HostUser): readonly string[] =>
  right.users.filter(({ name }) => name.startsWith('%') && user.groups.includes(name.slice(1))).map(({ name }) => name);

/** Settings under which any rule is every rule. */
function looseDefaults(state: HostState): readonly string[] {
  const found: string[] = [];
  for (const [file, text] of state.sudoersFiles)
    for (const line of text.split('\n')) {
      if (!/^\s*Defaults/u.test(line)) continue;
      const kept =
        /env_keep\s*\+?=\s*"?[^"]*\b(LD_PRELOAD|LD_LIBRARY_PATH|LD_AUDIT|PATH|GCONV_PATH|PYTHONPATH|PYTHONHOME|PYTHONSTARTUP|PERL5LIB|PERLLIB|PERL5OPT|BASH_ENV|ENV|SHELLOPTS|PS4|RUBYLIB|RUBYOPT|NODE_OPTIONS|JAVA_TOOL_OPTIONS)\b/u.exec(
          line,
        )?.[1];
      if (kept !== undefined) found.push(`${kept} of the caller is kept (${file}): any program runs the caller's code`);
      if (/(?:^|[\s,])setenv\b/u.test(line.replace(/^\s*Defaults\S*/u, '')))
        found.push(`the caller may set any variable (${file})`);
      if (/!\s*env_reset\b/u.test(line)) found.push(`the caller's environment is kept (${file})`);
    }
  return found;
}

function groups(user: HostUser, state: HostState): readonly Observation[] {
  if (user.uid === 0) return [];
  const observed: Observation[] = [];
  for (const name of user.groups) {
    const gid = state.groups.find((group) => group.name === name)?.gid;
    // A second name of the same number is the same group to the kernel.
    const same = state.groups.filter((group) => group.gid === gid).map((group) => group.name);
    const powerful = [name, ...same].find((one) => whyGroup(one) !== undefined);
    if (powerful === undefined) continue;
    observed.push({
      kind: 'group',
      account: user.name,
      about: `group:${name}`,
      place: `/etc/group ${name}`,
      facts: { group: powerful, why: whyGroup(powerful) ?? '', primary: user.groups[0] === name, locked: locked(user) },
    });
  }
  return observed;
}

function passwords(user: HostUser, today: number): readonly Observation[] {
  if (user.expired || (user.password !== 'set' && user.password !== 'empty') || !hasLoginShell(user)) return [];
  const { passwordChangedDay: changed, passwordMaxDays: most } = user;
  return [
    {
      kind: 'password',
      account: user.name,
      about: 'password',
      place: `/etc/shadow ${user.name}`,
      facts: {
        empty: user.password === 'empty',
        ...(changed === undefined || changed === 0 ? {} : { ageDays: today - changed }),
        neverExpires: most === undefined || most < 0 || most >= 9_999,
      },
    },
  ];
}

function services(user: HostUser, state: HostState): readonly Observation[] {
  if (user.uid === 0 || user.expired || kindOf(user, state) !== 'service' || !hasLoginShell(user)) return [];
  const ways = [
    ...(user.password === 'set' ? ['a password'] : []),
    ...(user.password === 'empty' ? ['no password asked'] : []),
    ...user.keys.map((key) => key.fingerprint),
  ];
  return [
    {
      kind: 'service_shell',
      account: user.name,
      about: 'shell',
      place: `/etc/passwd:${user.line}`,
      facts: { shell: user.shell, ways },
    },
  ];
}

const dormant = (user: HostUser): readonly Observation[] =>
  user.lastLogin === undefined
    ? []
    : [
        {
          kind: 'last_use',
          account: user.name,
          about: 'last use',
          place: 'wtmp and lastlog',
          facts: { lastUsedAt: user.lastLogin },
        },
      ];

const clip = (text: string): string => (text.length > 200 ? `${text.slice(0, 197)}…` : text);
