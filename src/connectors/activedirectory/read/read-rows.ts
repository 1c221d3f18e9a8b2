/** People of a domain as rows, for a source of people. Only reads. */
import {
  attributesIn,
  entryText,
  filterAttributes,
  inBatches,
  isLdapFilter,
  readAttributeTypes,
  type AttributeTypes,
  type LdapEntry,
  type ValueText,
} from '#kit/ldap/index.ts';
import { z } from 'zod';
import { LONGEST_VALUE, TargetError, type RowColumn, type RowReader, type RowsPiece, type Target } from '../../port.ts';
import { asTargetError, openDirectory, targetError, withDirectory, type Directory } from '../directory.ts';
import { name as distinguishedName } from '../settings.ts';
import { filetimeInstant } from '../wire/filetime.ts';
import { guidText, sidText } from '../wire/identifiers.ts';
import { control } from './account-entry.ts';

/** Attributes that hold secrets or what a password can be found by; neither read nor asked about. */
const secret: ReadonlySet<string> = new Set(
  'unicodepwd dbcspwd ntpwdhistory lmpwdhistory supplementalcredentials userpassword unixuserpassword msds-managedpassword msds-managedpasswordpreviousid ms-mcs-admpwd msfve-recoverypassword mssfu30password trustauthincoming trustauthoutgoing initialauthincoming initialauthoutgoing currentvalue priorvalue'.split(
    ' ',
  ),
);
const isKept = (name: string): boolean => secret.has(name) || name.startsWith('mslaps-') || /^(?:\d|$)/u.test(name);

/** Columns that are no attributes: the whole name, and whether the account can be used. */
const own = { dn: '@dn', state: '@state' } as const;
const ownColumns: readonly RowColumn[] = [
  { name: own.dn, type: 'the whole name' },
  { name: own.state, type: 'active or locked' },
];
/** Numbers that are instants: 0 and the largest mean never, and are no value. */
const filetimes: ReadonlySet<string> = new Set(
  'accountexpires pwdlastset lastlogon lastlogontimestamp lockouttime badpasswordtime lastlogoff'.split(' '),
);
/** Entries that are looked at for the attributes there are. */
const SAMPLE = 200;
/** Everybody but what the domain itself is made of: Administrator, Guest, krbtgt. */
const people = '(&(objectCategory=person)(objectClass=user)(!(isCriticalSystemObject=TRUE)))';

const place = z.strictObject({
  /** Empty: the whole domain. */
  base: z.union([z.literal(''), distinguishedName]).default(''),
  /** Empty: everybody but the accounts the domain is made of. */
  filter: z
    .string()
    .max(2_000)
    .refine((text) => text === '' || isLdapFilter(text), { error: 'is no LDAP filter (RFC 4515)' })
    .refine((text) => !filterAttributes(text).some(isKept), { error: 'asks about an attribute that is not read' })
    .default(''),
  scope: z.enum(['sub', 'one']).default('sub'),
});
type Place = z.infer<typeof place>;

export const rows: RowReader = {
  place,
  usual: {
    externalId: 'objectGUID',
    firstName: 'givenName',
    lastName: 'sn',
    email: 'mail',
    username: 'sAMAccountName',
    department: 'department',
    jobTitle: 'title',
    manager: 'manager',
    managerBy: own.dn,
    employmentType: 'employeeType',
    status: own.state,
  },

  columns: (target, given) =>
    withDirectory(target, async (directory) => {
      const at = placeOf(given);
      const types = await readAttributeTypes(directory.ldap);
      const found = await attributesIn(entriesAt(directory, at, ['*']), types, SAMPLE);
      return [...ownColumns, ...found.filter(({ name }) => !isKept(name.toLowerCase()))];
    }),

  async *read(target: Target, given, columns): AsyncGenerator<RowsPiece> {
    const at = placeOf(given);
    checkColumns(columns);
    const directory = await asTargetError(() => openDirectory(target));
    try {
      const types = await readAttributeTypes(directory.ldap);
      const there = columns.filter((name) => name.startsWith('@') || types?.has(name.toLowerCase()) !== false);
      if (there.length < columns.length) {
        yield { columns: there, rows: [], whole: true };
        return;
      }
      const rowOf = (entry: LdapEntry): readonly string[] =>
        columns.map((name) => valueOf(entry, name, types, directory.now));
      const asked = [...columns.filter((name) => !name.startsWith('@')), 'userAccountControl', 'accountExpires'];
      for await (const batch of inBatches(entriesAt(directory, at, asked), rowOf)) yield { columns, rows: batch };
      yield { columns, rows: [], whole: true };
    } catch (error) {
      throw targetError(error);
    } finally {
      directory.ldap.close();
    }
  },
};

