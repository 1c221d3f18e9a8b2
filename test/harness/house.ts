import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Keys, TokenSettings } from '#kit/crypto/index.ts';
import { openRings, type RootKeyPlaces, type Rings } from '#kit/key-ring/index.ts';
import type { TestClock } from '#kit/clock/index.ts';
import type { Db } from '#kit/db/index.ts';
import { installJobs, startWorker } from '#kit/jobs/index.ts';
import { silentLog, type Log } from '#kit/log/index.ts';
import { testDatabase, until, type TestDatabaseOptions } from '#kit/testing/index.ts';
import { newId } from '#kit/ids/index.ts';
import { sql } from '#kit/db/index.ts';
import type { Decide, Principal } from '#spine/decide/index.ts';
import type { JobCtx, Module } from '#spine/operations/index.ts';
import { assembleSpine, type Spine } from '#spine/assemble.ts';

/** What modules under test are built from. */
export interface HouseParts {
  readonly db: Db;
  readonly keys: Keys;
  readonly rings: Rings;
  readonly places: RootKeyPlaces;
  readonly clock: TestClock;
  readonly decide: Decide;
}

/** A Reeve without surfaces: a database of its own, the spine, the modules under test, and a worker that runs reactions. */
export interface House extends Spine {
  readonly db: Db;
  readonly clock: TestClock;
  readonly keys: Keys;
  readonly rings: Rings;
  readonly places: RootKeyPlaces;
  /** Its database, for a test that comes by another way. */
  readonly databaseUrl: string;
  /** Performs an operation by name as an identity (or as nobody yet). */
  perform<T = Record<string, unknown>>(operation: string, input: unknown, as?: string | Principal): Promise<T>;
  /** What a job of that component works with: the way for a test to act as Reeve itself. */
  as(component: string): JobCtx;
  /** Waits until no queued job is ready to run; throws, naming one, when a job has failed for good or time is over. */
  settle(timeoutMs?: number): Promise<void>;
  /** Stops the worker: from now on jobs run where a test runs them, by `tasks`. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** What a test may choose of its house. */
export interface HouseOptions {
  /** 32 bytes; every house has the same unless told otherwise. */
  readonly rootKey?: Buffer;
  /** The token a root key may be put into. */
  readonly token?: TokenSettings;
  readonly log?: Log;
  readonly database?: Omit<TestDatabaseOptions, 'log' | 'max' | 'empty'>;
}

/** Builds a house for a test. `modules` is the wiring list of this test: include `graphModule` and whatever the modules lean on. */
export async function testHouse(
  modules: (parts: HouseParts) => readonly Module[],
  options: HouseOptions = {},
): Promise<House> {
  const log = options.log ?? silentLog;
  const base = await testDatabase({ ...options.database, max: 10, log });
  const { db, clock } = base;
  const keyFolder = mkdtempSync(join(tmpdir(), 'reeve-keys-'));
  const places: RootKeyPlaces = { rootKeyFile: join(keyFolder, 'root.key'), token: options.token };
  writeFileSync(places.rootKeyFile, options.rootKey ?? Buffer.alloc(32, 7), { mode: 0o600 });
  const rings = await openRings({ db, log, places, node: 'this' });
  const { keys } = rings;
  await installJobs({ url: base.url, log });
  const spine = await assembleSpine({
    db,
    clock,
    log,
    keys,
    modules: (decide) => modules({ db, keys, rings, places, clock, decide }),
  });
  const worker = await startWorker({ url: base.url, db, tasks: spine.tasks, log, concurrency: 4 });
  let stopped: Promise<void> | undefined;
  const stopWorker = (): Promise<void> => (stopped ??= worker.stop(2_000));
  return {
    ...spine,
    db,
    clock,
    keys,
    rings,
    places,
    databaseUrl: base.url,
    perform: async <T>(operation: string, input: unknown, as?: string | Principal): Promise<T> => {
      const found = spine.registry.operations.get(operation);
      if (found === undefined) throw new Error(`no operation ${operation}`);
      const principal: Principal =
        as === undefined
          ? { kind: 'anonymous', id: 'anonymous' }
          : typeof as === 'string'
            ? { kind: 'identity', id: as }
            : as;
      const answer = await spine.operator.perform(found, input, {
        principal,
        origin: { via: 'api', address: '127.0.0.1' },
        trace: newId(),
      });
      return answer.output as T;
    },
    as: (component) => spine.operator.jobCtx(component),
    settle: async (timeoutMs = 10_000) => {
      const settled = until(
        async () => {
          const row = await db.one<{ waiting: number; failed: string | null }>(
            sql.named(
              'test.settled',
              sql`
            select count(*) filter (where attempts < max_attempts and (run_at <= clock_timestamp() or locked_at is not null)) as waiting,
                   max(last_error) filter (where attempts >= 1) as failed from graphile_worker.jobs`,
            ),
          );
          if (row.failed !== null) throw new Error(`a job failed: ${row.failed}`);
          return row.waiting === 0;
        },
        { timeoutMs },
      );
      await settled.catch(async (error: unknown) => {
        throw new Error(
          `${String(error)}; ${String((error as Error).cause ?? 'no job failed')}; what waits: ${await waitingJobs(db)}`,
          {
            cause: error,
          },
        );
      });
    },
    idle: () => stopWorker(),
    close: async () => {
      await stopWorker();
      rings.vault.close('sealed', 'the house is closed');
      await base.drop();
      rmSync(keyFolder, { recursive: true, force: true });
    },
  };
}

/** What the queue still holds, a few of a kind, for whoever reads why a house did not settle. */
async function waitingJobs(db: Db): Promise<string> {
  const kinds = await db.many<Record<string, unknown>>(sql`
    select t.identifier as task, count(*) as jobs, count(j.locked_at) as running, max(j.attempts) as attempts,
           max(j.last_error) as error, min(j.run_at) as "from", clock_timestamp() as now, (array_agg(j.payload::text order by j.id))[1:3] as some
      from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
     where j.attempts > 0 or j.run_at <= clock_timestamp() or j.locked_at is not null
     group by t.identifier`);
  return JSON.stringify(kinds);
}
