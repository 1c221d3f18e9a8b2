/** A closer look at a directory: what a reading calls privileged, rules for sudo kept there, passwords, and access rules that let anybody write. */
import { instantOf, LdapError } from '#kit/ldap/index.ts';
import {
  fromReading,
  inOrder,
  passwordInWords,
  type Inspection,
  type InspectionLimits,
  type KeySighting,
  type Observation,
  type Reading,
} from '../../port.ts';
import { normalOrNothing, shown } from '../names.ts';
import type { Directory } from '../session.ts';
import { isGuessed, isPlain, observeConfiguration, weakScheme } from './configured.ts';
import { openClauses, openPasswords } from './open-rules.ts';

export async function inspectDirectory(
  directory: Directory,
  reading: Reading,
  limits: InspectionLimits,
): Promise<Inspection> {
  const leftOut: { kind: string; because: string }[] = [];
  const idOf = new Map(
    reading.accounts.map((account) => [normalOrNothing(String(account.attributes['dn'] ?? '')), account.nativeId]),
  );
  const found: Observation[] = [...fromReading(reading.accounts, 'held')];
  const attempt = async (kind: string, work: () => Promise<readonly Observation[]>): Promise<void> => {
    try {
      found.push(...(await work()));
    } catch (error) {
      if (!(error instanceof LdapError) || error.code === 'unreachable') throw error;
      leftOut.push({ kind, because: error.message });
    }
  };
  await attempt('sudo', () => sudoRoles(directory, reading));
  await attempt('password', () => passwords(directory, limits, (dn) => idOf.get(normalOrNothing(dn))));
  await attempt('open_rule', () => openRules(directory));
  await attempt('secret_in_attribute', () => written(directory, limits, (dn) => idOf.get(normalOrNothing(dn))));
  const powerful = new Set(
    reading.accounts.filter(({ privilegedBecause }) => privilegedBecause.length > 0).map(({ nativeId }) => nativeId),
  );
  await attempt('configuration', () =>
    observeConfiguration(directory, (dn) => idOf.get(normalOrNothing(dn)), powerful, limits.fingerprint),
  );
  for (const account of reading.accounts)
    if (account.lastUsedAt !== undefined)
      found.push({
        kind: 'last_use',
        account: account.nativeId,
        about: 'last use',
        place: String(account.attributes['dn'] ?? ''),
        facts: { lastUsedAt: account.lastUsedAt },
      });
  const keys = reading.accounts.flatMap((account): readonly KeySighting[] => {
    const held = account.attributes['keys'];
    if (!Array.isArray(held) || account.state === 'locked') return [];
    return held
      .filter((one): one is string => typeof one === 'string' && one.startsWith('SHA256:'))
      .map((fingerprint) => ({
        account: account.nativeId,
        fingerprint,
        how: 'opens' as const,
        place: `sshPublicKey of ${String(account.attributes['dn'] ?? '')}`,
        comment: '',
        options: [],
      }));
  });
  const masters = reading.accounts
    .filter(({ privilegedBecause }) => privilegedBecause.some(({ evidence }) => evidence.startsWith('olcRootDN')))
    .map(({ nativeId }) => nativeId);
  return { observations: inOrder(found), keys, logons: [], masters, leftOut };
}

