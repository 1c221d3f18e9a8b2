import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '#kit/clock/index.ts';
import { migrate, openDb, startEmbedded } from '#kit/db/index.ts';
import { checkDump, loadDump } from '#kit/db/dump/index.ts';
import { installJobs } from '#kit/jobs/index.ts';
import type { RootKeyPlaces } from '#kit/key-ring/index.ts';
import { silentLog } from '#kit/log/index.ts';
import { proveRestored } from './prove-restored.ts';

/** What a restore came to; this is what is put on the record. */
export interface Drilled {
  readonly ok: boolean;
  readonly backup: string;
  readonly takenAt: string;
  readonly tables: number;
  readonly rows: number;
  readonly secrets: number;
  readonly opened: number;
  readonly logSize: number;
  readonly recordings: number | null;
  readonly wholeRecordings: number | null;
  readonly problems: readonly string[];
}

/** How many problems are told; the first says enough. */
const TOLD = 100;

/** What a backup is restored with. */
export interface RestoreParts {
  readonly places: RootKeyPlaces;
  readonly shares: readonly string[];
  /** Where its recordings go. */
  readonly recordingsDir: string;
}

/** Restores a backup into a PostgreSQL made for it alone, lets it prove itself, and leaves nothing behind. */
export async function drill(path: string, parts: Omit<RestoreParts, 'recordingsDir'>): Promise<Drilled> {
  await checkDump(path);
  const dataDir = await mkdtemp(join(tmpdir(), 'reeve-drill-'));
  try {
    return await restoreEmbedded(dataDir, path, { ...parts, recordingsDir: join(dataDir, 'recordings') });
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** Restores into the embedded PostgreSQL of a data directory that is new. */
export async function restoreEmbedded(dataDir: string, path: string, parts: RestoreParts): Promise<Drilled> {
  const server = await startEmbedded({ dataDir, log: silentLog });
  try {
    return await restoreInto(server.url, superuserOf(server.adminUrl, server.url), path, parts);
  } finally {
    await server.stop();
  }
}

/** Restores into a database that is empty and lets it prove itself. `superuser` may be the same address. */
export async function restoreInto(url: string, superuser: string, path: string, parts: RestoreParts): Promise<Drilled> {
  await migrate({ url });
  await installJobs({ url, log: silentLog });
  const loaded = await using(superuser, (db) => loadDump(db, path, parts.recordingsDir));
  const { head, sha256, tables, rows, files } = loaded;
  const proof = await using(url, (db) =>
    proveRestored(db, {
      ...parts,
      logSize: head.logSize,
      recordingsDir: files === null ? undefined : parts.recordingsDir,
    }),
  );
  const problems = [...loaded.problems, ...proof.problems].map((one) => one.slice(0, 500));
  return {
    ...proof,
    ok: problems.length === 0,
    backup: sha256,
    takenAt: head.takenAt,
    tables,
    rows,
    problems: problems.slice(0, TOLD),
  };
}

async function using<T>(url: string, work: (db: Awaited<ReturnType<typeof openDb>>) => Promise<T>): Promise<T> {
  const db = await openDb({ url, clock: systemClock, log: silentLog, max: 2, statementTimeoutMs: 0 });
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}

/** The same database as its superuser. */
function superuserOf(adminUrl: string, url: string): string {
  const as = new URL(adminUrl);
  as.pathname = new URL(url).pathname;
  return as.href;
}
