/** One connection to a domain controller for one call: pinned, logged in, and knowing which domain it speaks for. */
import { LdapError, ldapFilter, oneLine, openLdap, probeLdap, type Ldap, type LdapEntry } from '#kit/ldap/index.ts';
import { TargetError, type Credential, type Target } from '../port.ts';
import { settingsOf, type ActiveDirectorySettings } from './settings.ts';
import { showDeleted } from './wire/controls.ts';
import { guidText, sidText } from './wire/identifiers.ts';

/** What the controller says of itself and of its domain. */
export interface Domain {
  /** Distinguished name of the domain. */
  readonly base: string;
  /** `corp.example` */
  readonly dns: string;
  readonly sid: string;
  /** Identity of this controller's database: another one after a restore, and on another controller. */
  readonly invocationId: string;
  /** Grows with every change on this controller. */
  readonly highestUsn: bigint;
  /** What the controller calls itself. */
  readonly version: string;
  readonly host: string;
  /** The domain head, with the attributes {@link headAttributes} names. */
  readonly head: LdapEntry;
}

export interface Directory {
  readonly ldap: Ldap;
  readonly domain: Domain;
  readonly settings: ActiveDirectorySettings;
  /** The account Reeve logged in as. */
  readonly self: { readonly dn: string; readonly sid: string };
  /** When this call began. */
  readonly now: Date;
}

const headAttributes = [
  'objectSid',
  'wellKnownObjects',
  'lockoutThreshold',
  'lockOutObservationWindow',
  'lockoutDuration',
  'minPwdLength',
];
/** The capability every Active Directory names (MS-ADTS 3.1.1.3.4.3). */
const isActiveDirectory = '1.2.840.113556.1.4.800';
/** MS-ADTS 6.1.4.2. */
const levels: ReadonlyMap<string, string> = new Map([
  ['0', 'Windows 2000'],
  ['2', 'Windows Server 2003'],
  ['3', 'Windows Server 2008'],
  ['4', 'Windows Server 2008 R2'],
  ['5', 'Windows Server 2012'],
  ['6', 'Windows Server 2012 R2'],
  ['7', 'Windows Server 2016'],
  ['10', 'Windows Server 2025'],
]);

/** Shows what there is to pin, and sends nothing but the TLS handshake. */
export async function pinsOf(target: Target): Promise<readonly string[]> {
  return asTargetError(async () => [(await probeLdap(addressOf(target, settingsOf(target)))).pin]);
}

/** Logs in, gives the directory to `work`, and hangs up whatever happens. LdapErrors come out as TargetErrors. */
export async function withDirectory<Result>(
  target: Target,
  work: (directory: Directory) => Promise<Result>,
): Promise<Result> {
  return asTargetError(async () => {
    const directory = await openDirectory(target);
    try {
      return await work(directory);
    } finally {
      directory.ldap.close();
    }
  });
}

/** For work that gives its result bit by bit. */
export async function openDirectory(target: Target): Promise<Directory> {
  const { credential } = target;
  if (credential.kind !== 'password')
    throw new TargetError('unsupported', `a domain controller takes a user name and a password, no ${credential.kind}`);
  const settings = settingsOf(target);
  const ldap = await connect(target);
  try {
    const root = await readRoot(ldap, target);
    const base = root.text('defaultNamingContext') ?? '';
    const dns = dnsName(base);
    const result = await ldap.tryBind(loginName(credential.username, dns), credential.password);
    if (result.code !== 0)
      throw new TargetError(
        'refused',
        `${target.host} does not take the credential of Reeve's account ${oneLine(credential.username)}: ${oneLine(result.diagnostic)}`,
      );
    const [head, service, self] = await Promise.all([
      ldap.readEntry(base, headAttributes),
      ldap.readEntry(root.text('dsServiceName') ?? '', ['invocationId']),
      findSelf(ldap, base, credential),
    ]);
    const headSid = head?.bytes('objectSid');
    const invocation = service?.bytes('invocationId');
    if (!head || !headSid || !invocation)
      throw new TargetError('refused', `Reeve's account may not read the domain ${dns} on ${target.host}`);
    const domain: Domain = {
      base,
      dns,
      sid: sidText(headSid),
      invocationId: guidText(invocation),
      highestUsn: BigInt(root.text('highestCommittedUSN') ?? '0'),
      version: versionOf(root, dns),
      host: `${target.host}:${target.port}`,
      head,
    };
    return { ldap, domain, settings, self, now: new Date() };
  } catch (error) {
    ldap.close();
    throw error;
  }
}

/** Where a domain keeps certain things, by the GUIDs of MS-ADTS 6.1.1.4; administrators may have moved them. */
const places = {
  users: 'A9D1CA15768811D1ADED00C04FD8D5CD',
  deleted: '18E2EA80684F11D2B9AA00C04F79F805',
} as const;

export function placeOf({ head }: Domain, what: keyof typeof places): string | undefined {
  const known = new RegExp(`^B:32:${places[what]}:(.+)$`, 'iu');
  for (const value of head.texts('wellKnownObjects')) {
    const dn = known.exec(value)?.[1];
    if (dn !== undefined) return dn;
  }
  return undefined;
}

