/** One account as the directory keeps it: what is asked for, and what it means. */
import type { LdapEntry } from '#kit/ldap/index.ts';
import { TargetError, type ReadAccount } from '../../port.ts';
import { filetimeInstant, generalizedInstant } from '../wire/filetime.ts';
import { guidText, ridOf, sidText } from '../wire/identifiers.ts';

/** userAccountControl (MS-ADTS 2.2.16). */
export const control = {
  disabled: 0x2,
  passwordNotRequired: 0x20,
  reversiblePassword: 0x80,
  normal: 0x200,
  neverExpires: 0x10000,
  smartcard: 0x40000,
  delegates: 0x80000,
  notDelegated: 0x100000,
  noPreauth: 0x400000,
  impersonates: 0x1000000,
} as const;

/** People and services; computers, trusts and what is deleted are not. sAMAccountType 805306368 is SAM_NORMAL_USER_ACCOUNT. */
export const accountFilter =
  '(|(sAMAccountType=805306368)(objectClass=msDS-GroupManagedServiceAccount)(objectClass=msDS-ManagedServiceAccount))';

export const accountAttributes = [
  'objectClass',
  'sAMAccountName',
  'objectSid',
  'objectGUID',
  'userAccountControl',
  'primaryGroupID',
  'memberOf',
  'displayName',
  'givenName',
  'sn',
  'mail',
  'department',
  'title',
  'employeeID',
  'userPrincipalName',
  'description',
  'adminCount',
  'servicePrincipalName',
  'msDS-AllowedToDelegateTo',
  'sIDHistory',
  'pwdLastSet',
  'accountExpires',
  'lockoutTime',
  'lastLogon',
  'lastLogonTimestamp',
  'whenCreated',
] as const;

/** An account before anything is known of its groups. */
export interface AccountFacts {
  readonly dn: string;
  readonly name: string;
  readonly sid: string;
  readonly rid: number;
  readonly control: number;
  readonly disabled: boolean;
  /** Expired by `accountExpires`. */
  readonly expired: boolean;
  readonly primaryGroup: number;
  /** A service account whose password the domain makes and changes. */
  readonly managed: boolean;
  readonly servicePrincipalNames: readonly string[];
  readonly delegatesTo: readonly string[];
  readonly formerSids: readonly string[];
  readonly kind: ReadAccount['kind'];
  readonly lastUsedAt: string | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export const KRBTGT = 502;

/** `self` is the SID of Reeve's own account. Throws TargetError `failed` for an entry without a name or an identity. */
export function accountFacts(entry: LdapEntry, self: string, now: Date): AccountFacts {
  const [name, sidBytes, guid] = [entry.text('sAMAccountName'), entry.bytes('objectSid'), entry.bytes('objectGUID')];
  if (name === undefined || !sidBytes || !guid)
    throw new TargetError('failed', `${entry.dn} shows no name or no identity; may Reeve's account read it?`);
  const sid = sidText(sidBytes);
  const flags = Number(entry.text('userAccountControl') ?? 0);
  const expiresAt = filetimeInstant(entry.text('accountExpires'));
  const servicePrincipalNames = entry.texts('servicePrincipalName').toSorted();
  const managed = entry.texts('objectClass').some((name) => name.endsWith('ManagedServiceAccount'));
  return {
    dn: entry.dn,
    name,
    sid,
    rid: ridOf(sid),
    control: flags,
    disabled: (flags & control.disabled) !== 0,
    expired: expiresAt !== undefined && Date.parse(expiresAt) <= now.getTime(),
    primaryGroup: Number(entry.text('primaryGroupID') ?? 0),
    managed,
    servicePrincipalNames,
    delegatesTo: entry.texts('msDS-AllowedToDelegateTo').toSorted(),
    formerSids: entry.allBytes('sIDHistory').map((value) => sidText(value)),
    kind: kindOf(entry, name, ridOf(sid), managed || servicePrincipalNames.length > 0),
    lastUsedAt: lastUse(entry, sid === self),
    attributes: attributesOf(entry, { sid, guid: guidText(guid), flags, expiresAt, servicePrincipalNames }),
  };
}

function attributesOf(
  entry: LdapEntry,
  known: {
    readonly sid: string;
    readonly guid: string;
    readonly flags: number;
    readonly expiresAt: string | undefined;
    readonly servicePrincipalNames: readonly string[];
  },
): Readonly<Record<string, unknown>> {
  const { flags, servicePrincipalNames } = known;
  const passwordSet = entry.text('pwdLastSet');
  const facts: Readonly<Record<string, unknown>> = {
    sid: known.sid,
    guid: known.guid,
    dn: entry.dn,
    displayName: entry.text('displayName'),
    firstName: entry.text('givenName'),
    lastName: entry.text('sn'),
    mail: entry.text('mail'),
    department: entry.text('department'),
    jobTitle: entry.text('title'),
    employeeId: entry.text('employeeID'),
    userPrincipalName: entry.text('userPrincipalName'),
    description: entry.text('description'),
    createdAt: generalizedInstant(entry.text('whenCreated')),
    passwordSetAt: filetimeInstant(passwordSet),
    expiresAt: known.expiresAt,
    lockedOutAt: filetimeInstant(entry.text('lockoutTime')),
    ...(passwordSet === '0' ? { mustChangePassword: true } : {}),
    ...(entry.text('adminCount') === '1' ? { adminCount: 1 } : {}),
    ...(servicePrincipalNames.length > 0 ? { servicePrincipalNames } : {}),
    ...((flags & control.neverExpires) === 0 ? {} : { passwordNeverExpires: true }),
    ...((flags & control.passwordNotRequired) === 0 ? {} : { passwordNotRequired: true }),
    ...((flags & control.reversiblePassword) === 0 ? {} : { passwordStoredReversibly: true }),
    ...((flags & control.smartcard) === 0 ? {} : { smartcardRequired: true }),
  };
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

/**
 * The later of what all controllers share, up to two weeks behind, and what this one saw itself. Of Reeve's own account only the
 * former: it logs in for every reading.
 */
function lastUse(entry: LdapEntry, isSelf: boolean): string | undefined {
  const seen = [filetimeInstant(entry.text('lastLogonTimestamp'))];
  if (!isSelf) seen.push(filetimeInstant(entry.text('lastLogon')));
  return seen
    .filter((at) => at !== undefined)
    .sort()
    .at(-1);
}

/** A first guess; a person or a rule confirms it in the graph. */
function kindOf(entry: LdapEntry, name: string, rid: number, service: boolean): ReadAccount['kind'] {
  if (service || rid === KRBTGT) return 'service';
  if (rid === 500 || rid === 501 || /^(?:admin|administrator|shared|guest|test)[0-9]*$/iu.test(name)) return 'shared';
  if (/^(?:svc|srv|service|app|sa|bot|backup)(?:[-_.0-9]|$)/iu.test(name)) return 'service';
  return entry.has('employeeID') ? 'personal' : 'unknown';
}

/** The account as a reading lists it. */
export function toAccount(facts: AccountFacts, privilegedBecause: ReadAccount['privilegedBecause']): ReadAccount {
  return {
    nativeId: facts.name,
    name: facts.name,
    state: facts.disabled || facts.expired ? 'locked' : 'active',
    kind: facts.kind,
    attributes: facts.attributes,
    privilegedBecause,
    ...(facts.lastUsedAt === undefined ? {} : { lastUsedAt: facts.lastUsedAt }),
  };
}
