/** Computers of a domain: who may act through them, and whether their own administrator's password is looked after. */
import type { LdapEntry } from '#kit/ldap/index.ts';
import type { Observation } from '../../port.ts';
import type { Directory } from '../directory.ts';
import { control } from '../read/account-entry.ts';
import { LocalPasswords, localPasswordAttributes } from './local-passwords.ts';
import { filetimeInstant } from '../wire/filetime.ts';
import { ownerAndAccess } from '../wire/controls.ts';
import { access, isEverything, readSecurityDescriptor } from '../wire/security-descriptor.ts';

const DOMAIN_CONTROLLER = 0x2000;
const READ_ONLY_CONTROLLER = 0x4000000;

const attributes = [
  'sAMAccountName',
  'userAccountControl',
  'primaryGroupID',
  'msDS-AllowedToDelegateTo',
  'msDS-AllowedToActOnBehalfOfOtherIdentity',
  'ms-Mcs-AdmPwdExpirationTime',
  'msLAPS-PasswordExpirationTime',
  'lastLogonTimestamp',
  'operatingSystem',
  'nTSecurityDescriptor',
] as const;

export async function observeComputers(
  directory: Directory,
  nameOf: (sid: string) => string | undefined,
  isPrivileged: (sid: string) => boolean,
): Promise<readonly Observation[]> {
  const { ldap, domain, settings, now } = directory;
  const found: Observation[] = [];
  const passwords = new LocalPasswords(await localPasswordAttributes(directory));
  const search = { base: domain.base, scope: 'sub', filter: '(objectCategory=computer)', attributes } as const;
  for await (const entry of ldap.search(search, {
    pageSize: settings.pageSize,
    references: 'ignore',
    controls: [ownerAndAccess],
  })) {
    const name = entry.text('sAMAccountName');
    const flags = Number(entry.text('userAccountControl') ?? 0);
    if (name === undefined || (flags & control.disabled) !== 0) continue;
    const controller =
      (flags & (DOMAIN_CONTROLLER | READ_ONLY_CONTROLLER)) !== 0 ||
      ['516', '521'].includes(entry.text('primaryGroupID') ?? '');
    found.push(...delegation(entry, name, flags, controller), ...behalf(entry, name, controller, nameOf));
    // Whoever connects to a computer trusted for everybody leaves it their ticket: to control it is to be them.
    const trusted = controller || (flags & control.delegates) !== 0;
    if (trusted) found.push(...control_(entry, name, controller, nameOf, isPrivileged));
    if (controller) continue;
    found.push(...laps(entry, name, now));
    passwords.take(entry, name);
  }
  return [...found, ...passwords.observe(nameOf, isPrivileged)];
}

function delegation(entry: LdapEntry, name: string, flags: number, controller: boolean): readonly Observation[] {
  const to = entry.texts('msDS-AllowedToDelegateTo').toSorted();
  const place = (what: string): string => `${entry.dn}: ${what}`;
  return [
    ...((flags & control.delegates) !== 0 && !controller
      ? [
          {
            kind: 'delegation',
            account: name,
            about: 'unconstrained',
            place: place('userAccountControl TRUSTED_FOR_DELEGATION (0x80000)'),
            facts: { to: ['everybody who connects to it'], transition: true },
          },
        ]
      : []),
    ...(to.length > 0
      ? [
          {
            kind: 'delegation',
            account: name,
            about: `to ${to[0] ?? ''}`,
            place: place(`msDS-AllowedToDelegateTo ${to.join(', ')}`),
            facts: { to, transition: (flags & control.impersonates) !== 0 },
          },
        ]
      : []),
  ];
}

/** Resource-based delegation: the computer lets others act as anybody towards it. */
function behalf(
  entry: LdapEntry,
  name: string,
  controller: boolean,
  nameOf: (sid: string) => string | undefined,
): readonly Observation[] {
  const bytes = entry.bytes('msDS-AllowedToActOnBehalfOfOtherIdentity');
  if (bytes === undefined) return [];
  return [...new Set(readSecurityDescriptor(bytes).allowed.map(({ trustee }) => trustee))].map((sid) => ({
    kind: 'acts_on_behalf',
    account: nameOf(sid) ?? sid,
    about: `on ${name}`,
    place: `${entry.dn}: msDS-AllowedToActOnBehalfOfOtherIdentity names ${nameOf(sid) ?? sid}`,
    facts: { on: name, controller },
  }));
}

/** Properties by which whoever writes them logs in as the computer, or has others act towards it (MS-ADA). */
const takesOver: ReadonlyMap<string, string> = new Map([
  ['5b47d60f-6090-40b2-9f37-2a4de88f3063', 'WriteProperty msDS-KeyCredentialLink'],
  ['3f78c3e5-f79a-46bd-a0b8-9d18116ddc79', 'WriteProperty msDS-AllowedToActOnBehalfOfOtherIdentity'],
  ['4c164200-20c0-11d0-a768-00aa006e0529', 'WriteProperty User-Account-Restrictions, which lets others act on it'],
]);
const RESET_PASSWORD = '00299570-246d-11d0-a768-00aa006e0529';

/** Who may change the account of a computer that is as good as the domain. */
function control_(
  entry: LdapEntry,
  name: string,
  controller: boolean,
  nameOf: (sid: string) => string | undefined,
  isPrivileged: (sid: string) => boolean,
): readonly Observation[] {
  const bytes = entry.bytes('nTSecurityDescriptor');
  if (bytes === undefined) return [];
  const found = new Map<string, string>();
  const write = access.writeDacl | access.writeOwner | access.genericWrite;
  const { allowed, owner } = readSecurityDescriptor(bytes);
  if (owner !== undefined && !isPrivileged(owner) && nameOf(owner) !== undefined) found.set(owner, 'owner');
  for (const ace of allowed) {
    if (ace.inherited || !ace.here || isPrivileged(ace.trustee) || nameOf(ace.trustee) === undefined) continue;
    const property = ace.objectType === undefined ? undefined : takesOver.get(ace.objectType);
    if (ace.objectType === undefined && (isEverything(ace.mask) || (ace.mask & write) !== 0))
      found.set(ace.trustee, isEverything(ace.mask) ? 'GenericAll' : 'WriteDacl, WriteOwner or GenericWrite');
    else if (property !== undefined && (ace.mask & access.writeProperty) !== 0) found.set(ace.trustee, property);
    else if ([RESET_PASSWORD, undefined].includes(ace.objectType) && (ace.mask & access.extendedRight) !== 0)
      found.set(ace.trustee, ace.objectType === undefined ? 'all extended rights' : 'User-Force-Change-Password');
  }
  return [...found].map(([sid, right]) => ({
    kind: 'controls_computer',
    account: nameOf(sid) ?? sid,
    about: `computer ${name}`,
    place: `permissions of ${entry.dn}: ${right}`,
    facts: { on: name, right, controller },
  }));
}

function laps(entry: LdapEntry, name: string, now: Date): readonly Observation[] {
  const until = filetimeInstant(
    entry.text('msLAPS-PasswordExpirationTime') ?? entry.text('ms-Mcs-AdmPwdExpirationTime'),
  );
  if (until !== undefined && Date.parse(until) > now.getTime() - 30 * 86_400_000) return [];
  return [
    {
      kind: 'no_laps',
      account: name,
      about: 'local administrator',
      place: `${entry.dn}: ${until === undefined ? 'no msLAPS-PasswordExpirationTime and no ms-Mcs-AdmPwdExpirationTime' : `password was due ${until}`}`,
      facts: { computer: name, due: until ?? '', system: entry.text('operatingSystem') ?? '' },
    },
  ];
}