/** Whether Reeve's account sees what was deleted. Who does not is told nothing of it, not even that there is something. */
export async function seesDeleted({ ldap, domain }: Directory): Promise<boolean> {
  const base = placeOf(domain, 'deleted');
  if (base === undefined) return false;
  // Everybody sees that the place exists; its properties only who may look into it.
  const search = { base, scope: 'base', filter: '(objectClass=*)', attributes: ['whenCreated'] } as const;
  try {
    for await (const entry of ldap.search(search, { controls: [showDeleted] })) return entry.has('whenCreated');
  } catch (error) {
    if (!(error instanceof LdapError) || error.code !== 'refused') throw error;
  }
  return false;
}

/** A connection on which nobody is logged in yet. */
export function connect(target: Target): Promise<Ldap> {
  const settings = settingsOf(target);
  if (target.pinned.length === 0)
    throw new TargetError('untrusted', `${target.host} is not pinned; nothing was sent to it`);
  return openLdap({
    address: addressOf(target, settings),
    pinned: target.pinned,
    answerMs: settings.timeoutSeconds * 1000,
  });
}

/** The root entry, which everybody may read. Throws TargetError `unsupported` where this is no Active Directory. */
async function readRoot(ldap: Ldap, target: Target): Promise<LdapEntry> {
  const root = await ldap.readEntry('', [
    'defaultNamingContext',
    'supportedCapabilities',
    'dsServiceName',
    'highestCommittedUSN',
    'dnsHostName',
    'domainControllerFunctionality',
    'vendorName',
    'vendorVersion',
  ]);
  if (!root?.texts('supportedCapabilities').includes(isActiveDirectory) || !root.has('defaultNamingContext'))
    throw new TargetError('unsupported', `${target.host} is no domain controller of an Active Directory`);
  return root;
}

/** How Reeve's own account logs in, asked of a controller on which nobody is logged in. */
export async function ownLoginName(target: Target): Promise<string> {
  const ldap = await connect(target);
  try {
    const root = await readRoot(ldap, target);
    return loginName(target.credential.username, dnsName(root.text('defaultNamingContext') ?? ''));
  } finally {
    ldap.close();
  }
}

/** The account name in `CORP\\name` and `name@corp.example`. */
export const plainName = (username: string): string => username.replace(/^.*\\/u, '').replace(/@.*$/u, '');

/** `user@corp.example` of a plain name; a name that says its domain already, and a distinguished one, stay as they are. */
const loginName = (username: string, dns: string): string =>
  /[@\\=]/u.test(username) ? username : `${username}@${dns}`;

/** Whether a name is of this domain: a controller knows of others by name, and sends who asks about them elsewhere. */
export function isOfDomain(dn: string, { base }: Domain): boolean {
  const at = /(?:^|,)(?=DC=)/iu.exec(dn);
  return at !== null && dn.slice(at.index + at[0].length).toLowerCase() === base.toLowerCase();
}

const dnsName = (base: string): string =>
  base
    .split(',')
    .map((part) => part.replace(/^DC=/iu, ''))
    .join('.')
    .toLowerCase();

/** The account behind the credential: found by its name, confirmed by what the controller says this connection acts as. */
async function findSelf(ldap: Ldap, base: string, credential: Credential): Promise<Directory['self']> {
  const { username } = credential;
  const token = await ldap.readEntry('', ['tokenGroups']);
  const acting = new Set(token?.allBytes('tokenGroups').map((value) => sidText(value)));
  const plain = plainName(username);
  const byName = ldapFilter`(|(userPrincipalName=${loginName(username, dnsName(base))})(sAMAccountName=${plain}))`;
  const search = username.includes('=')
    ? ({ base: username, scope: 'base', filter: '(objectClass=*)' } as const)
    : ({ base, scope: 'sub', filter: byName } as const);
  const found: Directory['self'][] = [];
  for await (const entry of ldap.search({ ...search, attributes: ['objectSid'] }, { references: 'ignore' })) {
    const sid = entry.bytes('objectSid');
    if (sid) found.push({ dn: entry.dn, sid: sidText(sid) });
  }
  const self = found.find(({ sid }) => acting.has(sid));
  if (!self)
    throw new TargetError('failed', `cannot tell which account of the domain Reeve is as ${oneLine(username)}`);
  return self;
}

const addressOf = (
  target: Target,
  settings: ActiveDirectorySettings,
): { host: string; port: number; tls: 'ldaps'; connectMs: number } => ({
  host: target.host,
  port: target.port,
  tls: 'ldaps',
  connectMs: settings.connectSeconds * 1000,
});

const versionOf = (root: LdapEntry, dns: string): string => {
  const level = root.text('domainControllerFunctionality') ?? '';
  const vendor = root.has('vendorVersion') ? `, Samba ${root.text('vendorVersion') ?? ''}` : '';
  return oneLine(`Active Directory ${dns}, level of ${levels.get(level) ?? level} (${level})${vendor}`);
};

/** Everything the kit throws, as the port promises it. */
export async function asTargetError<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw targetError(error);
  }
}

export const targetError = (error: unknown): unknown =>
  error instanceof LdapError ? new TargetError(error.code, error.message) : error;
