/** Why accounts are privileged through groups and access rules: from each powerful group down to its last member. */
import { ldapFilter } from '#kit/ldap/index.ts';
import type { ReadAccount } from '../../port.ts';
import { namedEntry, loginNameOf, normalOrNothing } from '../names.ts';
import type { Directory } from '../session.ts';
import { readAccessRules, type AccessRules } from './access-rules.ts';
import { memberAttributes, type Group, type GroupIndex } from './group-index.ts';

type Reason = ReadAccount['privilegedBecause'][number];

export interface Privileges {
  /** Ids of groups that make their members privileged. */
  readonly groups: ReadonlySet<string>;
  /** Everybody found privileged: by name in normal spelling, or by login name. */
  readonly dns: Iterable<string>;
  readonly logins: Iterable<string>;
  readonly rules: AccessRules;
  reasonsFor(account: { readonly dn: string; readonly login: string | undefined }): readonly Reason[];
}

/** Members of one group, as it lists them. */
interface Members {
  /** Names in normal spelling of what is no group. */
  readonly dns: readonly string[];
  readonly logins: readonly string[];
  readonly groups: readonly Group[];
}

export async function findPrivileges(directory: Directory, groups: GroupIndex): Promise<Privileges> {
  const rules = await readAccessRules(directory);
  const known = new Map<string, Promise<Members>>();
  const membersOf = (group: Group): Promise<Members> => {
    const asked = known.get(group.id) ?? readMembers(directory, group, groups);
    known.set(group.id, asked);
    return asked;
  };
  const byDn = new Map<string, Reason[]>();
  const byLogin = new Map<string, Reason[]>();
  const privileged = new Set<string>();
  for (const { group, reason, evidence } of powerful(directory, groups, rules)) {
    const reached = new Set<string>();
    const queue = [{ group, path: evidence }];
    // Breadth first: the shortest way to an account is the one that is told.
    for (const { group: at, path } of queue) {
      if (reached.has(at.id)) continue;
      reached.add(at.id);
      privileged.add(at.id);
      const { dns, logins, groups: inner } = await membersOf(at);
      for (const dn of dns) once(byDn, dn, { reason, evidence: path });
      for (const login of logins) once(byLogin, login, { reason, evidence: path });
      for (const one of inner) queue.push({ group: one, path: `${path}, through ${one.dn}` });
    }
  }
  return {
    groups: privileged,
    rules,
    dns: new Set([...byDn.keys(), ...rules.accounts.keys()]),
    logins: byLogin.keys(),
    reasonsFor: ({ dn, login }) => {
      const direct = (rules.accounts.get(dn) ?? []).map((evidence) => ({
        reason: 'may change others by the directory’s own rules',
        evidence,
      }));
      const reasons = [...direct, ...(byDn.get(dn) ?? [])];
      for (const one of login === undefined ? [] : (byLogin.get(login) ?? []))
        if (!reasons.some(({ reason }) => reason === one.reason)) reasons.push(one);
      return reasons;
    },
  };
}

function once(map: Map<string, Reason[]>, key: string, reason: Reason): void {
  const reasons = map.get(key) ?? [];
  if (!reasons.some((one) => one.reason === reason.reason)) map.set(key, [...reasons, reason]);
}

function powerful(
  directory: Directory,
  groups: GroupIndex,
  rules: AccessRules,
): readonly { readonly group: Group; readonly reason: string; readonly evidence: string }[] {
  const named = new Set(directory.settings.privilegedGroups.map((name) => normalOrNothing(name) ?? name.toLowerCase()));
  const isNamed = (group: Group): boolean => named.has(group.name.toLowerCase()) || named.has(group.normal);
  return groups.all().flatMap((group) => [
    ...(isNamed(group)
      ? [{ group, reason: `member of the privileged group ${group.name}`, evidence: `member of ${group.dn}` }]
      : []),
    ...(rules.groups.get(group.normal) ?? []).slice(0, 1).map((rule) => ({
      group,
      reason: `member of ${group.name}, which may change others by the directory’s own rules`,
      evidence: `${rule}; member of ${group.dn}`,
    })),
  ]);
}

async function readMembers(directory: Directory, group: Group, groups: GroupIndex): Promise<Members> {
  const entry = await directory.ldap.readEntry(group.dn, [...memberAttributes]);
  const dns: string[] = [];
  const inner = new Map<string, Group>();
  for (const attribute of ['member', 'uniqueMember'] as const) {
    for (const value of entry?.eachText(attribute) ?? []) {
      const dn = normalOrNothing(value);
      const nested = dn === undefined ? undefined : groups.byDn(dn);
      if (nested) inner.set(nested.id, nested);
      else if (dn !== undefined && dn !== '') dns.push(dn);
    }
  }
  dns.push(...(await withFirstGroup(directory, group)));
  return {
    dns,
    logins: entry?.texts('memberUid') ?? [],
    groups: [...inner.values()].sort((a, b) => (a.normal < b.normal ? -1 : 1)),
  };
}

/** Names in normal spelling of the accounts whose first Unix group this is. */
async function withFirstGroup(directory: Directory, group: Group): Promise<readonly string[]> {
  if (group.gid === undefined) return [];
  const found: string[] = [];
  for await (const { normal } of firstGroupMembers(directory, group.gid)) found.push(normal);
  return found;
}

/** The accounts with that `gidNumber`, one by one. */
export async function* firstGroupMembers(
  directory: Directory,
  gid: string,
): AsyncGenerator<{ readonly normal: string; readonly login: string | undefined }> {
  const { ldap, settings, accountsBase } = directory;
  const filter = `(&${settings.accountFilter}${ldapFilter`(objectClass=posixAccount)(gidNumber=${gid})`})`;
  const search = { base: accountsBase, scope: 'sub', filter, attributes: [settings.loginAttribute] } as const;
  for await (const entry of ldap.search(search, { pageSize: settings.pageSize })) {
    const normal = normalOrNothing(entry.dn);
    const login = loginNameOf(namedEntry(entry, settings.loginAttribute), settings.loginAttribute);
    if (normal !== undefined) yield { normal, login };
  }
}
