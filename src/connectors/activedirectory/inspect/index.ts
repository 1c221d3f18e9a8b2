/** A closer look at a domain: what a reading calls privileged, how passwords are kept, what lies about, and its computers. */
import { LdapError, type LdapEntry } from '#kit/ldap/index.ts';
import {
  fromReading,
  inOrder,
  passwordInWords,
  type Inspection,
  type InspectionLimits,
  type Observation,
  type ReadAccount,
} from '../../port.ts';
import type { Directory } from '../directory.ts';
import { isAdministrative } from '../read/control-paths.ts';
import { wellKnownName } from '../read/group-graph.ts';
import { wholeReading } from '../read/read-whole.ts';
import { sidText } from '../wire/identifiers.ts';
import { readSecurityDescriptor } from '../wire/security-descriptor.ts';
import { observeCertificates } from './certificates.ts';
import { observeComputers } from './computers.ts';
import { observeSettings } from './settings-of-domain.ts';

export async function inspectDomain(directory: Directory, limits: InspectionLimits): Promise<Inspection> {
  const leftOut: { kind: string; because: string }[] = [];
  const reading = await wholeReading(directory);
  const names = await principalNames(directory);
  const nameOf = (sid: string): string | undefined => names.get(sid) ?? wellKnownName(sid);
  const privilegedSids = new Set(
    reading.accounts.filter(isPrivileged).map(({ attributes }) => String(attributes['sid'])),
  );
  const found: Observation[] = [
    ...fromReading(reading.accounts, 'held'),
    ...reading.accounts.flatMap((account) => ofAccount(account, limits)),
  ];
  const attempt = async (kind: string, work: () => Promise<readonly Observation[]>): Promise<void> => {
    try {
      found.push(...(await work()));
    } catch (error) {
      if (!(error instanceof LdapError) || error.code === 'unreachable') throw error;
      leftOut.push({ kind, because: error.message });
    }
  };
  await attempt('no_laps', () =>
    observeComputers(directory, nameOf, (sid) => isAdministrative(sid) || privilegedSids.has(sid)),
  );
  await attempt('certificates', () =>
    observeCertificates(directory, nameOf, (sid) => isAdministrative(sid) || privilegedSids.has(sid)),
  );
  await attempt('settings_of_domain', () => observeSettings(directory, limits));
  await attempt('special', () =>
    special(
      directory,
      nameOf,
      new Set(reading.accounts.filter(isPrivileged).map(({ nativeId }) => nativeId)),
      limits.fingerprint,
    ),
  );
  const masters = reading.accounts
    .filter(({ privilegedBecause }) =>
      privilegedBecause.some(({ reason }) => /administers the domain|administers every domain/u.test(reason)),
    )
    .map(({ nativeId }) => nativeId);
  return { observations: inOrder(found), keys: [], logons: [], masters, leftOut };
}

/** Beyond being easy prey: really holding power. */
const isPrivileged = ({ privilegedBecause }: ReadAccount): boolean =>
  privilegedBecause.some(({ reason }) => !/Kerberoasting|AS-REP/u.test(reason));

async function principalNames({ ldap, domain, settings }: Directory): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  const search = {
    base: domain.base,
    scope: 'sub',
    filter: '(&(sAMAccountName=*)(objectSid=*))',
    attributes: ['sAMAccountName', 'objectSid'],
  } as const;
  for await (const entry of ldap.search(search, { pageSize: settings.pageSize, references: 'ignore' })) {
    const sid = entry.bytes('objectSid');
    if (sid) names.set(sidText(sid), entry.text('sAMAccountName') ?? '');
  }
  return names;
}

function ofAccount(account: ReadAccount, limits: InspectionLimits): readonly Observation[] {
  const { attributes, nativeId } = account;
  const place = String(attributes['dn'] ?? nativeId);
  const of = (kind: string, about: string, where: string, facts: Observation['facts']): Observation => ({
    kind,
    account: nativeId,
    about,
    place: `${place}${where}`,
    facts,
  });
  const found: Observation[] = [];
  if (attributes['adminCount'] === 1 && !isPrivileged(account))
    found.push(
      of('admin_count', 'adminCount', ': adminCount 1, in no privileged group', { locked: account.state === 'locked' }),
    );
  if (account.state === 'locked') return found;
  const set = attributes['passwordSetAt'];
  const age = typeof set === 'string' ? Math.floor((limits.now.getTime() - Date.parse(set)) / 86_400_000) : undefined;
  found.push(
    of('password', 'password', ': pwdLastSet, userAccountControl', {
      empty: false,
      neverExpires: attributes['passwordNeverExpires'] === true,
      ...(age === undefined ? {} : { ageDays: age }),
    }),
  );
  if (attributes['passwordNotRequired'] === true)
    found.push(of('password_not_required', 'flag', ': userAccountControl PASSWD_NOTREQD (0x20)', {}));
  if (attributes['passwordStoredReversibly'] === true)
    found.push(of('reversible_password', 'flag', ': userAccountControl ENCRYPTED_TEXT_PWD_ALLOWED (0x80)', {}));
  if (account.lastUsedAt !== undefined)
    found.push(of('last_use', 'last use', ': lastLogonTimestamp', { lastUsedAt: account.lastUsedAt }));
  else if (
    typeof attributes['createdAt'] === 'string' &&
    Date.parse(attributes['createdAt']) < limits.now.getTime() - 90 * 86_400_000
  )
    found.push(
      of('last_use', 'last use', ': no lastLogonTimestamp', { lastUsedAt: attributes['createdAt'], never: true }),
    );
  if (String(attributes['sid']).endsWith('-501'))
    found.push(of('guest_enabled', 'guest', ': userAccountControl, ACCOUNTDISABLE not set', {}));
  const said = attributes['description'];
  const secret = typeof said === 'string' ? passwordInWords(said) : undefined;
  if (secret !== undefined) {
    const fingerprint = limits.fingerprint(secret);
    found.push(of('secret_in_attribute', fingerprint, ': description', { attribute: 'description', fingerprint }));
  }
  return found;
}

