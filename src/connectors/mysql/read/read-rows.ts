/** People of a table or view as rows, for a source of people. One statement in a snapshot that cannot write. */
import { z } from 'zod';
import {
  findColumns,
  LONGEST_VALUE,
  TargetError,
  type RowColumn,
  type RowReader,
  type RowsPiece,
  type Target,
} from '../../port.ts';
import { bytesOf, quoteName, shown } from '../names.ts';
import { openSession, type Login, type Session } from '../wire/session.ts';
import { text } from './grant-tables.ts';

/** Rows a piece has at most. */
const PIECE_ROWS = 500;
/** Longest time for all rows, in seconds; each silence is bounded as any other. */
const WHOLE_SECONDS = 3_600;

const name = z
  .string()
  .min(1)
  .max(64)
  .refine((one) => !/\p{Cc}/u.test(one), { error: 'is no name in MariaDB' });

const place = z.strictObject({
  database: name.refine((one) => !/^(?:mysql|sys|information_schema|performance_schema)\s*$/iu.test(one), {
    error: 'is the server’s own, and is not read',
  }),
  /** A table or view. */
  table: name,
  /** A column the rows come ordered by; absent: in the order of the server. */
  orderBy: name.optional(),
});
type Place = z.infer<typeof place>;

export const rowsOf = (login: (target: Target) => Login): RowReader => ({
  place,

  columns: async (target, given) => {
    const at = placeOf(given);
    const session = await openSession(login(target));
    try {
      await begin(session);
      return (await columnsOf(session, at)).map(({ name: column, type }) => ({ name: column, type }));
    } finally {
      session.close();
    }
  },

  async *read(target, given, columns): AsyncGenerator<RowsPiece> {
    const at = placeOf(given);
    const session = await openSession(login(target));
    try {
      await begin(session);
      const known = await columnsOf(session, at);
      const chosen = findColumns(known, columns);
      if (chosen === undefined) {
        yield { columns: known.map((column) => column.name), rows: [], whole: true };
        return;
      }
      let rows: (readonly string[])[] = [];
      for await (const row of session.flow(selectOf(known, chosen, at), chosen.length)) {
        rows.push(row.map((value) => value ?? ''));
        if (rows.length < PIECE_ROWS) continue;
        yield { columns, rows };
        rows = [];
      }
      yield { columns, rows, whole: true };
    } finally {
      session.close();
    }
  },
});

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

/** A view may call functions that act as whoever reads it: an account that may write files or do anything is refused. */
async function begin(session: Session): Promise<void> {
  const able = await session.rows(
    `select distinct PRIVILEGE_TYPE from information_schema.USER_PRIVILEGES where PRIVILEGE_TYPE in ('FILE', 'SUPER')
        and GRANTEE = concat('''', substring_index(current_user(), '@', 1), '''@''', substring_index(current_user(), '@', -1), '''')`,
    1,
  );
  if (able.length > 0)
    throw new TargetError(
      'refused',
      'people are not read by an account with SUPER or FILE, since a view could use them; connect this server as a system of its own, with an account that may read that table and nothing else',
    );
  await session.run(`set session max_statement_time = ${WHOLE_SECONDS}`);
  await session.run('set transaction isolation level repeatable read');
  await session.run('start transaction with consistent snapshot, read only');
}

async function columnsOf(session: Session, at: Place): Promise<readonly Known[]> {
  const found = await session.rows(
    `select COLUMN_NAME, COLUMN_TYPE, DATA_TYPE from information_schema.COLUMNS
      where TABLE_SCHEMA = convert(${bytesOf(at.database)} using utf8mb4)
        and TABLE_NAME = convert(${bytesOf(at.table)} using utf8mb4) and PRIVILEGES like '%select%' order by ORDINAL_POSITION`,
    3,
  );
  if (found.length === 0)
    throw new TargetError(
      'refused',
      `there is no table or view ${shown(at.table)} in the database ${shown(at.database)} that Reeve's account may read`,
    );
  const known = found.map(([column, type, kind]) => ({
    name: text(column),
    type: text(type),
    text: asText(quoteName(text(column)), text(type), text(kind)),
  }));
  orderOf(known, at);
  return known;
}

const binary = new Set(['binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob', 'bit', 'geometry']);

/** Instants in UTC, days in ISO 8601; what has no zone is written without one. A boolean is a `tinyint(1)` here. */
function asText(column: string, type: string, kind: string): string {
  if (kind === 'timestamp') return `date_format(${column}, '%Y-%m-%dT%H:%i:%s.000Z')`;
  if (kind === 'datetime') return `date_format(nullif(${column}, 0), '%Y-%m-%dT%H:%i:%s.000')`;
  if (kind === 'date') return `date_format(nullif(${column}, 0), '%Y-%m-%d')`;
  if (type === 'tinyint(1)') return `case ${column} when 0 then 'false' when 1 then 'true' else ${column} end`;
  if (binary.has(kind)) return `lower(hex(left(${column}, ${LONGEST_VALUE})))`;
  return `convert(${column} using utf8mb4)`;
}

function orderOf(known: readonly Known[], at: Place): string {
  if (at.orderBy === undefined) return '';
  const [column] = findColumns(known, [at.orderBy]) ?? [];
  if (column === undefined) throw new TargetError('refused', `there is no column ${shown(at.orderBy)} to order by`);
  return ` order by ${quoteName(column.name)}`;
}

function selectOf(known: readonly Known[], chosen: readonly Known[], at: Place): string {
  const values = chosen.map((column) => `left(${column.text}, ${LONGEST_VALUE + 1})`);
  return `select ${values.join(', ')} from ${quoteName(at.database)}.${quoteName(at.table)}${orderOf(known, at)}`;
}
