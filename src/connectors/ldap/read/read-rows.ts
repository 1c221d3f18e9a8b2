/** People of a branch of the directory as rows, for a source of people. Only reads. */
import {
  attributesIn,
  entryText,
  filterAttributes,
  inBatches,
  readAttributeTypes,
  type AttributeTypes,
  type LdapEntry,
} from '#kit/ldap/index.ts';
import { z } from 'zod';
import { LONGEST_VALUE, TargetError, type RowColumn, type RowReader, type RowsPiece, type Target } from '../../port.ts';
import { shown } from '../names.ts';
import { asTargetError, openDirectory, targetError, withDirectory, type Directory } from '../session.ts';
import { dn, filter } from '../settings.ts';
import { accountControls } from './account-entry.ts';
import { lockAttributes, lockState } from './lock-state.ts';

/** Attributes that hold secrets or what a password can be found by; neither read nor asked about. */
const secret: ReadonlySet<string> = new Set(
  'userpassword authpassword pwdhistory olcrootpw userpkcs12 sambantpassword sambalmpassword sambapasswordhistory krbprincipalkey krbmkey ipanthash sshprivatekey'.split(
    ' ',
  ),
);
/** Columns that are no attributes: the whole name, and whether the account can be used. */
const own = { dn: '@dn', state: '@state' } as const;
const ownColumns: readonly RowColumn[] = [
  { name: own.dn, type: 'the whole name' },
  { name: own.state, type: 'active or locked' },
];
const useful = ['*', 'entryUUID', 'createTimestamp', 'modifyTimestamp', ...lockAttributes];
/** Entries that are looked at for the attributes there are. */
const SAMPLE = 200;

const place = z.strictObject({
  /** Empty: where accounts are read. */
  base: dn.default(''),
  /** Empty: the filter accounts are read by. */
  filter: z
    .union([z.literal(''), filter])
    .refine((text) => !filterAttributes(text).some(isKept), { error: 'asks about an attribute that is not read' })
    .default(''),
  scope: z.enum(['sub', 'one']).default('sub'),
});
type Place = z.infer<typeof place>;

export const rows: RowReader = {
  place,
  usual: {
    externalId: 'entryUUID',
    firstName: 'givenName',
    lastName: 'sn',
    email: 'mail',
    username: 'uid',
    department: 'departmentNumber',
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
      const found = await attributesIn(entriesAt(directory, at, useful), types, SAMPLE);
      return [...ownColumns, ...found.filter(({ name }) => !isKept(name.toLowerCase()))];
    }),

  async *read(target: Target, given, columns): AsyncGenerator<RowsPiece> {
    const at = placeOf(given);
    checkColumns(columns);
    const directory = await asTargetError(() => openDirectory(target));
    try {
      const types = await readAttributeTypes(directory.ldap);
      const there = columns.filter((name) => name.startsWith('@') || knows(types, name));
      if (there.length < columns.length) {
        yield { columns: there, rows: [], whole: true };
        return;
      }
      const now = new Date().toISOString();
      const rowOf = (entry: LdapEntry): readonly string[] => columns.map((name) => valueOf(entry, name, types, now));
      const asked = [...columns.filter((name) => !name.startsWith('@')), ...lockAttributes];
      for await (const batch of inBatches(entriesAt(directory, at, asked), rowOf)) yield { columns, rows: batch };
      yield { columns, rows: [], whole: true };
    } catch (error) {
      throw targetError(error);
    } finally {
      directory.ldap.close();
    }
  },
};

const knows = (types: AttributeTypes | undefined, name: string): boolean =>
  types === undefined || types.has(name.toLowerCase());

/** An attribute can be named by its number too, by which nobody sees what it is; a filter may ask about any at all. */
function isKept(name: string): boolean {
  return secret.has(name) || /^(?:\d|$)/u.test(name);
}

function placeOf(given: Readonly<Record<string, unknown>>): Place {
  const parsed = place.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new TargetError('refused', `the place to read is wrong: ${parsed.error.issues[0]?.message ?? ''}`);
}

function checkColumns(columns: readonly string[]): void {
  for (const name of columns) {
    if (name === own.dn || name === own.state) continue;
    if (!/^[A-Za-z][A-Za-z0-9-]{0,127}$/u.test(name))
      throw new TargetError('refused', `${shown(name)} is no attribute name`);
    if (isKept(name.toLowerCase())) throw new TargetError('refused', `${shown(name)} holds secrets and is not read`);
  }
}

/** A size limit, a part on another server and an answer that ends too early throw. */
const entriesAt = (directory: Directory, at: Place, attributes: readonly string[]): AsyncIterable<LdapEntry> =>
  directory.ldap.search(
    {
      base: at.base === '' ? directory.accountsBase : at.base,
      scope: at.scope,
      filter: at.filter === '' ? directory.settings.accountFilter : at.filter,
      attributes: [...new Set(attributes)],
    },
    { pageSize: directory.settings.pageSize, controls: accountControls(directory) },
  );

function valueOf(entry: LdapEntry, name: string, types: AttributeTypes | undefined, now: string): string {
  if (name === own.dn) return entry.dn;
  if (name === own.state) return lockState(entry, now).locked ? 'locked' : 'active';
  return entryText(entry, name, { type: types?.get(name.toLowerCase()), longest: LONGEST_VALUE });
}
