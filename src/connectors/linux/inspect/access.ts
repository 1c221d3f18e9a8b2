/** Who may read or change a file: its mode, and its access list where it has one. */
import type { HostState } from '../read/host-state.ts';
import type { Section } from '../ssh/script.ts';

/** Lines of all sections of one name. */
export const linesOf = (sections: readonly Section[], name: string): readonly string[] =>
  sections
    .filter(({ words }) => words[0] === name)
    .flatMap(({ text }) => text.split('\n').filter((line) => line !== ''));

interface AclEntry {
  readonly who: 'user' | 'group' | 'mask' | 'other';
  /** A uid or gid; '' is the file's own. */
  readonly id: string;
  readonly may: string;
}

/** Access lists (acl(5)) by path: those that say more than the mode. */
export type Acls = ReadonlyMap<string, readonly AclEntry[]>;

/** A host with the access lists of the files that were looked at. */
export type SeenHost = HostState & { readonly acls: Acls };

export interface FileAccess {
  readonly path: string;
  /** Octal. */
  readonly mode: string;
  readonly owner: string;
  readonly group: string;
}

/** Accounts other than root that a group takes in: members, and those whose first group it is. */
export const inGroup = (group: string, state: HostState): readonly string[] =>
  state.users.filter((user) => user.uid !== 0 && user.groups.includes(group)).map((user) => user.name);

export const isRoot = (name: string, state: HostState): boolean =>
  name === 'root' || state.users.some((user) => user.name === name && user.uid === 0);

/** Accounts that have a right to a file, other than root: '' is everybody. */
function holders(file: FileAccess, host: SeenHost, right: 'r' | 'w'): readonly string[] {
  const bit = right === 'r' ? 0o4 : 0o2;
  const bits = Number.parseInt(file.mode, 8);
  if ((bits & bit) !== 0) return [''];
  // A number without an account is nobody who could do anything.
  const known = host.users.some(({ name }) => name === file.owner);
  const owner = !known || isRoot(file.owner, host) || (bits & (bit << 6)) === 0 ? [] : [file.owner];
  const acl = host.acls.get(file.path);
  if (acl === undefined) return unique([...owner, ...((bits & (bit << 3)) !== 0 ? inGroup(file.group, host) : [])]);
  // With a list, the mode's group bits are the list's mask: what named users and every group have at most.
  const masked = acl.find(({ who }) => who === 'mask')?.may.includes(right) ?? true;
  const named = acl.flatMap(({ who, id, may }): readonly string[] => {
    if (!masked || !may.includes(right)) return [];
    if (who === 'user' && id !== '')
      return host.users.filter((user) => String(user.uid) === id && user.uid !== 0).map((user) => user.name);
    if (who !== 'group') return [];
    const group = id === '' ? file.group : (host.groups.find(({ gid }) => String(gid) === id)?.name ?? '');
    return inGroup(group, host);
  });
  return unique([...owner, ...named]);
}

const unique = (names: readonly string[]): readonly string[] => [...new Set(names)];

export const writers = (file: FileAccess, host: SeenHost): readonly string[] => holders(file, host, 'w');
export const readers = (file: FileAccess, host: SeenHost): readonly string[] =>
  holders(file, host, 'r').filter((name) => name !== file.owner || name === '');

/** How a file is guarded, as it is told. */
export function placeOf(file: FileAccess, host: SeenHost): string {
  const listed = (host.acls.get(file.path) ?? []).filter(({ id }) => id !== '');
  const nameOf = ({ who, id }: AclEntry): string =>
    (who === 'user'
      ? host.users.find(({ uid }) => String(uid) === id)?.name
      : host.groups.find(({ gid }) => String(gid) === id)?.name) ?? id;
  return [
    `${file.path}, mode ${file.mode}, owner ${file.owner}, group ${file.group}`,
    ...(listed.length === 0
      ? []
      : [`access list ${listed.map((one) => `${one.who}:${nameOf(one)}:${one.may}`).join(' ')}`]),
  ].join(', ');
}

/** The section `acls`: path, tab, entries as getfacl(1) writes them, with numbers for names. */
export function aclsOf(sections: readonly Section[]): { readonly acls: Acls; readonly unread: number } {
  const acls = new Map<string, readonly AclEntry[]>();
  let unread = 0;
  for (const line of linesOf(sections, 'acls')) {
    const tab = line.lastIndexOf('\t');
    const entries = line
      .slice(tab + 1)
      .split(',')
      .flatMap((entry): readonly AclEntry[] => {
        const match = /^(user|group|mask|other):(\d*):([r-][w-][x-])/u.exec(entry.trim());
        return match === null ? [] : [{ who: match[1] as AclEntry['who'], id: match[2] ?? '', may: match[3] ?? '' }];
      });
    if (entries.length === 0) unread += 1;
    else acls.set(line.slice(0, tab), entries);
  }
  return { acls, unread };
}
