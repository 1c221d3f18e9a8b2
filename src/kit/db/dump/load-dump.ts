import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { flowingSha256 } from '#kit/crypto/index.ts';
import { AppError } from '#kit/errors/index.ts';
import type { Db, Tx } from '../port.ts';
import { sql } from '../sql.ts';
import { FileBeingRestored, type DumpFile } from './files.ts';
import { newestMigration, ROWS_AT_ONCE, tableNamed, tablesOf, type DumpEnd, type DumpHead } from './format.ts';

/** What was loaded, and where the file and the database differ in how many rows they have. */
export interface Loaded {
  readonly head: DumpHead;
  readonly sha256: string;
  readonly tables: number;
  readonly rows: number;
  /** Null: they were left out of the backup. */
  readonly files: number | null;
  readonly problems: readonly string[];
}

/** What a backup says of itself, once all of it was read. */
export interface CheckedDump {
  readonly head: DumpHead;
  readonly end: DumpEnd;
}

/** Reads a backup through. Throws `backup.damaged` for a file that is none, was cut off or altered. */
export async function checkDump(path: string): Promise<CheckedDump> {
  const digest = flowingSha256();
  let head: DumpHead | undefined;
  let end: DumpEnd | undefined;
  for await (const line of linesOf(path)) {
    if (end !== undefined) throw damaged('goes on after its end');
    const said = head === undefined || line.startsWith('{"end"') ? parse(line) : line;
    if (head === undefined) head = headIn(said);
    if (typeof said === 'object' && 'end' in said) end = said as DumpEnd;
    else digest.add(Buffer.from(`${line}\n`));
  }
  if (head === undefined || end === undefined) throw damaged('was cut off');
  if (end.sha256 !== digest.end().toString('hex')) throw damaged('was altered');
  return { head, end };
}

/**
 * Loads a backup into a database that was migrated and holds nothing, in one transaction and with no trigger and no
 * check running: all was checked when it was written, and the audit log proves itself afterwards. Needs a superuser.
 * Files that belong to it go into a folder, each proved by its digest. Throws what `checkDump` does, before anything is loaded, `backup.of_another_version` and `backup.database_not_empty`.
 */
export async function loadDump(db: Db, path: string, filesInto: string): Promise<Loaded> {
  const checked = await checkDump(path);
  return await db.tx((tx) => loadAll(tx, path, filesInto, checked), { statementTimeoutMs: 3_600_000 });
}

async function loadAll(tx: Tx, path: string, filesInto: string, { head, end }: CheckedDump): Promise<Loaded> {
  await tx.run(sql`set local session_replication_role = replica`);
  await begin(tx, head);
  let into: Inserting | undefined;
  let file: FileBeingRestored | undefined;
  let files = 0;
  for await (const line of linesOf(path)) {
    const said = parse(line);
    if (typeof said === 'string') {
      file?.add(said);
      await into?.add(said);
      continue;
    }
    await into?.flush();
    await file?.put();
    into = 'table' in said ? await insertInto(tx, String(said.table)) : undefined;
    file = 'file' in said ? new FileBeingRestored(filesInto, said as DumpFile) : undefined;
    if (file !== undefined) files += 1;
  }
  for (const [name, at] of Object.entries(end.sequences))
    await tx.run(sql`select setval(${name}::regclass, ${at}::bigint)`);
  // Whoever had these in hand is not there.
  await tx.run(
    sql`update graphile_worker._private_jobs set locked_at = null, locked_by = null where locked_at is not null`,
  );
  await tx.run(sql`delete from key_node`);
  const problems = await compareCounts(tx, { ...end.rows, 'public.key_node': 0 });
  const rows = Object.values(end.rows).reduce((a, b) => a + b, 0);
  const missing = end.files === undefined || end.files === files ? [] : [`${files} of ${end.files} files are there`];
  return {
    head,
    sha256: end.sha256,
    tables: Object.keys(end.rows).length,
    rows,
    files: end.files ?? null,
    problems: [...problems, ...missing],
  };
}

