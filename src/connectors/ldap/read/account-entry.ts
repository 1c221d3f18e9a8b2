/** One entry as an account of the reading. */
import { instantOf, type LdapEntry } from '#kit/ldap/index.ts';
import { TargetError, type ReadAccount } from '../../port.ts';
import { shown } from '../names.ts';
import { usabilityRequest } from '../password-policy.ts';
import type { Directory } from '../session.ts';
import { fingerprintIn } from '../ssh-keys.ts';
import { lockAttributes, lockState } from './lock-state.ts';

/** What an account is asked for; passwords are not. */
export function accountAttributes(directory: Directory): readonly string[] {
  const { settings } = directory;
  return [
    ...new Set([
      settings.loginAttribute,
      'objectClass',
      'entryUUID',
      'cn',
      'displayName',
      'description',
      'manager',
      'uidNumber',
      'gidNumber',
      'homeDirectory',
      'loginShell',
      'sshPublicKey',
      'authzTo',
      'createTimestamp',
      'pwdChangedTime',
      'pwdLastSuccess',
      'authTimestamp',
      ...lockAttributes,
      ...Object.values(settings.attributes),
    ]),
  ];
}

/** Asks the server whether each account could log in, where it can tell. */
export const accountControls = (directory: Directory): readonly (typeof usabilityRequest)[] =>
  directory.controls.has(usabilityRequest.oid) ? [usabilityRequest] : [];

/** The identity of an entry for as long as it exists (RFC 4530). Throws TargetError `unsupported` where it may not be read. */
export function uuidOf(entry: LdapEntry): string {
  const uuid = entry.text('entryUUID');
  if (uuid === undefined)
    throw new TargetError(
      'unsupported',
      `${shown(entry.dn)} shows no entryUUID; let the account of Reeve read operational attributes`,
    );
  return uuid.toLowerCase();
}

export interface AccountFacts {
  readonly directory: Directory;
  readonly nativeId: string;
  readonly login: string | undefined;
  /** In normal spelling. */
  readonly dn: string;
  readonly reasons: ReadAccount['privilegedBecause'];
  /** ISO instant. */
  readonly now: string;
}

export function accountOf(entry: LdapEntry, facts: AccountFacts): ReadAccount {
  const state = lockState(entry, facts.now);
  const lastUsedAt = facts.dn === facts.directory.management ? undefined : lastUse(entry);
  return {
    nativeId: facts.nativeId,
    name: facts.login ?? entry.text('cn') ?? entry.dn,
    state: state.locked ? 'locked' : 'active',
    kind: kindOf(entry, facts.login),
    attributes: attributesOf(entry, facts, state),
    privilegedBecause: [...ownReasons(entry), ...facts.reasons],
    ...(lastUsedAt === undefined ? {} : { lastUsedAt }),
  };
}

/** The latest of what the server (pwdLastSuccess) and the lastbind overlay (authTimestamp) keep. Reeve's own log-ins are no use of its account. */
function lastUse(entry: LdapEntry): string | undefined {
  const seen = [instantOf(entry.text('pwdLastSuccess')), instantOf(entry.text('authTimestamp'))];
  return seen
    .filter((instant) => instant !== undefined)
    .sort()
    .at(-1);
}

function kindOf(entry: LdapEntry, login: string | undefined): ReadAccount['kind'] {
  if (/^(?:svc|srv|service)[-_.]/iu.test(login ?? '')) return 'service';
  const classes = new Set(entry.texts('objectClass').map((name) => name.toLowerCase()));
  const isPerson = ['inetorgperson', 'person', 'organizationalperson'].some((name) => classes.has(name));
  if (isPerson) return 'personal';
  return classes.has('simplesecurityobject') ? 'service' : 'unknown';
}

function attributesOf(
  entry: LdapEntry,
  facts: AccountFacts,
  state: ReturnType<typeof lockState>,
): ReadAccount['attributes'] {
  const { settings } = facts.directory;
  const found: Record<string, unknown> = { dn: entry.dn, entryUUID: uuidOf(entry) };
  const put = (name: string, value: unknown): void => {
    if (value !== undefined) found[name] = value;
  };
  put('full_name', entry.text('displayName') ?? entry.text('cn'));
  for (const [fact, attribute] of Object.entries(settings.attributes)) {
    const values = entry.texts(attribute);
    put(fact, values.length > 1 ? values : values[0]);
  }
  for (const name of ['description', 'manager', 'homeDirectory', 'loginShell']) put(name, entry.text(name));
  for (const name of ['uidNumber', 'gidNumber']) put(name, numberOf(entry.text(name)));
  put('created_at', instantOf(entry.text('createTimestamp')));
  put('password_changed_at', instantOf(entry.text('pwdChangedTime')));
  put('locked_out_since', state.lockedOutSince);
  if (state.passwordExpired) found['password_expired'] = true;
  if (entry.text('pwdReset') === 'TRUE') found['password_must_change'] = true;
  const keys = entry.texts('sshPublicKey').map((line) => fingerprintIn(line) ?? shown(line));
  if (keys.length > 0) found['keys'] = keys.sort();
  return found;
}

const numberOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,15}$/u.test(text) ? Number(text) : undefined;

function ownReasons(entry: LdapEntry): ReadAccount['privilegedBecause'] {
  const authorised = entry.texts('authzTo');
  return [
    ...(entry.text('uidNumber') === '0'
      ? [{ reason: 'is root on every host that takes its accounts from this directory', evidence: 'uidNumber: 0' }]
      : []),
    ...(authorised.length > 0
      ? [{ reason: 'may act as other accounts', evidence: `authzTo: ${authorised.map(shown).join('; ')}` }]
      : []),
  ];
}
