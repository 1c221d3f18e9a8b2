import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { systemClock } from '#kit/clock/index.ts';
import { openDb, sql, startEmbedded } from '#kit/db/index.ts';
import { silentLog } from '#kit/log/index.ts';
import { firstLine, killAll, runScript, testDatabase, until } from '#kit/testing/index.ts';
import { enqueue, installJobs, startWorker } from './index.ts';

it('the job of a worker that was killed is run by another within seconds', { timeout: 60_000 }, async () => {
  const t = await testDatabase();
  const victim = runScript('src/kit/jobs/testing/run-worker.ts', [t.url]);
  await firstLine(victim);
  await enqueue(t.db, 'fragile', {});
  await until(() => victim.lines.includes('"began"'), { timeoutMs: 10_000 });
  await victim.kill();
  const killed = performance.now();
  const attempts: number[] = [];
  const heir = await startWorker({
    url: t.url,
    db: t.db,
    log: silentLog,
    abandonedEveryMs: 500,
    tasks: { fragile: async (_payload, run) => void attempts.push(run.attempt) },
  });
  await until(() => attempts.length > 0, { timeoutMs: 20_000 });
  expect(attempts).toEqual([2]);
  expect(performance.now() - killed).toBeLessThan(20_000);
  await heir.stop();
  await killAll();
  await t.drop();
});

it('a worker goes on after its database was killed and came back', { timeout: 60_000 }, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'reeve-jobs-'));
  const server = await startEmbedded({ dataDir, log: silentLog });
  await installJobs({ url: server.url, log: silentLog });
  const db = await openDb({ url: server.url, clock: systemClock, log: silentLog });
  const ran: unknown[] = [];
  const worker = await startWorker({
    url: server.url,
    db,
    log: silentLog,
    tasks: { note: async (payload) => void ran.push(payload) },
  });
  await enqueue(db, 'note', { n: 1 });
  await until(() => ran.length === 1, { timeoutMs: 10_000 });
  const before = server.pid();
  process.kill(before ?? 0, 'SIGKILL');
  await until(() => server.pid() !== undefined && server.pid() !== before, { timeoutMs: 15_000 });
  await until(() => enqueue(db, 'note', { n: 2 }).then(() => true), { timeoutMs: 10_000 });
  await until(() => ran.length >= 2, { timeoutMs: 20_000 });
  expect(ran).toContainEqual({ n: 2 });
  const left = async (): Promise<number> =>
    (await db.one<{ n: number }>(sql`select count(*) as n from graphile_worker.jobs`)).n;
  await until(async () => (await left()) === 0, { what: 'an empty queue' });
  await worker.stop();
  await db.close();
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
});
