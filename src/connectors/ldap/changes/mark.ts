/** What `readChanges` goes on from: the server's cookie, and what lets it notice that something went or was renamed. */
import { createHash } from 'node:crypto';
import type { AccountIndex } from '../read/account-index.ts';
import type { Privileges } from '../read/privilege.ts';
import type { Directory } from '../session.ts';
import type { Census } from './census.ts';

/** More privileged accounts than this are not remembered one by one; a change of groups is then read with everything. */
const MOST_PRIVILEGED = 5_000;

export interface Mark {
  readonly v: 1;
  /** Digest of settings and access rules: other ones make another reading. */
  readonly frame: string;
  readonly cookie: string;
  readonly salt: string;
  /** Sums of the census, hexadecimal. */
  readonly accounts: string;
  readonly groups: string;
  /**
   * entryUUIDs to look at again with the next changes: the server renames members behind a rename (refint) without a trace, perhaps
   * only after this reading. Null where those are too many.
   */
  readonly again: readonly string[] | null;
  /** Native id → digest of the reasons; null where there were too many. */
  readonly privileged: Readonly<Record<string, string>> | null;
}

export interface MarkFacts {
  readonly cookie: string;
  readonly census: Census;
  readonly again: readonly string[] | null;
  readonly accounts: AccountIndex;
  readonly privileges: Privileges;
}

export function makeMark(directory: Directory, facts: MarkFacts): string {
  const mark: Mark = {
    v: 1,
    frame: frameOf(directory, facts.privileges),
    cookie: facts.cookie,
    salt: facts.census.salt,
    accounts: facts.census.sumOf('account').toString(16),
    groups: facts.census.sumOf('group').toString(16),
    again: facts.again,
    privileged: privilegedNow(facts),
  };
  return JSON.stringify(mark);
}

/** Who is privileged through groups and rules, and a digest of why. */
export function privilegedNow({
  accounts,
  privileges,
}: Pick<MarkFacts, 'accounts' | 'privileges'>): Mark['privileged'] {
  const found = new Map<string, string>();
  const note = (account: number, dn: string): void => {
    const reasons = privileges.reasonsFor({ dn, login: accounts.loginOf(account) });
    found.set(accounts.idOf(account), digest(reasons));
  };
  for (const dn of privileges.dns) {
    const account = accounts.byDn(dn);
    if (account !== undefined) note(account, dn);
    if (found.size > MOST_PRIVILEGED) return null;
  }
  for (const login of privileges.logins) {
    for (const account of accounts.byLogin(login)) if (!found.has(accounts.idOf(account))) note(account, '');
    if (found.size > MOST_PRIVILEGED) return null;
  }
  return Object.fromEntries(found);
}

export const frameOf = (directory: Directory, privileges: Privileges): string =>
  digest([
    directory.settings,
    directory.base,
    directory.accountsBase,
    directory.groupsBase,
    [...privileges.rules.accounts],
    [...privileges.rules.groups],
  ]);

const digest = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 16);

/** Undefined for text that is no mark of this version. */
export function parseMark(text: string): Mark | undefined {
  try {
    const mark: unknown = JSON.parse(text);
    return isMark(mark) ? mark : undefined;
  } catch {
    return undefined;
  }
}

function isMark(value: unknown): value is Mark {
  if (typeof value !== 'object' || value === null || !('v' in value) || value.v !== 1) return false;
  const fields = new Map(Object.entries(value));
  const sums = ['accounts', 'groups'].every((name) => /^[0-9a-f]{1,32}$/u.test(String(fields.get(name))));
  const texts = ['frame', 'cookie', 'salt'].every((name) => typeof fields.get(name) === 'string');
  const again = fields.get('again');
  return sums && texts && (again === null || Array.isArray(again)) && typeof fields.get('privileged') === 'object';
}
