import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { lifecycleModule, applyRun, putSource, takeFeed } from '#govern/lifecycle/index.ts';
import { sql, type Db } from '#kit/db/index.ts';
import type { Spine } from '#spine/assemble.ts';
import { graphModule } from '#spine/graph/index.ts';
import { generatePeople, type ScaleOptions } from '#test/fixtures/company/index.ts';
import { benchMay, noTargets, watchMemory, withHouse } from './house/index.ts';
import type { BenchLine } from './report.ts';

/** Published for another open product: people a minute, imported from a file into its database by one server. */
const PUBLISHED = 3064;
const SIZES =
  process.env['REEVE_BENCH_PEOPLE']?.split(',').map(Number) ??
  (process.env['REEVE_BENCH_LARGE'] === '1' ? [10_000, 200_000, 1_000_000] : [10_000, 200_000]);

const modules = () => [graphModule, lifecycleModule({ targets: noTargets }), benchMay('source.put', 'source.feed')];

/** So many people are imported first, uncounted: the first figure is not that of code that runs for the first time. */
const WARM_UP = 5000;

/**
 * Loads feeds of people into an empty house on the embedded PostgreSQL with its ordinary settings (fsync on): the
 * whole way of a delivery, reading the file, trust, plan, apply, audit events and the queueing of what follows. Then
 * the same feed again, and one in which a tenth of the people moved. `peak_rss_mb` is the most memory this process,
 * which does all of Reeve's work but PostgreSQL's, held while a case ran; `flat` is the rate of a first load over that
 * of the smallest one.
 */
export async function run(): Promise<readonly BenchLine[]> {
  const lines: BenchLine[] = [];
  await withHouse(modules, (spine, db) => measure(spine, db, WARM_UP));
  let smallest: number | undefined;
  const fifty = await withHouse(modules, (spine, db) => measure(spine, db, 10_000, FIFTY));
  const fiftyPerMinute = Math.round(fifty.load.perMinute);
  lines.push({
    bench: 'import',
    case: '10k first load, 50 mappings',
    metric: 'people_per_minute',
    value: fiftyPerMinute,
    unit: 'people/min',
    baseline: PUBLISHED,
    ratio: Math.round((fiftyPerMinute / PUBLISHED) * 10) / 10,
  });
  for (const people of SIZES) {
    const size = `${people / 1000}k`;
    const { load, unchanged, moved } = await withHouse(modules, (spine, db) => measure(spine, db, people));
    const rate = (name: string, { perMinute: value }: Figure, baseline: number | null): BenchLine => ({
      bench: 'import',
      case: `${size} ${name}`,
      metric: 'people_per_minute',
      value: Math.round(value),
      unit: 'people/min',
      baseline,
      ratio: baseline === null ? null : Math.round((value / baseline) * 10) / 10,
    });
    lines.push(
      rate('first load', load, PUBLISHED),
      rate('unchanged', unchanged, null),
      rate('a tenth moved', moved, null),
    );
    const value = Math.round(Math.max(load.peakMb, unchanged.peakMb, moved.peakMb));
    const [metric, unit] = ['peak_rss_mb', 'MB'];
    lines.push({ bench: 'import', case: `${size} memory`, metric, value, unit, baseline: null, ratio: null });
    smallest ??= load.perMinute;
    if (people === SIZES[0]) continue;
    const ratio = Math.round((load.perMinute / smallest) * 100) / 100;
    const against = `${size} against ${(SIZES[0] ?? 0) / 1000}k`;
    lines.push({ bench: 'import', case: against, metric: 'flat', value: ratio, unit: 'rate/rate', baseline: 1, ratio });
  }
  return lines;
}

/** With the columns of the feed, fifty facts of which each is mapped; as many kinds of expression as people write. */
const FIFTY: Readonly<Record<string, string>> = Object.fromEntries(
  Array.from({ length: 34 }, (_, i) => [
    `extra_${i}`,
    [
      'upper(row.last_name) + ", " + title(row.first_name)',
      'lower(ascii(left(row.first_name, 1) + row.last_name, "de"))',
      'row.department == "Engineering" || row.department == "Care" ? "line" : "staff"',
      'coalesce(row.cost_centre, row.location, "none")',
      'day(row.start_date, "yyyy-MM-dd")',
      'matches(row.employee_id, "^B[0-9]{6,}$") ? pad(after(row.employee_id, "B"), 8, "0") : ""',
    ][i % 6] ?? '',
  ]),
);

interface Figure {
  readonly perMinute: number;
  readonly peakMb: number;
}

async function measure(
  spine: Spine,
  db: Db,
  people: number,
  expressions: Readonly<Record<string, string>> = {},
): Promise<Record<'load' | 'unchanged' | 'moved', Figure>> {
  const bench = spine.operator.jobCtx('bench');
  await bench.act({ action: 'source.put' }, (ctx, permit) =>
    putSource(ctx, permit, { name: 'hr', timeZone: 'Europe/Amsterdam', mapping: { expressions } }),
  );
  const deliver = async (file: string): Promise<Figure> => {
    const memory = watchMemory();
    const start = performance.now();
    const taken = await bench.act({ action: 'source.feed' }, (ctx, permit) =>
      takeFeed(ctx, permit, { source: 'hr', delivery: piecesOf(file) }),
    );
    if (taken.state !== 'applying')
      throw new Error(`the feed was ${taken.state}: ${JSON.stringify(taken.problems[0])}`);
    const planned = (performance.now() - start) / 1000;
    await applyRun(spine.operator.jobCtx('lifecycle'), taken.id);
    const seconds = (performance.now() - start) / 1000;
    if (process.env['REEVE_BENCH_VERBOSE'] === '1')
      console.error(
        `${people} people, ${taken.plannedRows} changes: ${seconds.toFixed(1)} s, of them ${planned.toFixed(1)} s to plan`,
      );
    return { perMinute: (people / seconds) * 60, peakMb: memory.stop() };
  };
  const folder = mkdtempSync(join(tmpdir(), 'reeve-bench-'));
  try {
    const [same, changed] = [join(folder, 'people.csv'), join(folder, 'moved.csv')];
    writePeople(same, { count: people, seed: 1 });
    writePeople(changed, { count: people, seed: 1, changed: 0.1 });
    const load = await deliver(same);
    const { n } = await db.one<{ n: number }>(
      sql`select count(*)::int as n from identity_facts where state = 'active' and (manager_id is not null or username = 'p100000')`,
    );
    if (n !== people) throw new Error(`${n} of ${people} people are in the graph with their managers`);
    return { load, unchanged: await deliver(same), moved: await deliver(changed) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function writePeople(file: string, options: ScaleOptions): void {
  const out = openSync(file, 'w');
  for (const piece of generatePeople(options)) writeSync(out, piece);
  closeSync(out);
}

/** The text of a file, 256 KiB at a time. */
function* piecesOf(file: string): Generator<string, void, void> {
  const from = openSync(file, 'r');
  const decoder = new StringDecoder('utf8');
  const piece = Buffer.alloc(256 * 1024);
  try {
    for (let n = readSync(from, piece); n > 0; n = readSync(from, piece)) yield decoder.write(piece.subarray(0, n));
  } finally {
    closeSync(from);
  }
}
