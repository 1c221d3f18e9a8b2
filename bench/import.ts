import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lifecycleModule, applyRun, putSource, takeFeed } from '#govern/lifecycle/index.ts';
import { systemClock } from '#kit/clock/index.ts';
import { keysOf, rootKeyOf } from '#kit/crypto/index.ts';
import { migrate, openDb, sql, startEmbedded, type Db } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import { installJobs } from '#kit/jobs/index.ts';
import { silentLog } from '#kit/log/index.ts';
import { assembleSpine, type Spine } from '#spine/assemble.ts';
import { graphModule } from '#spine/graph/index.ts';
import { generatePeople } from '#test/fixtures/company/index.ts';
import type { BenchLine } from './report.ts';

/** Published for another open product: people a minute, imported from a file into its database by one server. */
const PUBLISHED = 3064;
const SIZES = process.env['REEVE_BENCH_LARGE'] === '1' ? [10_000, 200_000, 1_000_000] : [10_000, 200_000];

const policies = `
@id("bench.component_feeds")
permit (principal == Reeve::Component::"bench", action in [Reeve::Action::"source.put", Reeve::Action::"source.feed"], resource);
`;

/**
 * Loads feeds of people into an empty house on the embedded PostgreSQL with its ordinary settings (fsync on): the
 * whole way of a delivery, reading, trust, plan, apply, audit events and the queueing of what follows. Then the same
 * feed again, and one in which a tenth of the people moved.
 */
export async function run(): Promise<readonly BenchLine[]> {
  const lines: BenchLine[] = [];
  const rates: number[] = [];
  for (const people of SIZES) {
    const figures = await withHouse((spine, db) => measure(spine, db, people));
    rates.push(figures.load);
    const line = (name: string, value: number, baseline: number | null): BenchLine => ({
      bench: 'import',
      case: `${people / 1000}k ${name}`,
      metric: 'people_per_minute',
      value: Math.round(value),
      unit: 'people/min',
      baseline,
      ratio: baseline === null ? null : Math.round((value / baseline) * 10) / 10,
    });
    lines.push(line('first load', figures.load, PUBLISHED));
    lines.push(line('unchanged', figures.unchanged, null));
    lines.push(line('a tenth moved', figures.moved, null));
  }
  lines.push({
    bench: 'import',
    case: `${(SIZES[1] ?? 0) / 1000}k against ${(SIZES[0] ?? 0) / 1000}k`,
    metric: 'flat',
    value: Math.round(((rates[1] ?? 0) / (rates[0] ?? 1)) * 100) / 100,
    unit: 'rate/rate',
    baseline: 1,
    ratio: Math.round(((rates[1] ?? 0) / (rates[0] ?? 1)) * 100) / 100,
  });
  return lines;
}

interface Figures {
  readonly load: number;
  readonly unchanged: number;
  readonly moved: number;
}

async function measure(spine: Spine, db: Db, people: number): Promise<Figures> {
  const bench = spine.operator.jobCtx('bench');
  await bench.act({ action: 'source.put' }, (ctx, permit) =>
    putSource(ctx, permit, { name: 'hr', timeZone: 'Europe/Amsterdam' }),
  );
  const deliver = async (changed: number): Promise<number> => {
    const start = performance.now();
    const taken = await bench.act({ action: 'source.feed' }, (ctx, permit) =>
      takeFeed(ctx, permit, { source: 'hr', delivery: generatePeople({ count: people, seed: 1, changed }) }),
    );
    if (process.env['REEVE_BENCH_VERBOSE'] === '1')
      console.error(`planned ${taken.plannedRows} in ${Math.round(performance.now() - start)} ms`);
    if (taken.state !== 'applying')
      throw new Error(`the feed was ${taken.state}: ${JSON.stringify(taken.problems[0])}`);
    await applyRun(spine.operator.jobCtx('lifecycle'), taken.id);
    const seconds = (performance.now() - start) / 1000;
    if (process.env['REEVE_BENCH_VERBOSE'] === '1')
      console.error(`${people} people, ${taken.plannedRows} changes: ${seconds.toFixed(1)} s`);
    return (people / seconds) * 60;
  };
  const load = await deliver(0);
  const { n } = await db.one<{ n: number }>(
    sql`select count(*)::int as n from identity_facts where state = 'active' and (manager_id is not null or username = 'p100000')`,
  );
  if (n !== people) throw new Error(`${n} of ${people} people are in the graph with their managers`);
  return { load, unchanged: await deliver(0), moved: await deliver(0.1) };
}

async function withHouse<T>(work: (spine: Spine, db: Db) => Promise<T>): Promise<T> {
  const dataDir = mkdtempSync(join(tmpdir(), 'reeve-bench-'));
  const server = await startEmbedded({ dataDir, log: silentLog });
  try {
    await migrate({ url: server.url, log: silentLog });
    await installJobs({ url: server.url, log: silentLog });
    const db = await openDb({ url: server.url, clock: systemClock, log: silentLog });
    const targets = {
      use: () =>
        Promise.reject(new AppError({ code: 'system.no_connector', status: 409, detail: 'none in a benchmark' })),
    };
    const spine = await assembleSpine({
      db,
      clock: systemClock,
      log: silentLog,
      keys: keysOf(rootKeyOf(Buffer.alloc(32, 7))),
      modules: () => [graphModule, lifecycleModule({ targets }), { name: 'bench', policies }],
    });
    try {
      return await work(spine, db);
    } finally {
      await db.close();
    }
  } finally {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}
