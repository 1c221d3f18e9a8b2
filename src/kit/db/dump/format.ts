import { sql, type Sql } from '../sql.ts';
import type { Queryable } from '../port.ts';

/** First line of a backup. */
export interface DumpHead {
  /** 2 may have files; 1 has none. */
  readonly format: 'reeve-backup-1' | 'reeve-backup-2';
  readonly takenAt: string;
  /** Name of the newest migration: a backup goes into a database that stands there too. */
  readonly migration: string;
  /** Entries the audit log had that were numbered. */
  readonly logSize: number;
  /** Which root keys open it; never a key. */
  readonly rootKeys: readonly { readonly ring: string; readonly id: string; readonly place: string }[];
}

/** Begins the rows of a table: each further line is a row as PostgreSQL writes it, as a JSON text. */
export interface DumpTable {
  readonly table: string;
}

/** Last line: how many rows each table had, and the digest of all lines before, so that a cut-off file is known. */
export interface DumpEnd {
  readonly end: true;
  readonly rows: Readonly<Record<string, number>>;
  /** How many files there are beside; absent: they were left out. */
  readonly files?: number;
  /** Where each sequence stood. */
  readonly sequences: Readonly<Record<string, number>>;
  readonly sha256: string;
}

export const ROWS_AT_ONCE = 1000;

/** Every table there is, `schema.name`, but for what the migrations themselves keep. */
export const tablesOf = async (db: Queryable): Promise<readonly string[]> =>
  (
    await db.many<{ name: string }>(sql`
      select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p') and not c.relispartition and n.nspname in ('public', 'graphile_worker')
        and c.relname not in ('migration', 'migrations')
      order by 1`)
  ).map(({ name }) => name);

/** A table by its name in a backup, quoted. */
export const tableNamed = (name: string): Sql => {
  const [schema = '', table = ''] = name.split('.');
  return sql`${sql.id(schema)}.${sql.id(table)}`;
};

/** The newest migration. */
export const newestMigration = async (db: Queryable): Promise<string> =>
  (
    await db.one<{ name: string }>(
      sql`select lpad(number::text, 4, '0') || '_' || name as name from migration order by number desc limit 1`,
    )
  ).name;
