/**
 * What the certificate authorities of a forest sign, and for whom: a template may let whoever asks name somebody else (ESC1),
 * serve any purpose (ESC2), let its holder ask for others (ESC3), or be changed by somebody who is no administrator (ESC4).
 */
import type { LdapEntry } from '#kit/ldap/index.ts';
import type { Observation } from '../../port.ts';
import type { Directory } from '../directory.ts';
import { isAdministrative } from '../read/control-paths.ts';
import { ownerAndAccess } from '../wire/controls.ts';
import { access, isEverything, readSecurityDescriptor, type AllowedAce } from '../wire/security-descriptor.ts';

/** Bits of msPKI-Certificate-Name-Flag, of msPKI-Enrollment-Flag (MS-CRTD 2.26, 2.27). */
const SUBJECT_BY_REQUEST = 0x1;
const ALT_NAME_BY_REQUEST = 0x10000;
const WAITS_FOR_MANAGER = 0x2;
const NO_SECURITY_EXTENSION = 0x80000;

/** Extended rights (MS-CRTD 2.5): Enroll and AutoEnroll. */
const enrolls: ReadonlySet<string> = new Set([
  '0e10c968-78fb-11d2-90d4-00c04f79dc55',
  'a05b8cc2-17bc-4802-a710-e7c15ab866a2',
]);
const ANY_PURPOSE = '2.5.29.37.0';
const ASKS_FOR_OTHERS = '1.3.6.1.4.1.311.20.2.1';
/** Client authentication, smart card log-on, PKINIT. */
const logsIn: ReadonlySet<string> = new Set([
  '1.3.6.1.5.5.7.3.2',
  '1.3.6.1.4.1.311.20.2.2',
  '1.3.6.1.5.2.3.4',
  ANY_PURPOSE,
]);
/** Certificate publishers manage authorities; whoever is of these is meant to. */
const CERT_PUBLISHERS = 517;

export async function observeCertificates(
  { ldap, settings }: Directory,
  nameOf: (sid: string) => string | undefined,
  isPrivileged: (sid: string) => boolean,
): Promise<readonly Observation[]> {
  const root = {
    base: '',
    scope: 'base',
    filter: '(objectClass=*)',
    attributes: ['configurationNamingContext'],
  } as const;
  let configuration: string | undefined;
  for await (const entry of ldap.search(root)) configuration = entry.text('configurationNamingContext');
  if (configuration === undefined) return [];
  const search = {
    base: `CN=Services,${configuration}`,
    scope: 'sub',
    filter:
      '(|(objectClass=pKICertificateTemplate)(objectClass=pKIEnrollmentService)(objectClass=certificationAuthority)(&(objectClass=container)(|(cn=Public Key Services)(cn=Certificate Templates)(cn=Enrollment Services)(cn=AIA))))',
    attributes: [
      'cn',
      'objectClass',
      'certificateTemplates',
      'msPKI-Certificate-Name-Flag',
      'msPKI-Enrollment-Flag',
      'msPKI-RA-Signature',
      'msPKI-Template-Schema-Version',
      'pKIExtendedKeyUsage',
      'msPKI-Certificate-Application-Policy',
      'nTSecurityDescriptor',
    ],
  } as const;
  const templates: LdapEntry[] = [];
  const authorities: LdapEntry[] = [];
  for await (const entry of ldap.search(search, {
    pageSize: settings.pageSize,
    references: 'ignore',
    controls: [ownerAndAccess],
  }))
    (entry.texts('objectClass').some((one) => one.toLowerCase() === 'pkicertificatetemplate')
      ? templates
      : authorities
    ).push(entry);
  const offered = new Set(authorities.flatMap((entry) => entry.texts('certificateTemplates')));
  const ordinary = (sid: string): boolean =>
    !isAdministrative(sid) && !isPrivileged(sid) && !sid.endsWith(`-${CERT_PUBLISHERS}`);
  const who = (sid: string): string => (everybody.has(sid) || /-(?:513|515)$/u.test(sid) ? '' : (nameOf(sid) ?? sid));
  return [
    ...templates.flatMap((entry) => ofTemplate(entry, offered, ordinary, who, nameOf)),
    ...authorities.flatMap((entry) =>
      changers(entry, ordinary).map(([sid, right]) => ({
        kind: 'certificate_authority',
        account: who(sid),
        about: `authority ${entry.text('cn') ?? entry.dn}`,
        place: `permissions of ${entry.dn}: ${right} for ${nameOf(sid) ?? sid}`,
        facts: { authority: entry.text('cn') ?? entry.dn, right, by: nameOf(sid) ?? sid },
      })),
    ),
  ];
}

