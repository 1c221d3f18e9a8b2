import { type ClientBase, type CustomTypesConfig, type QueryArrayResult, type QueryConfig, types } from 'pg';
import { AppError } from '#kit/errors/index.ts';
import { asDbError } from './db-error.ts';
import type { Queryable } from './port.ts';
import type { Sql } from './sql.ts';

const INT8 = 20;
const INT8_ARRAY = 1016;
const DATE = 1082;

/** Throws rather than rounding: a number past 2^53 - 1 is no longer the one that was stored. */
const exactNumber = (text: string): number => {
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  throw new RangeError(`int8 value ${text} does not fit a JavaScript number; select it as text`);
};

const int8Array = (text: string): unknown => {
  const parsed: unknown = JSON.parse(
    text
      .replaceAll('{', '[')
      .replaceAll('}', ']')
      .replaceAll('NULL', 'null')
      .replaceAll(/-?\d{16,}/g, '"$&"'),
  );
  const each = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(each) : typeof value === 'string' ? exactNumber(value) : value;
  return each(parsed);
};

const overrides = new Map<number, (text: string) => unknown>([
  [INT8, exactNumber],
  [INT8_ARRAY, int8Array],
  // A calendar day has no time zone; the driver would make it local midnight.
  [DATE, (text) => text],
]);

/** How values of the wire become JavaScript values; everything not named here is the driver's default. */
export const typeParsers: CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    overrides.get(oid) ?? types.getTypeParser(oid, format)) as typeof types.getTypeParser,
};

const camelNames = new Map<string, string>();

/** `valid_from` → `validFrom`; remembered, because every row of every result asks. */
function camelCase(column: string): string {
  let name = camelNames.get(column);
  if (name === undefined) {
    name = column.replaceAll(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
    camelNames.set(column, name);
  }
  return name;
}

type Row = Record<string, unknown>;

/** The driver's result turned into rows with camelCase keys. */
function toRows(result: QueryArrayResult<unknown[]>): Row[] {
  const names = result.fields.map((f) => camelCase(f.name));
  return result.rows.map((values) => {
    const row: Row = {};
    for (let i = 0; i < names.length; i += 1) row[names[i] ?? ''] = values[i];
    return row;
  });
}

export interface Ran {
  readonly rows: Row[];
  readonly count: number;
}

/** Longer than the server takes to cancel a statement by itself: it may be beyond reach and never say that it did. */
export const BEYOND_REACH_MS = 5_000;

/**
 * Runs one statement on one connection. Statements with a name are prepared once a connection. `timeoutMs` is how
 * long the server was told that it may take, where that is not what the pool says.
 */
export async function runStatement(client: ClientBase, query: Sql, timeoutMs?: number): Promise<Ran> {
  try {
    const asked: QueryConfig & { readonly rowMode: 'array'; readonly query_timeout?: number } = {
      text: query.text,
      values: [...query.values],
      rowMode: 'array',
      ...(query.name === undefined ? {} : { name: query.name }),
      ...(timeoutMs === undefined ? {} : { query_timeout: timeoutMs + BEYOND_REACH_MS }),
    };
    const result = await client.query<unknown[]>(asked);
    // Several statements in one text give several results; the last one counts.
    const last = (Array.isArray(result) ? result.at(-1) : result) as QueryArrayResult<unknown[]>;
    return { rows: toRows(last), count: last.rowCount ?? 0 };
  } catch (error) {
    throw asDbError(error, query.text);
  }
}

const wrongCount = (query: Sql, wanted: string, got: number): AppError =>
  new AppError({
    code: 'database.wrong_row_count',
    status: 500,
    detail: `expected ${wanted}, got ${got}: ${query.text.replaceAll(/\s+/g, ' ').trim().slice(0, 200)}`,
  });

/** The four ways to ask, over any way of running a statement. */
export const asQueryable = (run: (query: Sql) => Promise<Ran>): Queryable => ({
  many: async <R>(query: Sql) => (await run(query)).rows as R[],
  one: async <R>(query: Sql) => {
    const { rows } = await run(query);
    if (rows.length !== 1) throw wrongCount(query, 'exactly one row', rows.length);
    return rows[0] as R;
  },
  maybe: async <R>(query: Sql) => {
    const { rows } = await run(query);
    if (rows.length > 1) throw wrongCount(query, 'at most one row', rows.length);
    return rows[0] as R | undefined;
  },
  run: async (query) => (await run(query)).count,
});
