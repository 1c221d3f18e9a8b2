/** Files that give power: programs that run as another, files that decide who is root, programs root runs by itself. */
import type { Observation } from '../../port.ts';
import type { HostState } from '../read/host-state.ts';
import { actsAsRoot } from '../read/privilege.ts';
import type { Section } from '../ssh/script.ts';
import { whyGroup } from './observe-accounts.ts';
import { isShipped } from './known-setuid.ts';

export const linesOf = (sections: readonly Section[], name: string): readonly string[] =>
  sections
    .filter(({ words }) => words[0] === name)
    .flatMap(({ text }) => text.split('\n').filter((line) => line !== ''));

/** Accounts other than root that a group takes in: members, and those whose first group it is. */
export const inGroup = (group: string, state: HostState): readonly string[] =>
  state.users.filter((user) => user.uid !== 0 && user.groups.includes(group)).map((user) => user.name);

const isRoot = (name: string, state: HostState): boolean =>
  name === 'root' || state.users.some((user) => user.name === name && user.uid === 0);

/** Who may write a file of this mode, owner and group, other than root: '' is everybody. */
export function writers(mode: string, owner: string, group: string, state: HostState): readonly string[] {
  const bits = Number.parseInt(mode, 8);
  if ((bits & 0o002) !== 0) return [''];
  return [
    ...(isRoot(owner, state) || (bits & 0o200) === 0 ? [] : [owner]),
    ...((bits & 0o020) !== 0 ? inGroup(group, state) : []),
  ].filter((name, at, all) => all.indexOf(name) === at);
}

export function readers(mode: string, owner: string, group: string, state: HostState): readonly string[] {
  const bits = Number.parseInt(mode, 8);
  if ((bits & 0o004) !== 0) return [''];
  return (bits & 0o040) !== 0 ? inGroup(group, state).filter((name) => name !== owner) : [];
}

export function observeSetuid(sections: readonly Section[], state: HostState): readonly Observation[] {
  const shells = new Map(
    linesOf(sections, 'sums').map((line) => {
      const [path = '', shell = ''] = line.split('\t');
      return [path, shell.split('/').at(-1) ?? ''] as const;
    }),
  );
  return linesOf(sections, 'setuid').flatMap((line): readonly Observation[] => {
    const [mode = '', owner = '', group = '', , , path = ''] = line.split('\t');
    const bits = Number.parseInt(mode, 8);
    const writable = writers(mode, owner, group, state).filter((name) => name !== owner);
    const asUser = (bits & 0o4000) !== 0;
    const setsGroup = (bits & 0o2000) !== 0 && (bits & 0o010) !== 0;
    if (path === '' || (isShipped(path) && writable.length === 0)) return [];
    const facts = {
      path,
      mode,
      owner,
      group,
      isProgram: shells.get(path) ?? path.split('/').at(-1) ?? '',
      copyOf: shells.get(path) ?? '',
      writableBy: writable.map((name) => name || 'everybody'),
      runnableBy: (bits & 0o001) !== 0 ? 'everybody' : `group ${group}`,
    };
    const place = `${path}, mode ${mode}, owner ${owner}, group ${group}`;
    if (asUser) return [{ kind: 'setuid', account: owner, about: path, place, facts }];
    if (setsGroup && whyGroup(group) !== undefined && (bits & 0o001) !== 0)
      return [{ kind: 'setgid', account: '', about: path, place, facts }];
    return [];
  });
}

const dangerousCapabilities =
  /cap_(?:setuid|setgid|setfcap|dac_override|dac_read_search|sys_admin|sys_ptrace|sys_module|sys_rawio|chown|fowner|mknod|bpf)/gu;

export const observeCapabilities = (sections: readonly Section[]): readonly Observation[] =>
  linesOf(sections, 'caps').flatMap((line) => {
    const [path = ''] = line.split(/ = | (?=cap_)/u);
    const capabilities = [...new Set(line.slice(path.length).match(dangerousCapabilities))].sort();
    if (capabilities.length === 0 || /\/new[ug]idmap$|snap-confine$/u.test(path)) return [];
    return [
      {
        kind: 'capability',
        account: '',
        about: path,
        place: `getcap ${path}: ${line.slice(path.length).trim()}`,
        facts: { path, capabilities, program: path.split('/').at(-1) ?? '' },
      },
    ];
  });

const secretFiles = /^\/etc\/(?:g?shadow$|ssh\/ssh_host_.*_key$|krb5\.keytab$)/u;
const sockets = /\.sock(?:et)?$|unix\.socket$/u;

