/** The grant tables, page by page: who is told apart by name and host, where rights hold as the tables keep it. */
import { TargetError } from '../../port.ts';
import { bytesOf, type Scope, type Who } from '../names.ts';
import type { Row, Session } from '../wire/session.ts';
import { accountColumns, accountRow, type AccountRow } from './account-row.ts';
import type { ServerFacts } from './server-facts.ts';

/** Some rows of a table that is about accounts and roles. A role has no host. */
export type Part =
  | { readonly of: 'roles' }
  | { readonly of: 'all accounts' }
  | { readonly of: 'accounts'; readonly after: Who | undefined; readonly upTo: Who }
  | { readonly of: 'these'; readonly who: readonly Who[] }
  /** Accounts of these names, or of names between two, whatever their hosts. */
  | { readonly of: 'named'; readonly users: readonly string[] }
  | { readonly of: 'names'; readonly from: string; readonly to: string };

/** The condition of a part on the columns `User` and `Host` of `table`. Compared byte by byte, as the pages are ordered. */
export function within(part: Part, table: string): string {
  const [user, host] = [`binary ${table}.User`, `binary ${table}.Host`];
  const key = (who: Who): string => `(${bytesOf(who.user)}, ${bytesOf(who.host)})`;
  switch (part.of) {
    case 'roles':
      return `${table}.Host = ''`;
    case 'all accounts':
      return `${table}.Host <> ''`;
    case 'accounts':
      return `${table}.Host <> '' and ${part.after ? `(${user}, ${host}) > ${key(part.after)} and ` : ''}(${user}, ${host}) <= ${key(part.upTo)}`;
    case 'named':
      return `${table}.Host <> '' and ${user} in (${part.users.map(bytesOf).join(', ') || 'null'})`;
    case 'names':
      return `${table}.Host <> '' and ${user} between ${bytesOf(part.from)} and ${bytesOf(part.to)}`;
    case 'these':
      return part.who.length === 0 ? 'false' : `(${user}, ${host}) in (${part.who.map(key).join(', ')})`;
  }
}

/** Accounts in the order of their names, after `after`. */
export async function accountPage(
  session: Session,
  facts: ServerFacts,
  after: Who | undefined,
  most: number,
): Promise<readonly AccountRow[]> {
  const from = after ? `and (binary User, binary Host) > (${bytesOf(after.user)}, ${bytesOf(after.host)})` : '';
  const rows = await session.rows(
    `select ${accountColumns} from mysql.global_priv where Host <> '' ${from} order by binary User, binary Host limit ${most}`,
    5,
    most,
  );
  return rows.map((row) => accountRow(row, facts));
}

/** Accounts by name; roles, which have no host, too. */
export async function theseAccounts(session: Session, facts: ServerFacts, part: Part): Promise<readonly AccountRow[]> {
  const rows = await session.rows(
    `select ${accountColumns} from mysql.global_priv p where ${within(part, 'p')} order by binary User, binary Host`,
    5,
  );
  return rows.map((row) => accountRow(row, facts));
}

/** `who` is a member of `role`; `admin`: and may give it to others. */
export interface Membership extends Who {
  readonly role: string;
  readonly admin: boolean;
}

export async function memberships(session: Session, part: Part): Promise<readonly Membership[]> {
  const rows = await session.rows(
    `select m.User, m.Host, m.Role, m.Admin_option from mysql.roles_mapping m
       join mysql.global_priv p on p.User = m.User and p.Host = m.Host
       join mysql.global_priv r on r.User = m.Role and r.Host = ''
     where ${within(part, 'm')} order by binary m.User, binary m.Host, binary m.Role`,
    4,
    200_000,
  );
  return rows.map(([user, host, role, admin]) => ({
    user: text(user),
    host: text(host),
    role: text(role),
    admin: admin === 'Y',
  }));
}

/** Rights of one grantee on one thing. */
export interface Grant extends Who {
  readonly scope: Scope;
  readonly privileges: readonly string[];
  /** In the server's own words; '' where it does not keep that. */
  readonly by: string;
}

/** The tables of rights below "everything". */
export const grantKinds = ['database', 'table', 'column', 'routine'] as const;
export type GrantKind = (typeof grantKinds)[number];

/** How one of them is read: what names the thing, what is allowed on it, who gave it. */
interface Shape {
  readonly table: string;
  readonly thing: readonly string[];
  readonly privileges: string;
  readonly by: string;
}

const shapes: Readonly<Record<Exclude<GrantKind, 'database'>, Shape>> = {
  table: { table: 'tables_priv', thing: ['t.Db', 't.Table_name'], privileges: 't.Table_priv', by: 't.Grantor' },
  column: {
    table: 'columns_priv',
    thing: ['t.Db', 't.Table_name', 't.Column_name'],
    privileges: 't.Column_priv',
    by: "''",
  },
  // Routines are known by their names in any case.
  routine: {
    table: 'procs_priv',
    thing: ['t.Db', 'lower(t.Routine_name)', 'lower(t.Routine_type)'],
    privileges: 't.Proc_priv',
    by: 't.Grantor',
  },
};

