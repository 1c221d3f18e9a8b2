import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Office } from '#connectors/csv/office.fixture.ts';
import { sql, type Db } from '#kit/db/index.ts';
import { startWorker } from '#kit/jobs/index.ts';
import { silentLog } from '#kit/log/index.ts';
import {
  firstLine,
  killAll,
  runScript,
  testDatabase,
  until,
  type OwnProcess,
  type TestDatabase,
} from '#kit/testing/index.ts';
import { registerSystem } from '#spine/graph/index.ts';
import type { Spine } from '#spine/assemble.ts';
import { askReading } from './runs/ask-reading.ts';
import { openReader } from './testing/open-reader.ts';

const PEOPLE = 200;
const ROWS_PER_PIECE = 50;
/** Four entitlements, people, and three holdings each. */
const ROWS = 4 + PEOPLE + 3 * PEOPLE;

const root = mkdtempSync(join(tmpdir(), 'reeve-exchange-'));
let t: TestDatabase;
let db: Db;
let spine: Spine;
beforeAll(async () => {
  t = await testDatabase();
  ({ db, spine } = await openReader({ url: t.url, root }));
  const groups = ['g0', 'g1', 'g2', 'g3'];
  const office = new Office(join(root, 'crowd'), {
    accounts: Array.from({ length: PEOPLE }, (_, i) => ({
      account_id: `p${i}`,
      account_name: `p${i}`,
      kind: 'service',
    })),
    entitlements: groups.map((id) => ({ entitlement_id: id, kind: 'group', name: id })),
    holdings: Array.from({ length: 3 * PEOPLE }, (_, i) => ({
      account_id: `p${i % PEOPLE}`,
      entitlement_id: `g${Math.floor(i / PEOPLE)}`,
    })),
    nesting: [],
  });
  office.export();
});
afterAll(async () => {
  await killAll();
  await db.close();
  await t.drop();
  rmSync(root, { recursive: true, force: true });
});

const act = <T>(work: Parameters<ReturnType<Spine['operator']['jobCtx']>['act']>[1]): Promise<T> =>
  spine.operator.jobCtx('arrange').act({ action: 'arrange.all' }, work) as Promise<T>;

/** A system that reads the folder, and the reading that was asked for. */
async function ask(name: string): Promise<{ systemId: string; runId: string }> {
  const settings = { path: join(root, 'crowd'), rowsPerPiece: ROWS_PER_PIECE };
  const { id } = await act<{ id: string }>((ctx, permit) =>
    registerSystem(ctx, permit, { name, kind: 'csv', settings }),
  );
  const { runId } = await act<{ runId: string }>((ctx, permit) => askReading(ctx, permit, { systemId: id }));
  return { systemId: id, runId };
}
const stateOf = async (runId: string): Promise<string> =>
  (await db.one<{ state: string }>(sql`select state from discovery_run where id = ${runId}`)).state;
const isDone = (runId: string): Promise<true> =>
  until(async () => (await stateOf(runId)) === 'done', {
    timeoutMs: 60_000,
    everyMs: 50,
    what: 'the end of the reading',
  });
const exported = (systemId: string): Promise<unknown[]> =>
  db.many(sql`
    select a.native_id as account, a.kind, a.state, a.attributes, e.native_id as entitlement, h.quality
      from account a left join holding h on h.account_id = a.id left join entitlement e on e.id = h.entitlement_id
     where a.system_id = ${systemId} order by 1, 5`);
const readings = (systemId: string): Promise<unknown[]> =>
  db.many(
    sql`select data->'counts'->>'accounts' as accounts from audit_event where type = 'system.read' and data->>'systemId' = ${systemId}`,
  );
const victim = async (): Promise<OwnProcess> => {
  const own = runScript('src/guard/discovery/testing/run-reader.ts', [t.url, root]);
  await firstLine(own, 60_000);
  return own;
};
const kept = (own: OwnProcess): { from?: string; rows: number }[] =>
  own.lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as { from?: string; rows: number });
const heir = () => startWorker({ url: t.url, db, log: silentLog, tasks: spine.tasks, abandonedEveryMs: 500 });

test(
  'a reading whose worker is killed goes on at the last piece kept, and comes to the same as one that was not',
  { timeout: 300_000 },
  async () => {
    const quiet = await ask('quiet');
    const first = await victim();
    await isDone(quiet.runId);

    const broken = await ask('broken');
    const whole = kept(first).length;
    await until(() => kept(first).length >= whole + 6, { timeoutMs: 60_000, what: 'six pieces' });
    await first.kill();
    const before = await db.one<{ pieces: number }>(sql`select pieces from discovery_run where id = ${broken.runId}`);
    expect(before.pieces).toBeGreaterThanOrEqual(6);

    const second = await victim();
    await isDone(broken.runId);
    expect(kept(second)[0]?.from).toBeDefined();
    // What the dead one kept is not read again; of one piece it may not have said that it did.
    expect(kept(second).length).toBeLessThanOrEqual(whole - before.pieces);
    await until(async () => (await db.many(sql`select id from staged_reading`)).length === 0, {
      timeoutMs: 20_000,
      what: 'the pieces put away',
    });
    await second.kill();

    expect(await exported(broken.systemId)).toEqual(await exported(quiet.systemId));
    expect(await readings(broken.systemId)).toEqual([{ accounts: String(PEOPLE) }]);
    expect(await db.one(sql`select rows, state, trusted from discovery_run where id = ${broken.runId}`)).toEqual({
      rows: ROWS,
      state: 'done',
      trusted: true,
    });
  },
);

test(
  'a worker killed while a whole reading goes into the graph leaves nothing half done',
  { timeout: 300_000 },
  async () => {
    const { systemId, runId } = await ask('merged');
    const dying = runScript('src/guard/discovery/testing/run-reader.ts', [t.url, root]);
    // Whoever merges locks the system first; held here, the merge has begun and cannot end.
    await db.tx(async (tx) => {
      await tx.one(sql`select id from system where id = ${systemId} for no key update`);
      await until(
        async () =>
          (await t.db.maybe(
            sql`select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '%for no key update%'`,
          )) !== undefined,
        { timeoutMs: 120_000, what: 'the merge at the lock' },
      );
      await dying.kill();
    });
    expect(await exported(systemId)).toEqual([]);
    const worker = await heir();
    await isDone(runId);
    await worker.stop();
    const { id: quiet } = await db.one<{ id: string }>(sql`select id from system where name = 'quiet'`);
    expect(await exported(systemId)).toEqual(await exported(quiet));
    expect(await readings(systemId)).toEqual([{ accounts: String(PEOPLE) }]);
  },
);
