import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { TestProject } from 'vitest/node';
import { migrate, startEmbedded } from '#kit/db/index.ts';
import { installJobs } from '#kit/jobs/index.ts';
import { silentLog } from '#kit/log/index.ts';
import { TEMPLATE, type TestServer } from './test-server.ts';

/**
 * Vitest's global setup: one PostgreSQL for the whole run, with a migrated template database that `testDatabase`
 * copies. Not crash-safe, because nothing in it outlives the run. A migration that fails does not stop tests that
 * need no database; it is thrown by `testDatabase`.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(join(await roomyFolder(), `${PREFIX}${process.pid}-`));
  const server = await startEmbedded({
    dataDir,
    log: silentLog,
    settings: {
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      autovacuum: 'off',
      max_connections: '200',
    },
  });
  const admin = new Client({ connectionString: server.adminUrl });
  await admin.connect();
  await admin.query(`create database ${TEMPLATE} owner reeve`);
  await admin.end();
  const given: TestServer = { url: server.url, adminUrl: server.adminUrl, failure: await prepare(server.url) };
  project.provide('reeveTestServer', given);
  return async () => {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
}

const PREFIX = 'reeve-test-';

/** Memory, where there is a gigabyte of it to spare: copying the template takes 20 ms there and up to a second on a busy disk. */
async function roomyFolder(): Promise<string> {
  const { bavail, bsize } = await statfs('/dev/shm').catch(() => ({ bavail: 0, bsize: 0 }));
  const folder = bavail * bsize > 2 ** 30 ? '/dev/shm' : tmpdir();
  await removeLeftovers(folder);
  return folder;
}

/** What runs that were killed left behind; the number in the name is the run's process. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (pid !== undefined && !existsSync(`/proc/${pid}`))
      await rm(join(folder, name), { recursive: true, force: true });
  }
}

async function prepare(url: string): Promise<string | undefined> {
  const template = new URL(url);
  template.pathname = `/${TEMPLATE}`;
  try {
    await migrate({ url: template.href, allowGaps: true });
    await installJobs({ url: template.href, log: silentLog });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
