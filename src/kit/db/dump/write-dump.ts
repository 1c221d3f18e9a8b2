import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { link, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { flowingSha256 } from '#kit/crypto/index.ts';
import type { Db, Tx } from '../port.ts';
import { sql } from '../sql.ts';
import { holdFiles } from './copying.ts';
import { writeFiles, type DumpFolder } from './files.ts';
import { newestMigration, ROWS_AT_ONCE, tableNamed, tablesOf, type DumpEnd, type DumpHead } from './format.ts';

/** What was written. */
export interface Dumped {
  readonly head: DumpHead;
  readonly tables: number;
  readonly rows: number;
  /** Null: they were left out. */
  readonly files: number | null;
}

/**
 * Writes the whole database into a file only its owner may read, as of one instant, while everything goes on. What is
 * sealed stays sealed: the keys are in it as the root key wrapped them, and the root key is not. Complete and on disk
 * under its name, or not there. Throws where the file is there already. `beside`: files that belong to it, read after
 * the instant, so that all that had ended by then is whole; none that was there at the instant is taken away before it is
 * copied.
 */
export const writeDump = (db: Db, path: string, beside?: DumpFolder): Promise<Dumped> =>
  beside === undefined
    ? write(db, path, undefined)
    : db.tx(async (tx) => {
        await holdFiles(tx);
        return await write(db, path, beside);
      });

async function write(db: Db, path: string, beside: DumpFolder | undefined): Promise<Dumped> {
  const aside = `${path}.part`;
  const gzip = createGzip();
  const written = pipeline(gzip, createWriteStream(aside, { flags: 'wx', mode: 0o600, flush: true }));
  written.catch(() => undefined);
  const digest = flowingSha256();
  const say = async (line: object | string): Promise<void> => {
    const text = `${JSON.stringify(line)}\n`;
    digest.add(Buffer.from(text));
    if (!gzip.write(text)) await Promise.race([once(gzip, 'drain'), written]);
  };
  try {
    const { told, end } = await db.tx((tx) => writeAll(tx, say), {
      readOnly: true,
      isolation: 'repeatable read',
      statementTimeoutMs: 3_600_000,
    });
    const files = beside === undefined ? null : await writeFiles(beside, say);
    const many = files === null ? {} : { files };
    gzip.end(
      `${JSON.stringify({ end: true, ...end, ...many, sha256: digest.end().toString('hex') } satisfies DumpEnd)}\n`,
    );
    await written;
    await link(aside, path);
    return { ...told, files };
  } finally {
    gzip.destroy();
    await rm(aside, { force: true });
  }
}

async function writeAll(
  tx: Tx,
  say: (line: object | string) => Promise<void>,
): Promise<{ readonly told: Omit<Dumped, 'files'>; readonly end: Pick<DumpEnd, 'rows' | 'sequences'> }> {
  const head: DumpHead = {
    format: 'reeve-backup-2',
    takenAt: (await tx.one<{ now: Date }>(sql`select clock_timestamp() as now`)).now.toISOString(),
    migration: await newestMigration(tx),
    logSize: (await tx.one<{ n: number }>(sql`select coalesce(max(size), 0) as n from audit_checkpoint`)).n,
    rootKeys: await tx.many(sql`select ring, id, place from root_key where state = 'current' order by ring`),
  };
  await say(head);
  const rows: Record<string, number> = {};
  const tables = await tablesOf(tx);
  for (const table of tables) {
    await say({ table });
    rows[table] = await writeRows(tx, table, say);
  }
  const told = { head, tables: tables.length, rows: Object.values(rows).reduce((a, b) => a + b, 0) };
  return { told, end: { rows, sequences: await sequencesOf(tx) } };
}

async function writeRows(tx: Tx, table: string, say: (line: string) => Promise<void>): Promise<number> {
  let count = 0;
  await tx.run(sql`declare dumping no scroll cursor for select t::text as row from ${tableNamed(table)} t`);
  for (;;) {
    // The cursor's batch size cannot be a parameter.
    const rows = await tx.many<{ row: string }>(FETCH);
    for (const { row } of rows) await say(row);
    count += rows.length;
    if (rows.length < ROWS_AT_ONCE) break;
  }
  await tx.run(sql`close dumping`);
  return count;
}

const FETCH = sql`fetch 1000 from dumping`;

const sequencesOf = async (tx: Tx): Promise<Record<string, number>> =>
  Object.fromEntries(
    (
      await tx.many<{ name: string; at: number }>(sql`
        select schemaname || '.' || sequencename as name, last_value as at from pg_sequences
        where schemaname in ('public', 'graphile_worker') and last_value is not null order by 1`)
    ).map(({ name, at }) => [name, at]),
  );