/** sudoers.ldap(5): what hosts that ask this directory let people do. */
async function sudoRoles({ ldap, base, settings }: Directory, reading: Reading): Promise<readonly Observation[]> {
  const found: Observation[] = [];
  const netgroups = new Map<string, readonly string[]>();
  const triples = {
    base,
    scope: 'sub',
    filter: '(objectClass=nisNetgroup)',
    attributes: ['cn', 'nisNetgroupTriple'],
  } as const;
  for await (const entry of ldap.search(triples, { pageSize: settings.pageSize }))
    netgroups.set(
      entry.text('cn') ?? '',
      entry.texts('nisNetgroupTriple').flatMap((triple) => {
        const user = /^\([^,]*,\s*([^,]+?)\s*,/u.exec(triple)?.[1];
        return user === undefined || user === '-' ? [] : [user];
      }),
    );
  const search = {
    base,
    scope: 'sub',
    filter: '(objectClass=sudoRole)',
    attributes: ['sudoUser', 'sudoCommand', 'sudoOption', 'sudoHost', 'sudoRunAsUser', 'sudoRunAs'],
  } as const;
  for await (const entry of ldap.search(search, { pageSize: settings.pageSize })) {
    const users = entry.texts('sudoUser');
    const commands = entry.texts('sudoCommand').filter((command) => !command.startsWith('!'));
    const runAs = [...entry.texts('sudoRunAsUser'), ...entry.texts('sudoRunAs')];
    if (commands.length === 0) continue;
    const accounts = users.flatMap((user) =>
      user === 'ALL'
        ? ['']
        : user.startsWith('%')
          ? membersOf(user.slice(1), reading)
          : user.startsWith('+')
            ? (netgroups.get(user.slice(1)) ?? [])
            : [user],
    );
    for (const account of new Set(accounts))
      found.push({
        kind: 'sudo',
        account,
        about: `sudoRole:${shown(entry.dn)}`,
        place: shown(entry.dn),
        facts: {
          rule: `${users.join(', ')} ${entry.texts('sudoHost').join(', ')} = ${commands.join(', ')}`.slice(0, 200),
          asRoot: runAs.length === 0 || runAs.some((name) => ['root', 'ALL', '#0'].includes(name)),
          runAs: runAs.length === 0 ? ['root'] : runAs,
          everything: commands.includes('ALL'),
          noPassword: entry.texts('sudoOption').includes('!authenticate'),
          risks: commands
            .filter((command) => /[*?[]/u.test(command))
            .map((command) => `\`${command}\` holds a pattern: blanks and slashes fit it too`),
          through: users.filter((user) => user.startsWith('%')),
          locked: false,
        },
      });
  }
  return found;
}

function membersOf(name: string, reading: Reading): readonly string[] {
  const group = reading.entitlements.find(
    (one) => one.kind.toLowerCase().includes('group') && one.name === name,
  )?.nativeId;
  return group === undefined
    ? []
    : reading.holdings.filter(({ entitlement }) => entitlement === group).map(({ account }) => account);
}

/** Of a stored password its scheme is told, and whether it is one everybody tries first; it is compared here and forgotten. */
async function passwords(
  { ldap, accountsBase, settings }: Directory,
  limits: InspectionLimits,
  idOf: (dn: string) => string | undefined,
): Promise<readonly Observation[]> {
  const found: Observation[] = [];
  const search = {
    base: accountsBase,
    scope: 'sub',
    filter: settings.accountFilter,
    attributes: ['userPassword', 'pwdChangedTime', 'shadowMax', 'shadowLastChange', settings.loginAttribute],
  } as const;
  for await (const entry of ldap.search(search, { pageSize: settings.pageSize })) {
    const account = idOf(entry.dn);
    const stored = entry.texts('userPassword');
    if (account === undefined || stored.length === 0) continue;
    const changed = instantOf(entry.text('pwdChangedTime'));
    const shadowMax = entry.text('shadowMax');
    const shadowDay = entry.text('shadowLastChange');
    const age =
      changed !== undefined
        ? Math.floor((limits.now.getTime() - Date.parse(changed)) / 86_400_000)
        : shadowDay === undefined
          ? undefined
          : Math.floor(limits.now.getTime() / 86_400_000) - Number(shadowDay);
    const place = shown(entry.dn);
    found.push({
      kind: 'password',
      account,
      about: 'password',
      place,
      facts: {
        empty: false,
        neverExpires: shadowMax !== undefined && (Number(shadowMax) >= 9_999 || Number(shadowMax) < 0),
        ...(age === undefined ? {} : { ageDays: age }),
      },
    });
    const scheme = stored.map(weakScheme).find((one) => one !== undefined);
    if (scheme !== undefined)
      found.push({ kind: 'weak_hash', account, about: 'password', place: `${place}: userPassword`, facts: { scheme } });
    if (stored.some(isPlain))
      found.push({ kind: 'plain_password', account, about: 'password', place: `${place}: userPassword`, facts: {} });
    const name = entry.text(settings.loginAttribute) ?? account;
    if (await isGuessed(name, stored))
      found.push({
        kind: 'weak_password',
        account,
        about: 'password',
        place: `${place}: userPassword`,
        facts: { sort: 'one that everybody tries first, or its own name' },
      });
  }
  return found;
}

/** Passwords people write beside an account, where everybody who is let in reads them. */
async function written(
  { ldap, accountsBase, settings }: Directory,
  limits: InspectionLimits,
  idOf: (dn: string) => string | undefined,
): Promise<readonly Observation[]> {
  const found: Observation[] = [];
  const attributes = ['description', 'title', 'info'] as const;
  const search = {
    base: accountsBase,
    scope: 'sub',
    filter: `(&${settings.accountFilter}(|(description=*)(title=*)(info=*)))`,
    attributes,
  } as const;
  for await (const entry of ldap.search(search, { pageSize: settings.pageSize })) {
    const account = idOf(entry.dn);
    for (const attribute of attributes)
      for (const said of account === undefined ? [] : entry.texts(attribute)) {
        const secret = passwordInWords(said);
        if (account === undefined || secret === undefined) continue;
        const fingerprint = limits.fingerprint(secret);
        found.push({
          kind: 'secret_in_attribute',
          account,
          about: fingerprint,
          place: `${shown(entry.dn)}: ${attribute}`,
          facts: { attribute, fingerprint },
        });
      }
  }
  return found;
}

async function openRules({ ldap }: Directory): Promise<readonly Observation[]> {
  const found: Observation[] = [];
  const search = {
    base: 'cn=config',
    scope: 'sub',
    filter: '(olcAccess=*)',
    attributes: ['olcAccess', 'olcSuffix'],
  } as const;
  for await (const entry of ldap.search(search))
    for (const rule of entry.texts('olcAccess'))
      for (const { who, text } of openClauses(rule))
        found.push({
          kind: 'open_rule',
          account: '',
          about: text,
          place: `access rule of ${shown(entry.text('olcSuffix') ?? entry.dn)}: ${shown(text)}`,
          facts: { who, rule: text },
        });
  const databases = {
    base: 'cn=config',
    scope: 'sub',
    filter: '(&(olcDatabase=*)(olcSuffix=*))',
    attributes: ['olcAccess', 'olcSuffix'],
  } as const;
  for await (const entry of ldap.search(databases))
    if (entry.text('olcSuffix') !== 'cn=accesslog')
      for (const { who, text } of openPasswords(entry.texts('olcAccess').toSorted(byNumber)))
        found.push({
          kind: 'open_rule',
          account: '',
          about: `read ${text}`,
          place: `access rule of ${shown(entry.text('olcSuffix') ?? entry.dn)}: ${shown(text)}`,
          facts: { who, rule: text, reads: true },
        });
  return found;
}

/** Rules are numbered `{0}to …`, and come in any order. */
const byNumber = (a: string, b: string): number => numberOf(a) - numberOf(b);
const numberOf = (rule: string): number => Number(/^\{(-?\d+)\}/u.exec(rule)?.[1] ?? 0);
