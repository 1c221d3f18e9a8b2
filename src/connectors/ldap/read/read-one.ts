/** One account afresh, exactly as the whole reading gives it. */
import { ldapFilter, type LdapEntry } from '#kit/ldap/index.ts';
import type { ReadAccount } from '../../port.ts';
import { dnId, isDnId, isLoginName, loginNameOf, namedEntry, normalOrNothing } from '../names.ts';
import { entriesOf, type Directory } from '../session.ts';
import { accountAttributes, accountControls, accountOf } from './account-entry.ts';
import { groupAttributes, GroupIndex, groupOf, groupsListing, type Group } from './group-index.ts';
import { findPrivileges } from './privilege.ts';

/** An account found by its native id. */
export interface FoundAccount {
  readonly entry: LdapEntry;
  readonly nativeId: string;
  /** In normal spelling. */
  readonly dn: string;
  readonly login: string | undefined;
}

/** Why no account has that id, when something comes near: another spelling, a name that several have. */
export interface NearMiss {
  readonly instead: readonly string[];
}

/** The account with exactly this native id. `extra` attributes come along. */
export async function findAccount(
  directory: Directory,
  account: string,
  extra: readonly string[] = [],
): Promise<FoundAccount | NearMiss | undefined> {
  const { settings } = directory;
  const attributes = [...accountAttributes(directory), ...extra];
  const entries = isDnId(account)
    ? await entryNamed(directory, account, attributes)
    : await entriesWithLogin(directory, account, attributes);
  const found: FoundAccount[] = [];
  for (const entry of entries) {
    const dn = normalOrNothing(entry.dn);
    if (dn === undefined) continue;
    const login = loginNameOf(namedEntry(entry, settings.loginAttribute), settings.loginAttribute);
    const nativeId =
      login !== undefined && (await isAlone(directory, login, entries, account)) ? login : dnId(entry.dn);
    found.push({ entry, nativeId, dn, login });
  }
  const exact = found.find((one) => one.nativeId === account);
  if (exact) return exact;
  return found.length === 0 ? undefined : { instead: found.map((one) => one.nativeId) };
}

async function entryNamed(
  directory: Directory,
  dn: string,
  attributes: readonly string[],
): Promise<readonly LdapEntry[]> {
  const { ldap, settings, accountsBase } = directory;
  const within = normalOrNothing(accountsBase) ?? '';
  if (dn !== within && !dn.endsWith(`,${within}`)) return [];
  const entry = await ldap.readEntry(dn, attributes, settings.accountFilter, accountControls(directory));
  return entry ? [entry] : [];
}

async function entriesWithLogin(
  directory: Directory,
  login: string,
  attributes: readonly string[],
): Promise<readonly LdapEntry[]> {
  if (!isLoginName(login)) return [];
  const { ldap, settings, accountsBase } = directory;
  const filter = `(&${settings.accountFilter}${ldapFilter`(${settings.loginAttribute}=${login})`})`;
  const search = { base: accountsBase, scope: 'sub', filter, attributes } as const;
  return entriesOf(ldap.search(search, { pageSize: settings.pageSize, controls: accountControls(directory) }));
}

async function isAlone(
  directory: Directory,
  login: string,
  entries: readonly LdapEntry[],
  account: string,
): Promise<boolean> {
  // Asked for by this login, all who have it are here already.
  const all =
    isDnId(account) || login.toLowerCase() !== account.toLowerCase()
      ? await entriesWithLogin(directory, login, ['1.1'])
      : entries;
  return all.length === 1;
}

export async function readOne(
  directory: Directory,
  account: string,
  now: string,
): Promise<{ readonly account: ReadAccount; readonly holdings: readonly string[] } | undefined> {
  const found = await findAccount(directory, account);
  if (!found || 'instead' in found) return undefined;
  const { entry, nativeId, dn, login } = found;
  const privileges = await findPrivileges(directory, await allGroups(directory));
  const groups = await groupsHeldBy(directory, found);
  return {
    account: accountOf(entry, {
      directory,
      nativeId,
      login,
      dn,
      reasons: privileges.reasonsFor({ dn, login }),
      now,
    }),
    holdings: groups.map((group) => group.id).sort(),
  };
}

/** The groups an account is in directly. */
export const groupsHeldBy = (
  directory: Directory,
  { entry, login }: Pick<FoundAccount, 'entry' | 'login'>,
): Promise<readonly Group[]> => groupsListing(directory, { dn: entry.dn, login, gid: unixGid(entry) });

const unixGid = (entry: LdapEntry): string | undefined =>
  entry.texts('objectClass').some((name) => name.toLowerCase() === 'posixaccount')
    ? entry.text('gidNumber')
    : undefined;

async function allGroups(directory: Directory): Promise<GroupIndex> {
  const { ldap, settings, groupsBase } = directory;
  const groups = new GroupIndex();
  const search = { base: groupsBase, scope: 'sub', filter: settings.groupFilter, attributes: groupAttributes } as const;
  for await (const entry of ldap.search(search, { pageSize: settings.pageSize })) {
    const group = groupOf(entry);
    if (group) groups.add(group);
  }
  return groups;
}
