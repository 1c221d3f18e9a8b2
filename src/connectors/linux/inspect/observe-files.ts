/** Files that give power: programs that run as another, files that decide who is root, programs root runs by itself. */
import type { Observation } from '../../port.ts';
import type { Section } from '../ssh/script.ts';
import { inGroup, linesOf, placeOf, readers, writers, type SeenHost } from './access.ts';
import { hasLoginShell } from '../read/privilege.ts';
import { whyGroup } from './observe-accounts.ts';
import { isShipped } from './known-setuid.ts';

export function observeSetuid(sections: readonly Section[], state: SeenHost): readonly Observation[] {
  const shells = new Map(
    linesOf(sections, 'sums').map((line) => {
      const [path = '', shell = ''] = line.split('\t');
      return [path, shell.split('/').at(-1) ?? ''] as const;
    }),
  );
  return linesOf(sections, 'setuid').flatMap((line): readonly Observation[] => {
    const [mode = '', owner = '', group = '', , , path = ''] = line.split('\t');
    const bits = Number.parseInt(mode, 8);
    const writable = writers({ path, mode, owner, group }, state).filter((name) => name !== owner);
    const asUser = (bits & 0o4000) !== 0;
    const setsGroup = (bits & 0o2000) !== 0 && (bits & 0o010) !== 0;
    if (path === '' || (isShipped(path) && writable.length === 0 && !shells.has(path))) return [];
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
    const place = placeOf({ path, mode, owner, group }, state);
    if (asUser) return [{ kind: 'setuid', account: owner, about: path, place, facts }];
    if (setsGroup && whyGroup(group) !== undefined && (bits & 0o001) !== 0)
      return [{ kind: 'setgid', account: '', about: path, place, facts }];
    return [];
  });
}

const dangerousCapabilities =
  /cap_(?:setuid|setgid|setfcap|dac_override|dac_read_search|sys_admin|sys_ptrace|sys_module|sys_rawio|chown|fowner|mknod|bpf|setpcap|sys_chroot|perfmon|mac_override|mac_admin|linux_immutable)/gu;

export const observeCapabilities = (sections: readonly Section[]): readonly Observation[] =>
  linesOf(sections, 'caps').flatMap((line) => {
    const [path = ''] = line.split(/ = | (?=cap_|=)/u);
    const listed = line.slice(path.length);
    const capabilities = /^ (?:=\s*)?(?:all)?[=+][a-z]*[ep]/u.test(listed)
      ? ['every capability']
      : [...new Set(listed.match(dangerousCapabilities))].sort();
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

/** Accounts of daemons that keep what they read or run for others, as distributions set it up. */
const ownKeepers = /^(?:polkitd .*\/polkit-1\/|daemon \/var\/spool\/)/u;

/** Files that decide who is root, and may be changed or read by others. */
export function observeModes(sections: readonly Section[], state: SeenHost): readonly Observation[] {
  const found: Observation[] = [];
  const told = new Set<string>();
  // What opens one account, or runs as it, is told of that account.
  const elsewhere = new Set(
    linesOf(sections, 'keyperms')
      .map((line) => line.split('\t').at(-1) ?? '')
      .filter((path) => /\/\.[^/]/u.test(path)),
  );
  for (const line of [
    ...linesOf(sections, 'modes'),
    ...linesOf(sections, 'reach'),
    ...linesOf(sections, 'hashcopies'),
  ]) {
    const parts = line.split('\t');
    const [mode = '', owner = '', group = '', type = ''] = parts.length === 4 ? [...parts.slice(0, 3), 'f'] : parts;
    const path = parts.at(-1) ?? '';
    const own = path.startsWith('/var/spool/cron/') && owner === path.split('/').at(-1);
    const sticky = type.startsWith('d') && (Number.parseInt(mode, 8) & 0o1000) !== 0;
    if (path === '' || own || sticky || told.has(path) || elsewhere.has(path)) continue;
    told.add(path);
    const place = placeOf({ path, mode, owner, group }, state);
    const copy = parts.length === 4;
    for (const account of copy ? [] : writers({ path, mode, owner, group }, state)) {
      if (ownKeepers.test(`${account} ${path}`) || (account === owner && isShipped(path))) continue;
      // Members of docker and its like are told by their group already.
      if (
        sockets.test(path) &&
        account !== '' &&
        (account === owner || (whyGroup(group) !== undefined && inGroup(group, state).includes(account)))
      )
        continue;
      found.push({
        kind: sockets.test(path) ? 'control_socket' : 'writable_file',
        account,
        about: path,
        place,
        facts: { path, mode, by: account || 'everybody' },
      });
    }
    if (!copy && !secretFiles.test(path)) continue;
    // Whoever keeps a copy of the hashes reads them as its owner.
    if (copy && owner !== 'root')
      found.push({
        kind: 'readable_secret',
        account: owner,
        about: path,
        place,
        facts: { path, mode, by: owner, hashes: true },
      });
    for (const account of readers({ path, mode, owner, group }, state))
      if (!(group === 'shadow' && account !== '' && inGroup(group, state).includes(account)))
        found.push({
          kind: 'readable_secret',
          account,
          about: path,
          place,
          facts: { path, mode, by: account || 'everybody', hashes: copy || path.includes('shadow') },
        });
  }
  for (const line of linesOf(sections, 'keyperms')) {
    const [user = '', mode = '', owner = '', group = '', path = ''] = line.split('\t');
    const account = state.users.find((one) => one.name === user);
    // Of a home, whoever may change it replaces whatever is in it; only where a shell starts there.
    const isHome = account !== undefined && path === account.home && path !== '/root' && path.lastIndexOf('/') > 0;
    if (account === undefined || (!path.startsWith(`${account.home}/`) && !(isHome && hasLoginShell(account))))
      continue;
    if (isHome && (Number.parseInt(mode, 8) & 0o1000) !== 0) continue;
    for (const by of writers({ path, mode, owner, group }, state))
      if (by !== user && by !== 'nobody' && !state.users.some((one) => one.name === by && one.uid === account.uid))
        found.push({
          kind: /\/\.(?:ssh|ssh\/authorized_keys2?|rhosts|shosts|k5login)$/u.test(path)
            ? 'keys_writable'
            : 'startup_writable',
          account: user,
          about: path,
          place: placeOf({ path, mode, owner, group }, state),
          facts: { path, by: by || 'everybody', uid: account.uid },
        });
  }
  return found;
}
