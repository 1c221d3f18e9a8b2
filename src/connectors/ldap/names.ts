/** What things are called: login names, native ids of accounts and groups. The grammar is in README.md. */
import { firstRdn, normalDn, oneLine, type LdapEntry } from '#kit/ldap/index.ts';
import { TargetError } from '../port.ts';

/** A login name that may be a native id. ASCII only: letters that look alike must not be two accounts. */
const loginName = /^[A-Za-z0-9_][A-Za-z0-9._@+-]{0,127}$/u;
export const isLoginName = (text: string): boolean => loginName.test(text);

/** The attributes every account is asked for to be named. */
export interface NamedEntry {
  readonly dn: string;
  /** All values of the login attribute. */
  readonly logins: readonly string[];
}

/** The one name an entry logs in by: that of its own place, else its only one; undefined where there is none that could be an id. */
export function loginNameOf(entry: NamedEntry, loginAttribute: string): string | undefined {
  const own = rdnValue(entry.dn, loginAttribute);
  const name = own ?? (entry.logins.length === 1 ? entry.logins[0] : undefined);
  if (name === undefined || !isLoginName(name)) return undefined;
  // The value itself rather than a piece of the whole name, which would keep all of that in memory.
  return entry.logins.find((login) => login === name) ?? name;
}

function rdnValue(dn: string, type: string): string | undefined {
  const wanted = type.toLowerCase();
  return firstRdn(dn).find((part) => part.type.toLowerCase() === wanted)?.value;
}

export const namedEntry = (entry: LdapEntry, loginAttribute: string): NamedEntry => ({
  dn: entry.dn,
  logins: entry.texts(loginAttribute),
});

/** The native id of an account without a login name of its own. */
export const dnId = (dn: string): string => normalDn(dn);
export const isDnId = (account: string): boolean => account.includes('=');

/** {@link normalDn}, or undefined for what is no name: members of a group may be anything. */
export function normalOrNothing(dn: string): string | undefined {
  try {
    return normalDn(dn);
  } catch {
    return undefined;
  }
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/u;

/** `group:<entryUUID>`. */
export const groupId = (entryUuid: string): string => `group:${entryUuid.toLowerCase()}`;

/** The entryUUID of a group's native id. Throws TargetError `refused` for anything else. */
export function groupUuid(entitlement: string): string {
  const id = entitlement.startsWith('group:') ? entitlement.slice(6) : '';
  if (!uuid.test(id))
    throw new TargetError('refused', `\`${shown(entitlement)}\` is no entitlement of a directory (group:<entryUUID>)`);
  return id;
}

/** Throws TargetError `refused` unless `account` is a native id in its own spelling. */
export function checkAccount(account: string): void {
  if (isDnId(account) ? normalOrNothing(account) === account : isLoginName(account)) return;
  throw new TargetError(
    'refused',
    `\`${shown(account)}\` is no account name for a directory: ASCII letters, digits and . _ @ + - up to 128, or a whole name (DN) in lower case`,
  );
}

/** A stranger's text as part of one line. */
export const shown = (text: string): string => oneLine(text).slice(0, 120);
