import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { sha256 } from '#kit/crypto/index.ts';
import { AppError } from '#kit/errors/index.ts';
import { silentLog, type Log } from '#kit/log/index.ts';
import { asDbError } from '../db-error.ts';

/** One file of db/migrations: `NNNN_says_the_new_truth.sql`. */
export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly text: string;
  /** SHA-256 of the file, hex. */
  readonly checksum: string;
}

export interface MigrateInput {
  readonly url: string;
  readonly log?: Log;
  /** Default: db/migrations of this installation. */
  readonly directory?: string;
  /** Only for tests of a tree in which numbers are still being filled in. */
  readonly allowGaps?: boolean;
}

/** Beside the built bundle, or at the root of the source tree. */
const MIGRATIONS =
  ['./migrations', '../../../../db/migrations']
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((path) => existsSync(path)) ?? 'db/migrations';
/** Any constant will do; it has to be the same on every node. Spells "reev". */
const LOCK = 0x72656576;

const broken = (detail: string, fix: string): AppError =>
  new AppError({ code: 'migration.refused', status: 500, detail, fix });

/** Reads the migration files in order. Throws on a bad name, a number used twice, and a gap. */
export async function readMigrations(directory = MIGRATIONS, allowGaps = false): Promise<Migration[]> {
  const files = (await readdir(directory)).filter((f) => f.endsWith('.sql')).toSorted();
  const migrations: Migration[] = [];
  for (const file of files) {
    const match = /^(\d{4})_([a-z0-9_]+)\.sql$/.exec(file);
    if (match?.[1] === undefined || match[2] === undefined)
      throw broken(`db/migrations/${file} is not named NNNN_says_the_new_truth.sql`, 'rename it');
    const number = Number(match[1]);
    const previous = migrations.at(-1);
    if (previous?.number === number)
      throw broken(
        `migration number ${match[1]} is used twice: ${previous.name} and ${match[2]}`,
        'give the newer one the next free number',
      );
    const expected = previous === undefined ? 0 : previous.number + 1;
    if (number !== expected && !allowGaps)
      throw broken(
        `migration ${String(expected).padStart(4, '0')} is missing before ${file}`,
        'restore it, or renumber the files that were never released',
      );
    const text = await readFile(join(directory, file), 'utf8');
    migrations.push({ number, name: match[2], text, checksum: sha256(text).toString('hex') });
  }
  return migrations;
}

interface Applied {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
}

const label = (m: { number: number; name: string }): string => `${String(m.number).padStart(4, '0')}_${m.name}`;

function pending(files: readonly Migration[], applied: readonly Applied[]): Migration[] {
  const byNumber = new Map(files.map((f) => [f.number, f]));
  for (const a of applied) {
    const file = byNumber.get(a.number);
    if (file === undefined)
      throw broken(
        `the database has migration ${label(a)}, which this version of Reeve does not know`,
        'run the version of Reeve that made it, or a newer one',
      );
    if (file.checksum !== a.checksum)
      throw broken(
        `migration ${label(a)} was applied and its file was edited since`,
        'restore the file and write a new migration instead',
      );
  }
  const last = applied.at(-1)?.number ?? -1;
  const done = new Set(applied.map((a) => a.number));
  const todo = files.filter((f) => !done.has(f.number));
  const late = todo.find((f) => f.number < last);
  if (late !== undefined)
    throw broken(
      `migration ${label(late)} comes before ${String(last).padStart(4, '0')}, which is applied already`,
      'give it the next free number',
    );
  return todo;
}

const LEDGER = `
create table if not exists migration (
  number integer primary key,
  name text not null,
  checksum text not null,
  applied_at timestamptz not null default now()
);
comment on table migration is 'Which migrations this database has had, each with the SHA-256 of its file.';
`;

/**
 * Brings the database to this version: every file once, in order, each in its own transaction, under one advisory
 * lock, so that nodes starting together do not collide. Forward only. Returns the names it applied.
 * Throws `migration.refused` on duplicates, gaps, edited files and unknown migrations, before changing anything.
 */
export async function migrate(input: MigrateInput): Promise<string[]> {
  const { url, log = silentLog, directory, allowGaps = false } = input;
  const files = await readMigrations(directory, allowGaps);
  const client = new Client({ connectionString: url, application_name: 'reeve migrate' });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(`set lock_timeout = '120s'`);
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    await client.query('reset lock_timeout');
    await client.query(LEDGER);
    const { rows } = await client.query<Applied>('select number, name, checksum from migration order by number');
    const todo = pending(files, rows);
    for (const m of todo) await applyOne(client, m, log);
    return todo.map(label);
  } catch (error) {
    throw error instanceof AppError ? error : asDbError(error, 'migrate');
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function applyOne(client: Client, m: Migration, log: Log): Promise<void> {
  try {
    await client.query('begin');
    await client.query(m.text);
    await client.query('insert into migration (number, name, checksum) values ($1, $2, $3)', [
      m.number,
      m.name,
      m.checksum,
    ]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    const cause = asDbError(error, `migration ${label(m)}`);
    throw new AppError({
      code: 'migration.failed',
      status: 500,
      detail: `migration ${label(m)} failed and was rolled back: ${cause.message}${position(error, m.text)}`,
      fix: 'mend the cause and start again; earlier migrations stay applied',
      cause,
    });
  }
  log.info('migrated', { migration: label(m) });
}

/** The line of the file PostgreSQL stumbled over. */
function position(error: unknown, text: string): string {
  const at = error instanceof Error && 'position' in error ? Number(error.position) : NaN;
  return Number.isNaN(at) ? '' : ` (line ${text.slice(0, at).split('\n').length})`;
}