function placeOf(given: Readonly<Record<string, unknown>>): Place {
  const parsed = place.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new TargetError('refused', `the place to read is wrong: ${parsed.error.issues[0]?.message ?? ''}`);
}

function checkColumns(columns: readonly string[]): void {
  for (const name of columns) {
    if (name === own.dn || name === own.state) continue;
    if (!/^[A-Za-z][A-Za-z0-9-]{0,127}$/u.test(name))
      throw new TargetError('refused', 'a column that was asked for is no attribute name');
    if (isKept(name.toLowerCase())) throw new TargetError('refused', `\`${name}\` holds secrets and is not read`);
  }
}

/** A size limit, a part of the domain that is elsewhere and an answer that ends too early throw. */
const entriesAt = (
  { ldap, domain, settings }: Directory,
  at: Place,
  attributes: readonly string[],
): AsyncIterable<LdapEntry> =>
  ldap.search(
    {
      base: at.base === '' ? domain.base : at.base,
      scope: at.scope,
      filter: at.filter === '' ? people : at.filter,
      attributes: [...new Set(attributes)],
    },
    { pageSize: settings.pageSize, references: (urls) => urls.every((url) => holdsNobody(url, domain.base)) },
  );

/** Every search of a whole domain is told of these: the forest's own set-up and its DNS. A domain below holds people. */
function holdsNobody(url: string, base: string): boolean {
  const path = /^ldaps?:\/\/[^/]*\/([^?]*)/iu.exec(url)?.[1];
  if (path === undefined) return false;
  let dn: string;
  try {
    dn = decodeURIComponent(path).toLowerCase();
  } catch {
    return false;
  }
  const parts = ['cn=configuration', 'dc=domaindnszones', 'dc=forestdnszones'];
  return parts.some((part) => dn === `${part},${base.toLowerCase()}`);
}

function valueOf(entry: LdapEntry, name: string, types: AttributeTypes | undefined, now: Date): string {
  if (name === own.dn) return entry.dn;
  if (name === own.state) return isLocked(entry, now) ? 'locked' : 'active';
  const key = name.toLowerCase();
  // A controller gives the values of a long list in parts (MS-ADTS 3.1.1.3.1.3.3).
  if (entry.names.some((given) => given.toLowerCase().startsWith(`${key};range=`)))
    throw new TargetError('refused', `\`${name}\` has more values than fit in a row`);
  const type = types?.get(key);
  const made = ownText(key);
  return entryText(entry, name, { type, longest: LONGEST_VALUE, ...(made === undefined ? {} : { own: made }) });
}

const isLocked = (entry: LdapEntry, now: Date): boolean => {
  const expires = filetimeInstant(entry.text('accountExpires'));
  const disabled = (Number(entry.text('userAccountControl') ?? 0) & control.disabled) !== 0;
  return disabled || (expires !== undefined && Date.parse(expires) <= now.getTime());
};

/** What the directory keeps in its own way, as people write it. */
function ownText(key: string): ValueText | undefined {
  if (key === 'objectguid') return (bytes) => guidText(bytes);
  if (key === 'objectsid' || key === 'sidhistory') return (bytes) => sidText(bytes);
  if (filetimes.has(key)) return (bytes) => filetimeInstant(bytes.toString('latin1')) ?? '';
  return undefined;
}
