import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import { drainQueue, testDatabase, until, type TestDatabase } from './index.ts';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});
afterAll(() => t.drop());

describe('a test database', () => {
  it('is migrated, and apart from every other', async () => {
    const other = await testDatabase();
    await t.db.run(sql`create table mine (id integer)`);
    expect(
      await other.db.one(sql`select to_regclass('mine') as seen, to_regclass('migration') is not null as migrated`),
    ).toEqual({ seen: null, migrated: true });
    await other.drop();
    await expect(other.db.one(sql`select 1`)).rejects.toThrow('after calling end');
  });
  it('is quick to make', async () => {
    const began = performance.now();
    const made = await Promise.all([testDatabase(), testDatabase(), testDatabase()]);
    expect(performance.now() - began).toBeLessThan(10_000);
    await Promise.all(made.map((one) => one.drop()));
  });
});

describe('draining the queue', () => {
  it('runs what is due by the test clock, with what follows from it, and leaves the rest', async () => {
    const seen: unknown[] = [];
    await enqueue(t.db, 'first', { n: 1 });
    await enqueue(t.db, 'keyed', { n: 1 }, { key: 'k' });
    await enqueue(t.db, 'keyed', { n: 2 }, { key: 'k' });
    await enqueue(t.db, 'later', {}, { runAt: new Date(t.clock.now().getTime() + 60_000) });
    const tasks = {
      first: async () => enqueue(t.db, 'second', {}),
      second: async () => undefined,
      keyed: async (payload: unknown) => void seen.push(payload),
      later: async () => undefined,
    };
    expect((await drainQueue(t, tasks)).toSorted()).toEqual(['first', 'keyed', 'second']);
    expect(seen).toEqual([{ n: 2 }]);
    t.clock.advance(60_000);
    expect(await drainQueue(t, tasks)).toEqual(['later']);
    expect(await drainQueue(t, tasks)).toEqual([]);
  });
  it('throws what a job throws, and keeps the job', async () => {
    await enqueue(t.db, 'bad', {});
    await expect(drainQueue(t, { bad: () => Promise.reject(new Error('no')) })).rejects.toThrow('no');
    await expect(drainQueue(t, {})).rejects.toThrow('no handler for the queued job bad');
    expect(await drainQueue(t, { bad: async () => undefined })).toEqual(['bad']);
  });
  it('does not go on for ever', async () => {
    const again = async (): Promise<void> => enqueue(t.db, 'again', {});
    await again();
    await expect(drainQueue(t, { again })).rejects.toThrow('not empty after 1000 jobs');
    await t.db.run(sql`delete from graphile_worker._private_jobs`);
  });
});

describe('until', () => {
  it('returns what came true, and says what did not, with the last error', async () => {
    let n = 0;
    expect(await until(() => (n += 1) > 3 && 'yes')).toBe('yes');
    const failed = await until(() => Promise.reject(new Error('inner')), { timeoutMs: 30, what: 'the sky' }).catch(
      (e: unknown) => e,
    );
    expect(failed).toMatchObject({ message: 'the sky did not come true within 30 ms', cause: { message: 'inner' } });
  });
});