/** Versions differ in the columns of mysql.db, one a privilege; those that are there are asked for. */
async function shapeOf(session: Session, kind: GrantKind): Promise<Shape> {
  if (kind !== 'database') return shapes[kind];
  const rows = await session.rows(
    `select COLUMN_NAME from information_schema.COLUMNS where TABLE_SCHEMA = 'mysql' and TABLE_NAME = 'db' order by ORDINAL_POSITION`,
    1,
  );
  const columns = rows.map(([name]) => text(name)).filter((name) => /^[A-Za-z_]+_priv$/u.test(name));
  if (columns.length < 10) throw new TargetError('refused', `${session.at}: Reeve's account may not read mysql.db`);
  const words = columns.map((column) => `if(t.${column} = 'Y', '${column.slice(0, -5)}', null)`);
  return { table: 'db', thing: ['t.Db'], privileges: `concat_ws(',', ${words.join(', ')})`, by: "''" };
}

/** Where a listing of one table goes on: the bytes of its last key, in hexadecimal. */
export type GrantKey = readonly string[];

export interface GrantTables {
  /** The columns of one of these tables that make a difference, as SQL about `t`. */
  columns(kind: GrantKind): Promise<readonly string[]>;
  /** Rights of one kind, ordered by the thing they are on, so that each thing comes once. */
  pages(
    kind: GrantKind,
    options: {
      readonly after?: GrantKey | undefined;
      readonly where?: (table: string) => string;
      readonly most: number;
      /** Rights of those who have no account by that name and host, too. */
      readonly ofNobody?: boolean;
    },
  ): AsyncGenerator<{ readonly grants: readonly Grant[]; readonly last: GrantKey }>;
}

export function grantTables(session: Session): GrantTables {
  const known = new Map<GrantKind, Shape>();
  const shapeFor = async (kind: GrantKind): Promise<Shape> => {
    const shape = known.get(kind) ?? (await shapeOf(session, kind));
    known.set(kind, shape);
    return shape;
  };
  return {
    columns: async (kind) => {
      const { thing, privileges, by } = await shapeFor(kind);
      return ['t.User', 't.Host', ...thing, privileges, by];
    },
    async *pages(kind, { after, where, most, ofNobody = false }) {
      const shape = await shapeFor(kind);
      const keys = [...shape.thing, 't.User', 't.Host'].map((column) => `cast(${column} as binary)`);
      let from = after;
      for (;;) {
        const beyond = from && `(${keys.join(', ')}) > (${from.map((hex) => `x'${hex}'`).join(', ')})`;
        const rows = await session.rows(
          `select t.User, t.Host, ${shape.privileges}, ${shape.by}, ${shape.thing.join(', ')}
             from mysql.${shape.table} t${ofNobody ? '' : ' join mysql.global_priv p on p.User = t.User and p.Host = t.Host'}
            where ${[...(where ? [where('t')] : []), ...(beyond === undefined ? [] : [beyond])].join(' and ') || 'true'}
            order by ${keys.join(', ')} limit ${most}`,
          4 + shape.thing.length,
          most,
        );
        for (const some of inPieces(rows)) {
          from = keyOf(some.at(-1) ?? []);
          yield { grants: some.map((row) => grantOf(kind, row)), last: from };
        }
        if (rows.length < most) return;
      }
    },
  };
}

/** The server looks at a whole table for each page, so pages are large; what is made of them at a time is not. */
const PIECE_ROWS = 1_000;

export function* inPieces<Item>(rows: readonly Item[]): Generator<readonly Item[]> {
  for (let begin = 0; begin < rows.length; begin += PIECE_ROWS) yield rows.slice(begin, begin + PIECE_ROWS);
}

const keyOf = ([user, host, , , ...thing]: Row): GrantKey =>
  [...thing, user, host].map((value) => Buffer.from(text(value)).toString('hex'));

function grantOf(kind: GrantKind, [user, host, privileges, by, ...thing]: Row): Grant {
  const words = text(privileges).split(',');
  return {
    user: text(user),
    host: text(host),
    scope: scopeOf(kind, thing.map(text)),
    privileges: words.filter((word) => word !== '').map(privilegeName),
    by: text(by),
  };
}

function scopeOf(kind: GrantKind, [database = '', thing = '', last = '']: readonly string[]): Scope {
  if (kind === 'database') return { level: 'database', database };
  if (kind === 'table') return { level: 'table', database, table: thing };
  if (kind === 'column') return { level: 'column', database, table: thing, column: last };
  const type = (['procedure', 'function', 'package', 'package body'] as const).find((known) => known === last);
  if (type === undefined)
    throw new TargetError('failed', 'mysql.procs_priv holds a type of routine nobody has heard of');
  return { level: 'routine', database, routine: thing, type };
}

const otherNames: ReadonlyMap<string, string> = new Map([
  ['GRANT', 'GRANT OPTION'],
  ['CREATE TMP TABLE', 'CREATE TEMPORARY TABLES'],
  ['DELETE VERSIONING ROWS', 'DELETE HISTORY'],
]);

/** The tables spell privileges in several ways; grants know one. */
function privilegeName(word: string): string {
  const plain = word.replaceAll('_', ' ').toUpperCase();
  return otherNames.get(plain) ?? plain;
}

/** A column that is always text; anything else means the table is not what this was written for. */
export function text(value: string | null | undefined): string {
  if (typeof value === 'string') return value;
  throw new TargetError('failed', 'the server answered a query of its grant tables with nothing where a name was');
}
