/** What a change has to know of the account it is about: one entry, read afresh. */
import { ldapFilter, type LdapEntry } from '#kit/ldap/index.ts';
import type { Directory } from '../directory.ts';
import { accountAttributes, accountFacts, accountFilter, type AccountFacts } from '../read/account-entry.ts';
import { filetimeInstant, intervalMs } from '../wire/filetime.ts';
import { sameName } from './names.ts';

export interface AccountState {
  readonly entry: LdapEntry;
  readonly facts: AccountFacts;
  /** Reeve began to create it and did not finish. */
  readonly halfMade: boolean;
  /** Part of the domain itself: Administrator, Guest, krbtgt. */
  readonly builtIn: boolean;
  /** Shut out after wrong passwords: `lockoutTime` stands until somebody clears it or logs in. */
  readonly lockedOut: boolean;
  readonly wrongPasswords: number;
}

/** In `comment` of an account while Reeve creates it. */
export const creationMark = 'being created by Reeve';

const attributes = [
  ...accountAttributes,
  'comment',
  'isCriticalSystemObject',
  'badPwdCount',
  'badPasswordTime',
  'msDS-ResultantPSO',
];

export async function readState(directory: Directory, name: string): Promise<AccountState | undefined> {
  const { ldap, domain } = directory;
  const filter = `(&${accountFilter}${ldapFilter`(sAMAccountName=${name})`})`;
  const search = { base: domain.base, scope: 'sub', filter, attributes } as const;
  for await (const entry of ldap.search(search, { references: 'ignore' })) {
    const facts = accountFacts(entry, directory.self.sid, directory.now);
    if (!sameName(facts.name, name)) continue;
    return {
      entry,
      facts,
      halfMade: facts.disabled && entry.text('comment') === creationMark,
      builtIn: entry.text('isCriticalSystemObject') === 'TRUE',
      lockedOut: filetimeInstant(entry.text('lockoutTime')) !== undefined,
      wrongPasswords: Number(entry.text('badPwdCount') ?? 0),
    };
  }
  return undefined;
}

/** How near an account is to being shut out for wrong passwords, by the policy that counts for it. */
export interface LockoutState {
  /** It is shut out now; even the right password is refused. */
  readonly shutOut: boolean;
  /** One more wrong password shuts it out. */
  readonly atTheBrink: boolean;
  /** When wrong passwords are forgotten, where that is known. */
  readonly until: Date | undefined;
}

export async function lockoutState(directory: Directory, state: AccountState): Promise<LockoutState> {
  const { ldap, domain, now } = directory;
  const own = state.entry.text('msDS-ResultantPSO');
  const policy = own === undefined ? undefined : await ldap.readEntry(own, fineGrained);
  const [threshold, window, duration] = policy
    ? fineGrained.map((name) => policy.text(name))
    : ['lockoutThreshold', 'lockOutObservationWindow', 'lockoutDuration'].map((name) => domain.head.text(name));
  const limit = Number(threshold ?? 0);
  if (limit === 0) return { shutOut: false, atTheBrink: false, until: undefined };
  const lockedAt = filetimeInstant(state.entry.text('lockoutTime'));
  const opensAt = later(lockedAt, intervalMs(duration));
  const shutOut = lockedAt !== undefined && (opensAt === undefined || opensAt > now);
  const forgottenAt = later(filetimeInstant(state.entry.text('badPasswordTime')), intervalMs(window));
  const counted = forgottenAt !== undefined && forgottenAt <= now ? 0 : state.wrongPasswords;
  return { shutOut, atTheBrink: counted + 1 >= limit, until: shutOut ? opensAt : forgottenAt };
}

const fineGrained = ['msDS-LockoutThreshold', 'msDS-LockoutObservationWindow', 'msDS-LockoutDuration'];

/** Undefined where it never comes or nothing began; a length of 0 means "until somebody clears it". */
const later = (from: string | undefined, ms: number | undefined): Date | undefined =>
  from === undefined || ms === undefined || ms === 0 ? undefined : new Date(Date.parse(from) + ms);
