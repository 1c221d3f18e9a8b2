/** People of a table or view as rows, for a source of people. One snapshot that cannot write. */
import { z } from 'zod';
import { findColumns, LONGEST_VALUE, TargetError, type RowColumn, type RowReader, type RowsPiece } from '../port.ts';
import { openDatabase, type Database, type Login } from './client.ts';
import { quoteName, shown } from './names.ts';
import { loginOf } from './with-database.ts';

/** Rows a round trip brings. */
const PIECE_ROWS = 500;

const name = z
  .string()
  .min(1)
  .refine((text) => Buffer.byteLength(text) <= 63 && !/\p{Cc}/u.test(text), { error: 'is no name in PostgreSQL' });

const place = z.strictObject({
  schema: name
    .refine((text) => !/^pg_|^information_schema$/iu.test(text), { error: 'is the server’s own, and is not read' })
    .default('public'),
  /** A table, view or materialised view. */
  table: name,
  /** A column the rows come ordered by; absent: in the order of the server. */
  orderBy: name.optional(),
  /** Absent: the database of the system's settings. */
  database: name.optional(),
});
type Place = z.infer<typeof place>;

export const rows: RowReader = {
  place,

  columns: async (target, given) => {
    const at = placeOf(given);
    return await inSnapshot(loginOf(target, at.database), async (database) =>
      (await columnsOf(database, at)).map(({ name: column, type }) => ({ name: column, type })),
    );
  },

  async *read(target, given, columns): AsyncGenerator<RowsPiece> {
    const at = placeOf(given);
    const database = await openDatabase(loginOf(target, at.database));
    try {
      await begin(database);
      const known = await columnsOf(database, at);
      const chosen = findColumns(known, columns);
      if (chosen === undefined) {
        yield { columns: known.map((column) => column.name), rows: [], whole: true };
        return;
      }
      await database.query(`declare reeve_rows no scroll cursor for ${selectOf(known, chosen, at)}`);
      for (;;) {
        const fetched = await database.query(`fetch forward ${PIECE_ROWS} from reeve_rows`);
        if (fetched.length === 0) break;
        yield { columns, rows: fetched.map((row) => columns.map((_, index) => textOf(row[`c${index}`]))) };
      }
      await database.query('commit');
      yield { columns, rows: [], whole: true };
    } catch (error) {
      throw withoutValues(error);
    } finally {
      await database.close();
    }
  },
};

interface Known extends RowColumn {
  /** How its value is written as a text. */
  readonly text: string;
}

function placeOf(given: Readonly<Record<string, unknown>>): Place {
  const parsed = place.safeParse(given);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new TargetError(
    'refused',
    `the place to read is wrong: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`,
  );
}

async function inSnapshot<Result>(login: Login, act: (database: Database) => Promise<Result>): Promise<Result> {
  const database = await openDatabase(login);
  try {
    await begin(database);
    return await act(database);
  } finally {
    await database.close();
  }
}

/**
 * A snapshot that cannot write. Functions of a view run as whoever reads it, so that a reader who may do anything would
 * do whatever the owner of the view likes: such a one is refused. With row security off, rows that Reeve's role may not
 * see are an error and not missing.
 */
async function begin(database: Database): Promise<void> {
  await database.query('begin transaction isolation level repeatable read, read only');
  const [able] = await database.query(
    `select rolsuper or exists (
       select from pg_roles p where p.rolname in ('pg_execute_server_program', 'pg_write_server_files', 'pg_read_server_files')
          and pg_has_role(current_user, p.oid, 'member')) as all_powerful
       from pg_roles where rolname = current_user`,
  );
  if (able?.['all_powerful'] !== false)
    throw new TargetError(
      'refused',
      'people are not read as a superuser, since a view could act as it; connect this database as a system of its own, with a role that may read that table and nothing else',
    );
  await database.query('set local row_security = off');
}

async function columnsOf(database: Database, at: Place): Promise<readonly Known[]> {
  const found = await database.query(
    `select a.attname::text as name, format_type(a.atttypid, a.atttypmod) as type, b.typname::text as base,
            b.typcategory::text as category
       from pg_class c
       join pg_namespace n on n.oid = c.relnamespace
       join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       join pg_type t on t.oid = a.atttypid
       join pg_type b on b.oid = coalesce(nullif(t.typbasetype, 0), t.oid)
      where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'v', 'm', 'p')
        and has_schema_privilege(n.oid, 'usage') and has_column_privilege(c.oid, a.attnum, 'select')
      order by a.attnum`,
    [at.schema, at.table],
  );
  if (found.length === 0)
    throw new TargetError(
      'refused',
      `there is no table or view ${shown(at.table)} in the schema ${shown(at.schema)} that Reeve's role may read`,
    );
  const known = found.map((row) => {
    const column = textOf(row['name']);
    return {
      name: column,
      type: textOf(row['type']),
      text: asText(quoteName(column), textOf(row['base']), textOf(row['category'])),
    };
  });
  orderOf(known, at);
  return known;
}

/** Days and instants in ISO 8601, instants in UTC; infinity is no value. Lists are parted by semicolons, `\3b` within a value. */
function asText(column: string, base: string, category: string): string {
  const moment = (form: string, of = column): string =>
    `case when isfinite(${column}) then to_char(${of}, '${form}') end`;
  if (base === 'date') return moment('YYYY-MM-DD');
  if (base === 'timestamptz') return moment('YYYY-MM-DD"T"HH24:MI:SS.MS"Z"', `${column} at time zone 'UTC'`);
  if (base === 'timestamp') return moment('YYYY-MM-DD"T"HH24:MI:SS.MS');
  if (base === 'bytea') return `encode(substr(${column}, 1, ${LONGEST_VALUE}), 'hex')`;
  if (category === 'A')
    return `(select string_agg(replace(u.e::text, ';', '\\3b'), ';' order by u.o) from unnest(${column}) with ordinality u(e, o))`;
  return `${column}::text`;
}

function orderOf(known: readonly Known[], at: Place): string {
  if (at.orderBy === undefined) return '';
  const [column] = findColumns(known, [at.orderBy]) ?? [];
  if (column === undefined) throw new TargetError('refused', `there is no column ${shown(at.orderBy)} to order by`);
  return ` order by ${quoteName(column.name)}`;
}

function selectOf(known: readonly Known[], chosen: readonly Known[], at: Place): string {
  const values = chosen.map((column, index) => `left(${column.text}, ${LONGEST_VALUE + 1}) as c${index}`);
  return `select ${values.join(', ')} from ${quoteName(at.schema)}.${quoteName(at.table)}${orderOf(known, at)}`;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** What a server says of a value it could not make repeats the value: class 22, and whatever a function of a view raises. */
function withoutValues(error: unknown): unknown {
  if (!(error instanceof TargetError)) return error;
  const state = /\(((?:22|23|P0|XX)[0-9A-Z]{3})\)$/u.exec(error.message)?.[1];
  return state === undefined
    ? error
    : new TargetError('refused', `the table or view gives an error for one of its rows (SQLSTATE ${state})`);
}