const FORMATS: ReadonlySet<string> = new Set(['reeve-backup-1', 'reeve-backup-2']);

function headIn(said: unknown): DumpHead {
  const head = said as DumpHead;
  if (typeof head !== 'object' || !FORMATS.has(head.format)) throw damaged('is no backup of Reeve');
  return head;
}

async function begin(tx: Tx, head: DumpHead): Promise<void> {
  const here = await newestMigration(tx);
  if (head.migration !== here) {
    throw new AppError({
      code: 'backup.of_another_version',
      status: 409,
      detail: `this backup is of a database at ${head.migration}, this Reeve makes one at ${here}`,
      fix: 'restore it with the version it was taken with, then start the newer one',
    });
  }
  const { n } = await tx.one<{ n: number }>(sql`select count(*) as n from audit_event`);
  if (n > 0)
    throw new AppError({
      code: 'backup.database_not_empty',
      status: 409,
      detail: 'there is something in this database already',
      fix: 'restore into a new one',
    });
  // What migrations put in is in the backup as well.
  const tables = (await tablesOf(tx)).map(tableNamed);
  await tx.run(sql`truncate ${sql.join(tables, sql`, `)}`);
}

interface Inserting {
  add(row: string): Promise<void>;
  flush(): Promise<void>;
}

async function insertInto(tx: Tx, table: string): Promise<Inserting> {
  const columns = await tx.many<{ name: string }>(sql`
    select attname as name from pg_attribute
    where attrelid = ${table}::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum`);
  const names = columns.map(({ name }) => sql.id(name));
  const values = names.map((name) => sql`(one.r).${name}`);
  const target = tableNamed(table);
  let waiting: string[] = [];
  const flush = async (): Promise<void> => {
    if (waiting.length === 0) return;
    // Offset 0: each row is read once, not once a column.
    await tx.run(sql`
      insert into ${target} (${sql.join(names, sql`, `)}) overriding system value
      select ${sql.join(values, sql`, `)} from (select raw::${target} as r from unnest(${sql.array(waiting)}::text[]) as raw offset 0) one`);
    waiting = [];
  };
  return {
    flush,
    add: async (row) => {
      waiting.push(row);
      if (waiting.length >= ROWS_AT_ONCE) await flush();
    },
  };
}

async function compareCounts(tx: Tx, rows: Readonly<Record<string, number>>): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const [table, wanted] of Object.entries(rows)) {
    const { n } = await tx.one<{ n: number }>(sql`select count(*) as n from ${tableNamed(table)}`);
    if (n !== wanted) problems.push(`${table} has ${n} rows, the backup ${wanted}`);
  }
  for (const table of await tablesOf(tx)) if (rows[table] === undefined) problems.push(`${table} is not in the backup`);
  return problems;
}

async function* linesOf(path: string): AsyncGenerator<string> {
  const gunzip = createGunzip();
  const file = createReadStream(path);
  file.on('error', (error) => gunzip.destroy(error));
  try {
    yield* createInterface({ input: file.pipe(gunzip), crlfDelay: Infinity });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EACCES')
      throw new AppError({
        code: 'backup.unreadable',
        status: 422,
        detail: `${path} cannot be read`,
        fix: 'name a backup',
        cause: error,
      });
    throw damaged('cannot be read through', error);
  }
}

function parse(line: string): string | object {
  try {
    const said: unknown = JSON.parse(line);
    if (typeof said === 'string' || (typeof said === 'object' && said !== null)) return said;
  } catch {
    // falls through
  }
  throw damaged('holds a line that says nothing');
}

const damaged = (how: string, cause?: unknown): AppError =>
  new AppError({
    code: 'backup.damaged',
    status: 422,
    detail: `this backup ${how}`,
    fix: 'take another copy of it, or an older backup',
    cause,
  });