/** Everyone, anonymous, authenticated users, users, and pre-Windows 2000 compatible access. */
const everybody: ReadonlySet<string> = new Set(['S-1-1-0', 'S-1-5-7', 'S-1-5-11', 'S-1-5-32-545', 'S-1-5-32-554']);

function ofTemplate(
  entry: LdapEntry,
  offered: ReadonlySet<string>,
  ordinary: (sid: string) => boolean,
  who: (sid: string) => string,
  nameOf: (sid: string) => string | undefined,
): readonly Observation[] {
  const name = entry.text('cn') ?? entry.dn;
  const bits = (attribute: string): number => Number(entry.text(attribute) ?? 0);
  const uses = [...entry.texts('pKIExtendedKeyUsage'), ...entry.texts('msPKI-Certificate-Application-Policy')];
  const free = (bits('msPKI-Enrollment-Flag') & WAITS_FOR_MANAGER) === 0 && bits('msPKI-RA-Signature') === 0;
  const any = uses.length === 0 || uses.includes(ANY_PURPOSE);
  const names = (bits('msPKI-Certificate-Name-Flag') & (SUBJECT_BY_REQUEST | ALT_NAME_BY_REQUEST)) !== 0;
  const ways = free
    ? [
        ...(names && (any || uses.some((use) => logsIn.has(use))) ? ['names whom it logs in as (ESC1)'] : []),
        ...(names && bits('msPKI-Template-Schema-Version') === 1 && !any && !uses.some((use) => logsIn.has(use))
          ? ['takes its purposes, and whom it names, from whoever asks (ESC15)']
          : []),
        ...(any ? ['serves any purpose (ESC2)'] : []),
        ...(uses.includes(ASKS_FOR_OTHERS) ? ['asks for certificates of others (ESC3)'] : []),
        ...((bits('msPKI-Enrollment-Flag') & NO_SECURITY_EXTENSION) !== 0 && uses.some((use) => logsIn.has(use))
          ? ['does not say whose it is (ESC9)']
          : []),
      ]
    : [];
  const common = { template: name, offered: offered.has(name) };
  const found: Observation[] = [];
  if (ways.length > 0)
    for (const sid of askers(entry, ordinary))
      found.push({
        kind: 'certificate_template',
        account: who(sid),
        about: `template ${name}`,
        place: `${entry.dn}: msPKI-Certificate-Name-Flag ${bits('msPKI-Certificate-Name-Flag')}, msPKI-Enrollment-Flag ${bits('msPKI-Enrollment-Flag')}, Enroll for ${nameOf(sid) ?? sid}`,
        facts: { ...common, ways, by: nameOf(sid) ?? sid },
      });
  for (const [sid, right] of changers(entry, ordinary))
    found.push({
      kind: 'certificate_template',
      account: who(sid),
      about: `change of template ${name}`,
      place: `permissions of ${entry.dn}: ${right} for ${nameOf(sid) ?? sid}`,
      facts: { ...common, ways: ['is changed into one that names whom it logs in as (ESC4)'], by: nameOf(sid) ?? sid },
    });
  return found;
}

const entriesOf = (entry: LdapEntry): readonly AllowedAce[] => {
  const bytes = entry.bytes('nTSecurityDescriptor');
  return bytes === undefined ? [] : readSecurityDescriptor(bytes).allowed.filter(({ here }) => here);
};

const askers = (entry: LdapEntry, ordinary: (sid: string) => boolean): readonly string[] => [
  ...new Set(
    entriesOf(entry)
      .filter(
        ({ mask, objectType, trustee }) =>
          ordinary(trustee) &&
          (isEverything(mask) ||
            ((mask & access.extendedRight) !== 0 && (objectType === undefined || enrolls.has(objectType)))),
      )
      .map(({ trustee }) => trustee),
  ),
];

function changers(
  entry: LdapEntry,
  ordinary: (sid: string) => boolean,
): readonly (readonly [sid: string, right: string])[] {
  const found = new Map<string, string>();
  const bytes = entry.bytes('nTSecurityDescriptor');
  const owner = bytes === undefined ? undefined : readSecurityDescriptor(bytes).owner;
  if (owner !== undefined && ordinary(owner)) found.set(owner, 'owner');
  for (const { mask, objectType, trustee } of entriesOf(entry)) {
    if (!ordinary(trustee)) continue;
    const whole = objectType === undefined && (mask & (access.writeProperty | access.genericWrite)) !== 0;
    if (isEverything(mask)) found.set(trustee, 'GenericAll');
    else if ((mask & (access.writeDacl | access.writeOwner)) !== 0) found.set(trustee, 'WriteDacl or WriteOwner');
    else if (whole) found.set(trustee, 'WriteProperty');
  }
  return [...found];
}