/** Delegation of accounts without protocol transition, keys added for log-in, and who may read the password of a managed account. */
async function special(
  { ldap, domain, settings }: Directory,
  nameOf: (sid: string) => string | undefined,
  privileged: ReadonlySet<string>,
  fingerprint: (value: string) => string,
): Promise<readonly Observation[]> {
  const found: Observation[] = [];
  const filter =
    '(&(!(objectCategory=computer))(|(msDS-AllowedToDelegateTo=*)(msDS-KeyCredentialLink=*)(msDS-GroupMSAMembership=*)(msDS-AllowedToActOnBehalfOfOtherIdentity=*)(unixUserPassword=*)(msSFU30Password=*)(userPassword=*)(uidNumber=0)(altSecurityIdentities=*)))';
  const attributes = [
    'sAMAccountName',
    'userAccountControl',
    'msDS-AllowedToDelegateTo',
    'msDS-KeyCredentialLink',
    'msDS-GroupMSAMembership',
    'msDS-AllowedToActOnBehalfOfOtherIdentity',
    'unixUserPassword',
    'msSFU30Password',
    'userPassword',
    'uidNumber',
    'altSecurityIdentities',
  ] as const;
  for await (const entry of ldap.search(
    { base: domain.base, scope: 'sub', filter, attributes },
    { pageSize: settings.pageSize, references: 'ignore' },
  )) {
    const name = entry.text('sAMAccountName') ?? entry.dn;
    const flags = Number(entry.text('userAccountControl') ?? 0);
    const to = entry.texts('msDS-AllowedToDelegateTo').toSorted();
    // With protocol transition, or to everybody, a reading says so already.
    if (to.length > 0 && (flags & 0x1000000) === 0)
      found.push({
        kind: 'delegation',
        account: name,
        about: `to ${to[0] ?? ''}`,
        place: `${entry.dn}: msDS-AllowedToDelegateTo ${to.join(', ')}`,
        facts: { to, transition: false },
      });
    if (entry.texts('msDS-KeyCredentialLink').length > 0 && privileged.has(name))
      found.push({
        kind: 'key_credential',
        account: name,
        about: 'key',
        place: `${entry.dn}: msDS-KeyCredentialLink`,
        facts: { keys: String(entry.texts('msDS-KeyCredentialLink').length) },
      });
    if ((flags & DISABLED) === 0) found.push(...written(entry, name, privileged, fingerprint));
    for (const attribute of ['msDS-GroupMSAMembership', 'msDS-AllowedToActOnBehalfOfOtherIdentity'] as const) {
      const bytes = entry.bytes(attribute);
      if (bytes === undefined) continue;
      for (const sid of new Set(readSecurityDescriptor(bytes).allowed.map(({ trustee }) => trustee)))
        if (!isAdministrative(sid))
          found.push({
            kind: attribute === 'msDS-GroupMSAMembership' ? 'reads_password_of' : 'acts_on_behalf',
            account: nameOf(sid) ?? sid,
            about: `on ${name}`,
            place: `${entry.dn}: ${attribute} names ${nameOf(sid) ?? sid}`,
            facts: { on: name, controller: false },
          });
    }
  }
  return found;
}

const DISABLED = 0x2;

/** What is written beside an account and opens it: passwords in attributes everybody reads, the uid of root, certificates mapped to it. */
function written(
  entry: LdapEntry,
  name: string,
  privileged: ReadonlySet<string>,
  fingerprint: (value: string) => string,
): readonly Observation[] {
  const found: Observation[] = [];
  for (const attribute of ['unixUserPassword', 'msSFU30Password', 'userPassword'] as const)
    for (const value of entry.texts(attribute)) {
      if (value === '' || /^[*!x]$/u.test(value)) continue;
      const mark = fingerprint(value);
      found.push({
        kind: 'secret_in_attribute',
        account: name,
        about: mark,
        place: `${entry.dn}: ${attribute}`,
        facts: { attribute, fingerprint: mark },
      });
    }
  if (entry.text('uidNumber') === '0')
    found.push({
      kind: 'posix_root',
      account: name,
      about: 'uidNumber 0',
      place: `${entry.dn}: uidNumber 0`,
      facts: {},
    });
  const mapped = entry.texts('altSecurityIdentities');
  if (mapped.length > 0 && privileged.has(name))
    found.push({
      kind: 'mapped_certificate',
      account: name,
      about: 'altSecurityIdentities',
      place: `${entry.dn}: altSecurityIdentities`,
      facts: { mapped: mapped.map((one) => one.slice(0, 120)) },
    });
  return found;
}
