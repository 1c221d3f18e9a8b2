import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { silentLog } from '#kit/log/index.ts';
import { testDatabase, until, type TestDatabase } from '#kit/testing/index.ts';
import { breakableRelay, type BreakableRelay } from '#test/harness/breakable-relay.ts';
import { enqueue, startWorker, type Worker } from './index.ts';

let t: TestDatabase;
let relay: BreakableRelay;
let worker: Worker;
beforeEach(async () => {
  relay = await breakableRelay(Number(new URL(inject('reeveTestServer').url).port));
  t = await testDatabase();
});
afterEach(async () => {
  await relay.mend();
  await worker.stop(500);
  await relay.stop();
  await t.drop();
});

const CASES: readonly (readonly [what: string, how: 'refused' | 'silent', first: () => void])[] = [
  ['done', 'refused', () => undefined],
  ['failed', 'refused', () => expect.unreachable('fails once')],
  ['done', 'silent', () => undefined],
];
it.each(CASES)(
  'a job whose worker could not write that it is %s (%s) is run again within half a minute',
  async (_what, how, first) => {
    const url = new URL(t.url);
    url.hostname = '127.0.0.1';
    url.port = String(relay.port);
    let runs = 0;
    let go = (): void => undefined;
    const gate = new Promise<void>((done) => (go = done));
    worker = await startWorker({
      url: url.href,
      db: t.db,
      log: silentLog,
      abandonedEveryMs: 1_000,
      tasks: {
        'pet.feed': async () => {
          runs += 1;
          if (runs > 1) return;
          await gate;
          first();
        },
      },
    });
    await enqueue(t.db, 'pet.feed', {});
    await until(() => runs === 1, { timeoutMs: 10_000, what: 'the job to begin' });
    await relay.break(how);
    go();
    await new Promise((done) => setTimeout(done, 2_000));
    await relay.mend();
    await until(() => runs === 2, { timeoutMs: 30_000, what: 'the job to be run again' });
    await until(
      async () => (await t.db.one<{ n: number }>(sql`select count(*) as n from graphile_worker.jobs`)).n === 0,
      { timeoutMs: 10_000, what: 'the queue to be empty' },
    );
    expect(runs).toBe(2);
  },
);

it('a job that runs on when its worker was cut off does not keep the others waiting', async () => {
  const url = new URL(t.url);
  url.hostname = '127.0.0.1';
  url.port = String(relay.port);
  let began = 0;
  let fed = 0;
  let end = (): void => undefined;
  const held = new Promise<void>((done) => (end = done));
  let fail = (): void => undefined;
  const gate = new Promise<void>((done) => (fail = done));
  worker = await startWorker({
    url: url.href,
    db: t.db,
    log: silentLog,
    tasks: {
      'pet.groom': () => {
        began += 1;
        return held;
      },
      'pet.walk': async () => {
        began += 1;
        await gate;
      },
      'pet.feed': async () => void (fed += 1),
    },
  });
  await enqueue(t.db, 'pet.groom', {});
  await enqueue(t.db, 'pet.walk', {});
  await until(() => began === 2, { timeoutMs: 10_000, what: 'both jobs to begin' });
  await relay.break('refused');
  fail();
  await new Promise((done) => setTimeout(done, 500));
  await relay.mend();
  await enqueue(t.db, 'pet.feed', {});
  await until(() => fed === 1, { timeoutMs: 15_000, what: 'another job to run' });
  expect(began).toBeGreaterThanOrEqual(2);
  end();
});