/** Files that decide who is root, and may be changed or read by others. */
export function observeModes(sections: readonly Section[], state: HostState): readonly Observation[] {
  const found: Observation[] = [];
  for (const line of linesOf(sections, 'modes')) {
    const [mode = '', owner = '', group = '', type = '', path = ''] = line.split('\t');
    const own = path.startsWith('/var/spool/cron/') && owner === path.split('/').at(-1);
    const sticky = type === 'directory' && (Number.parseInt(mode, 8) & 0o1000) !== 0;
    if (path === '' || own || sticky) continue;
    const place = `${path}, mode ${mode}, owner ${owner}, group ${group}`;
    for (const account of writers(mode, owner, group, state)) {
      // Members of docker and its like are told by their group already.
      if (sockets.test(path) && (whyGroup(group) !== undefined || account === owner) && account !== '') continue;
      found.push({
        kind: sockets.test(path) ? 'control_socket' : 'writable_file',
        account,
        about: path,
        place,
        facts: { path, mode, by: account || 'everybody' },
      });
    }
    if (!secretFiles.test(path)) continue;
    for (const account of readers(mode, owner, group, state))
      if (!(path.endsWith('shadow') && group === 'shadow' && account !== ''))
        found.push({
          kind: 'readable_secret',
          account,
          about: path,
          place,
          facts: { path, mode, by: account || 'everybody' },
        });
  }
  for (const line of linesOf(sections, 'keyperms')) {
    const [user = '', mode = '', owner = '', group = '', path = ''] = line.split('\t');
    const account = state.users.find((one) => one.name === user);
    if (account === undefined || !path.startsWith(`${account.home}/.`)) continue;
    for (const by of writers(mode, owner, group, state))
      if (by !== user && by !== 'nobody')
        found.push({
          kind: 'keys_writable',
          account: user,
          about: path,
          place: `${path}, mode ${mode}, owner ${owner}, group ${group}`,
          facts: { path, by: by || 'everybody', uid: account.uid },
        });
  }
  return found;
}

/** A command line a job or a rule runs, and as whom. */
export interface RunByRoot {
  readonly because: string;
  readonly place: string;
  readonly programs: readonly string[];
}

const absolute = (command: string): readonly string[] => [
  ...new Set(
    (command.match(/(?<![\w.=:-])\/[A-Za-z0-9_./+-]+/gu) ?? []).filter((path) => !/^\/(?:dev|proc|sys)\//u.test(path)),
  ),
];

/** What root runs without anybody asking, and what sudo runs as root. */
export function runByRoot(sections: readonly Section[], state: HostState): readonly RunByRoot[] {
  const found: RunByRoot[] = [];
  for (const { words, text } of sections) {
    const path = words.slice(1).join(' ');
    if (words[0] === 'cron')
      text.split('\n').forEach((line, at) => {
        const match = /^\s*(?:@\w+|(?:[\d*,/A-Za-z-]+\s+){5})\s*(\S+)\s+(.+)$/u.exec(line);
        if (match && !line.trim().startsWith('#') && isRoot(match[1] ?? '', state))
          found.push({
            because: 'root runs it by cron',
            place: `${path}:${at + 1}`,
            programs: absolute(match[2] ?? ''),
          });
      });
    if (words[0] === 'usercron' && isRoot(words[1] ?? '', state))
      text.split('\n').forEach((line, at) => {
        const match = /^\s*(?:@\w+|(?:[\d*,/A-Za-z-]+\s+){5})\s*(.+)$/u.exec(line);
        if (match && !line.trim().startsWith('#'))
          found.push({
            because: 'root runs it by cron',
            place: `${words.slice(2).join(' ')}:${at + 1}`,
            programs: absolute(match[1] ?? ''),
          });
      });
    if (words[0] === 'unit') {
      const user = /^User\s*=\s*(\S+)/mu.exec(text)?.[1] ?? 'root';
      const commands = text.split('\n').filter((line) => line.startsWith('Exec'));
      if (isRoot(user, state) && commands.length > 0)
        found.push({
          because: 'root runs it as a service',
          place: path,
          programs: absolute(commands.map((line) => line.replace(/^\w+\s*=\s*[-@:+!]*/u, ' ')).join(' ')),
        });
    }
    if (words[0] === 'conf' && path === '/etc/ld.so.preload')
      found.push({ because: 'every program loads it', place: path, programs: absolute(text) });
  }
  for (const right of state.sudo)
    if (actsAsRoot(right, state) && right.users.some(({ name }) => name !== 'root'))
      found.push({
        because: 'sudo runs it as root',
        place: `${right.rule.file}:${right.rule.line}`,
        programs: right.commands.flatMap((spec) =>
          spec.negated ? [] : absolute(spec.text).filter((path) => !/[*?[]/u.test(path)),
        ),
      });
  return found.filter(({ programs }) => programs.length > 0);
}

/** Programs root runs that somebody else may change, themselves or a folder they are in. */
export function observePrograms(
  sections: readonly Section[],
  runs: readonly RunByRoot[],
  state: HostState,
): readonly Observation[] {
  const found: Observation[] = [];
  // The file itself says it, else the folder nearest to it: whoever may change a folder above adds nothing.
  const told = new Set<string>();
  for (const line of linesOf(sections, 'programs')) {
    const [mode = '', owner = '', group = '', type = '', program = '', at = ''] = line.split('|');
    if (mode === 'missing') continue;
    const sticky = type === 'directory' && (Number.parseInt(mode, 8) & 0o1000) !== 0;
    // Data that root reads is no program: only what can be run counts, or the folder it is in.
    if (sticky || (type === 'directory' && at === program)) continue;
    for (const account of writers(mode, owner, group, state)) {
      if (told.has(`${account} ${program}`)) continue;
      told.add(`${account} ${program}`);
      for (const run of runs.filter(({ programs }) => programs.includes(program)))
        found.push({
          kind: 'root_runs_writable',
          account,
          about: `${at === program ? program : `${at}/ of ${program}`}`,
          place: `${run.place}; ${at}, mode ${mode}, owner ${owner}, group ${group}`,
          facts: { program, changes: at, by: account || 'everybody', because: run.because },
        });
    }
  }
  return found;
}
