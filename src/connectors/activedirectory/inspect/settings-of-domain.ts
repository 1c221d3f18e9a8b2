/** What the settings of a domain leave open to everybody, how old the key of its tickets is, and passwords written beside what they open. */
import type { LdapEntry } from '#kit/ldap/index.ts';
import { passwordInWords, type InspectionLimits, type Observation } from '../../port.ts';
import type { Directory } from '../directory.ts';
import { filetimeInstant } from '../wire/filetime.ts';

/** Principals that are everybody, without logging in: everyone and anonymous log-on, as foreign principals are named. */
const anybody = /^CN=S-1-(?:1-0|5-7),CN=ForeignSecurityPrincipals,/iu;
const DES_ONLY = 0x200000;
const DISABLED = 0x2;
/** Texts people write beside accounts, computers and groups, and everybody who logs in reads. Descriptions of people are read with them. */
const texts = ['info', 'comment', 'adminDescription', 'title', 'physicalDeliveryOfficeName', 'description'] as const;

const of = (
  kind: string,
  account: string,
  about: string,
  place: string,
  facts: Observation['facts'] = {},
): Observation => ({ kind, account, about, place, facts });

export async function observeSettings(directory: Directory, limits: InspectionLimits): Promise<readonly Observation[]> {
  return [
    ...(await ofDomain(directory)),
    ...(await ofForest(directory)),
    ...(await ofTickets(directory, limits.now)),
    ...(await written(directory, limits)),
  ];
}

async function* entries(
  { ldap, settings }: Directory,
  base: string,
  scope: 'base' | 'sub',
  filter: string,
  attributes: readonly string[],
): AsyncGenerator<LdapEntry> {
  yield* ldap.search({ base, scope, filter, attributes }, { pageSize: settings.pageSize, references: 'ignore' });
}

async function ofDomain(directory: Directory): Promise<readonly Observation[]> {
  const { base } = directory.domain;
  const found: Observation[] = [];
  for await (const entry of entries(directory, base, 'base', '(objectClass=*)', ['ms-DS-MachineAccountQuota'])) {
    const quota = entry.text('ms-DS-MachineAccountQuota');
    if (quota !== undefined && Number(quota) > 0)
      found.push(
        of('machine_quota', '', 'ms-DS-MachineAccountQuota', `${base}: ms-DS-MachineAccountQuota ${quota}`, { quota }),
      );
  }
  const group = '(&(objectClass=group)(objectSid=S-1-5-32-554))';
  for await (const entry of entries(directory, base, 'sub', group, ['member']))
    for (const member of entry.texts('member').filter((dn) => anybody.test(dn)))
      found.push(
        of('anonymous_read', '', member, `${entry.dn}: member ${member}`, {
          by: 'the group Pre-Windows 2000 Compatible Access',
        }),
      );
  return found;
}

async function ofForest(directory: Directory): Promise<readonly Observation[]> {
  const found: Observation[] = [];
  let configuration: string | undefined;
  for await (const entry of entries(directory, '', 'base', '(objectClass=*)', ['configurationNamingContext']))
    configuration = entry.text('configurationNamingContext');
  if (configuration === undefined) return [];
  const services = `CN=Windows NT,CN=Services,${configuration}`;
  for await (const entry of entries(directory, services, 'sub', '(dSHeuristics=*)', ['dSHeuristics'])) {
    const said = entry.text('dSHeuristics') ?? '';
    // MS-ADTS 6.1.1.2.4.1.2: the seventh character lets anonymous operations in, the sixteenth leaves groups unprotected.
    if (said[6] === '2')
      found.push(of('anonymous_read', '', 'dSHeuristics', `${entry.dn}: dSHeuristics ${said}`, { by: 'dSHeuristics' }));
    if (said[15] !== undefined && said[15] !== '0')
      found.push(of('unprotected_groups', '', 'dSHeuristics', `${entry.dn}: dSHeuristics ${said}`));
  }
  return found;
}

async function ofTickets(directory: Directory, now: Date): Promise<readonly Observation[]> {
  const found: Observation[] = [];
  const { base } = directory.domain;
  const filter = `(|(sAMAccountName=krbtgt)(userAccountControl:1.2.840.113556.1.4.803:=${DES_ONLY}))`;
  for await (const entry of entries(directory, base, 'sub', filter, [
    'sAMAccountName',
    'pwdLastSet',
    'userAccountControl',
  ])) {
    const name = entry.text('sAMAccountName') ?? entry.dn;
    const flags = Number(entry.text('userAccountControl') ?? 0);
    const set = filetimeInstant(entry.text('pwdLastSet'));
    if (name === 'krbtgt' && set !== undefined)
      found.push(
        of('ticket_key', name, 'pwdLastSet', `${entry.dn}: pwdLastSet ${set}`, {
          ageDays: Math.floor((now.getTime() - Date.parse(set)) / 86_400_000),
        }),
      );
    if ((flags & DES_ONLY) !== 0 && (flags & DISABLED) === 0)
      found.push(
        of('weak_hash', name, 'password', `${entry.dn}: userAccountControl USE_DES_KEY_ONLY (0x200000)`, {
          scheme: 'keys of DES, which are broken in hours',
        }),
      );
  }
  return found;
}

async function written(directory: Directory, limits: InspectionLimits): Promise<readonly Observation[]> {
  const found: Observation[] = [];
  const filter = `(&(sAMAccountName=*)(|${texts.map((name) => `(${name}=*)`).join('')}))`;
  for await (const entry of entries(directory, directory.domain.base, 'sub', filter, [
    ...texts,
    'sAMAccountName',
    'sAMAccountType',
  ])) {
    const person = entry.text('sAMAccountType') === '805306368';
    const name = entry.text('sAMAccountName') ?? entry.dn;
    for (const attribute of texts.filter((one) => !person || one !== 'description'))
      for (const said of entry.texts(attribute)) {
        const secret = passwordInWords(said);
        if (secret === undefined) continue;
        const fingerprint = limits.fingerprint(secret);
        found.push(
          of('secret_in_attribute', name, `${attribute} ${fingerprint}`, `${entry.dn}: ${attribute}`, {
            attribute,
            fingerprint,
          }),
        );
      }
  }
  return found;
}
