import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { silentLog } from '#kit/log/index.ts';
import { testDatabase, until, type TestDatabase } from '#kit/testing/index.ts';
import { freeAbandonedJobs } from './free-abandoned-jobs.ts';
import { enqueue, enqueueMany, startWorker, type JobHandler, type Worker } from './index.ts';

let t: TestDatabase;
let workers: Worker[];
beforeEach(async () => {
  t = await testDatabase();
  workers = [];
});
afterEach(async () => {
  for (const worker of workers) await worker.stop(500);
  await t.drop();
});

const start = async (tasks: Record<string, JobHandler>): Promise<Worker> => {
  const worker = await startWorker({ url: t.url, db: t.db, tasks, log: silentLog, concurrency: 2 });
  workers.push(worker);
  return worker;
};
const waiting = async (): Promise<number> =>
  (await t.db.one<{ n: number }>(sql`select count(*) as n from graphile_worker.jobs`)).n;

describe('a job', () => {
  it('runs when the transaction that queued it commits', async () => {
    const seen: unknown[] = [];
    await start({ 'pet.feed': async (payload) => void seen.push(payload) });
    await t.db.tx((tx) => enqueue(tx, 'pet.feed', { petId: 'p1' }));
    await until(() => seen.length === 1);
    expect(seen).toEqual([{ petId: 'p1' }]);
    await until(async () => (await waiting()) === 0);
  });
  it('does not exist when the transaction rolls back', async () => {
    await expect(
      t.db.tx(async (tx) => {
        await enqueue(tx, 'pet.feed', {});
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(await waiting()).toBe(0);
  });
  it('under a key replaces the one that waits under it', async () => {
    const later = new Date(Date.now() + 3_600_000);
    await enqueue(t.db, 'pet.feed', { n: 1 }, { key: 'k', runAt: later });
    await enqueue(t.db, 'pet.feed', { n: 2 }, { key: 'k', runAt: later });
    expect(await waiting()).toBe(1);
  });
  it('among many queued with one statement is one like any other', async () => {
    const later = new Date(Date.now() + 3_600_000);
    await enqueueMany(t.db, []);
    await enqueueMany(t.db, [
      { name: 'pet.feed', payload: { n: 1, note: 'a "quote", a \\ and {braces}' } },
      { name: 'pet.feed', payload: { n: 2 }, key: 'k', runAt: later, maxAttempts: 3 },
      { name: 'pet.walk', payload: { n: 3 }, key: 'k' },
    ]);
    const queued = await t.db.many(sql`
      select task_identifier as name, key, max_attempts, (select payload from graphile_worker._private_jobs p where p.id = j.id) as payload
        from graphile_worker.jobs j order by task_identifier`);
    expect(queued).toEqual([
      { name: 'pet.feed', key: null, maxAttempts: 25, payload: { n: 1, note: 'a "quote", a \\ and {braces}' } },
      { name: 'pet.walk', key: 'k', maxAttempts: 25, payload: { n: 3 } },
    ]);
    await enqueueMany(t.db, [{ name: 'pet.feed', payload: { n: 4 }, key: 'k2', runAt: later }]);
    expect(await waiting()).toBe(3);
    await expect(
      enqueueMany(t.db, [
        { name: 'pet.feed', payload: {} },
        { name: 'pet.feed', payload: { password: 'x' } },
      ]),
    ).rejects.toMatchObject({ code: 'job.secret_in_payload' });
    expect(await waiting()).toBe(3);
  });
  it('that throws is tried again, and the queue keeps no text of the error', async () => {
    const attempts: number[] = [];
    await start({
      'pet.feed': async (_payload, run) => {
        attempts.push(run.attempt);
        if (run.attempt === 1) throw new Error('hunter2 is the password');
      },
    });
    await enqueue(t.db, 'pet.feed', {}, { key: 'once' });
    await until(
      async () =>
        (await t.db.maybe(sql`select 1 from graphile_worker.jobs where last_error is not null`)) !== undefined,
    );
    const { lastError } = await t.db.one<{ lastError: string }>(sql`select last_error from graphile_worker.jobs`);
    expect(lastError).not.toContain('hunter2');
    await t.db.run(sql`update graphile_worker._private_jobs set run_at = now()`);
    await until(() => attempts.length === 2);
    expect(attempts).toEqual([1, 2]);
  });
  it('is refused when its payload has a field named like a secret', async () => {
    await expect(enqueue(t.db, 'pet.feed', { target: { password: 'x' } })).rejects.toMatchObject({
      code: 'job.secret_in_payload',
    });
    await enqueue(t.db, 'pet.feed', { secretId: 'an id is no secret' });
  });
});

describe('a worker', () => {
  it('that is stopped waits for what runs, but no longer than it is told, and the job is run again', async () => {
    let began = 0;
    const worker = await start({
      slow: async () => {
        began += 1;
        await new Promise(() => {});
      },
    });
    await enqueue(t.db, 'slow', {});
    await until(() => began === 1);
    const stopped = performance.now();
    await worker.stop(200);
    expect(performance.now() - stopped).toBeLessThan(5_000);
    const { lockedBy } = await t.db.one<{ lockedBy: string | null }>(sql`select locked_by from graphile_worker.jobs`);
    expect(lockedBy).toBeNull();
  });
  it('that died leaves its jobs to others, while the jobs of the living are left alone', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let began = 0;
    await start({
      held: async () => {
        began += 1;
        await held;
      },
    });
    await enqueue(t.db, 'held', {});
    await until(() => began === 1);
    await enqueue(t.db, 'orphan', {});
    await t.db.run(sql`update graphile_worker._private_jobs set locked_at = now() - interval '1 minute'`);
    await t.db.run(sql`update graphile_worker._private_jobs set locked_by = 'a-dead-worker' where locked_by is null`);
    expect(await freeAbandonedJobs(t.db, silentLog)).toBe(1);
    release();
    await until(async () => (await waiting()) === 1);
    expect(began).toBe(1);
  });
});
