import { decideModule } from '#spine/decide/index.ts';
import { findConflicts, withoutExcepted } from '#spine/decide/sod/find-conflicts.ts';
import type { SodException } from '#spine/decide/sod/model.ts';
import {
  heldThroughout,
  judgeChange,
  rowOf,
  runPass,
  type Findings,
  type PassInput,
} from '#spine/decide/sod/pass/index.ts';
import { graphModule } from '#spine/graph/index.ts';
import { watchMemory, withHouse } from './house/index.ts';
import type { BenchLine } from './report.ts';
import { fillTables, passInSql } from './sod/in-sql.ts';
import { DAY, dice, HELD_EACH, makeWorld, type Scale, type SodWorld } from './sod/make-world.ts';
import { fillDatabase, timeEverybody, timeVerdicts, type DatabaseScale } from './sod/verdicts-in-database.ts';

/** How large everything is. */
export interface SodScale {
  readonly full: Scale;
  readonly inSql: Scale;
  readonly database: DatabaseScale;
  readonly changes: number;
}

const FULL: SodScale = {
  full: { identities: 1_000_000, entitlements: 50_000, rules: 5000 },
  inSql: { identities: 100_000, entitlements: 50_000, rules: 5000 },
  database: { people: 20_000, entitlements: 20_000, rules: 5000, asked: 5000 },
  changes: 50_000,
};

/**
 * The detective pass of separated duties over everybody, a verdict on one change, and the same rules as one query of
 * PostgreSQL. What the pass finds is checked: of some identities against every rule looked at plainly, and against what
 * the query counts.
 */
export async function run(scale: SodScale = FULL): Promise<readonly BenchLine[]> {
  const full = await passAtFullScale(scale);
  const { lines } = await withHouse(
    ({ decide }) => [graphModule, decideModule({ decide })],
    async (_spine, db) => {
      const world = makeWorld(scale.inSql, NOW);
      await fillTables(db, world);
      const engine = await timed(() => runPass(inputOf(world)));
      const query = await timed(() => passInSql(db, NOW));
      const found = distinctNow(engine.result);
      if (found !== query.result) throw new Error(`the pass found ${found}, the query ${query.result}`);
      const name = nameOf(scale.inSql);
      const made = await fillDatabase(db, scale.database);
      const times = await timeVerdicts(db, made, scale.database.asked);
      const everybody = await timeEverybody(db, [1, 2, 5, 20, scale.database.rules]);
      return {
        lines: [
          line(name, 'sql_ratio', query.seconds, 's', engine.seconds),
          ...shares(`sodVerdict, database, ${scale.database.rules} rules`, 'change', times),
          ...everybody.map(({ rules, entitlements, backwards, pass }) =>
            line(
              `${scale.database.people} people, ${rules} rules, ${entitlements} entitlements`,
              'everybody_ms',
              pass,
              'ms by pass',
              backwards,
            ),
          ),
        ],
      };
    },
  );
  return [...full, ...lines];
}

const NOW = new Date('2026-06-01T00:00:00Z');

async function passAtFullScale(scale: SodScale): Promise<BenchLine[]> {
  const world = makeWorld(scale.full, NOW);
  const input = inputOf(world);
  const memory = watchMemory();
  const { result, seconds } = await timed(() => runPass(input));
  const peak = memory.stop();
  checkSome(world, input, result);
  const name = nameOf(scale.full);
  return [
    line(name, 'full_pass_seconds', seconds, 's'),
    line(name, 'conflicts_found', result.count, 'conflicts'),
    line(name, 'peak_rss_mb', peak, 'MB'),
    ...shares(`in memory, ${scale.full.rules} rules`, 'change', timeChanges(world, input, scale.changes)),
  ];
}

const nameOf = ({ identities, rules }: Scale): string =>
  `${identities} identities, ${identities * HELD_EACH} held, ${rules} rules`;

const idOf = (identity: number): string => `p${identity}`;

const inputOf = ({ columns, rules, now, excepted }: SodWorld): PassInput => ({
  columns,
  rules,
  idOf,
  now,
  exceptions: new Map(
    [...excepted].map(([identity, list]) => [
      idOf(identity),
      list.map((r, n): SodException => ({
        id: `${identity} ${n}`,
        ruleId: `r${r}`,
        validFrom: now,
        validTo: new Date(now.getTime() + DAY),
      })),
    ]),
  ),
});

/** Some identities, each against every rule, as the verdict would: what it says is what was found. */
function checkSome(world: SodWorld, { exceptions }: PassInput, found: Findings): void {
  const { columns, rules, now } = world;
  const throughout = heldThroughout(rules, now);
  const all = rules.rules.map(({ rule }) => rule);
  const by = new Map<number, string[]>();
  for (let i = 0; i < found.count; i += 1) {
    const identity = found.identities[i] ?? 0;
    const said = `r${found.rules[i]} ${found.from[i]} ${found.until[i]}`;
    const known = by.get(identity);
    if (known === undefined) by.set(identity, [said]);
    else known.push(said);
  }
  const roll = dice(99);
  const some = new Set([...by.keys()].slice(0, 50));
  while (some.size < Math.min(200, columns.identities)) some.add(roll(columns.identities));
  for (const identity of some) {
    const conflicts = withoutExcepted(
      findConflicts(all, rowOf(columns, rules, identity, throughout)),
      exceptions.get(idOf(identity)) ?? [],
    );
    const plain = conflicts.map((c) => `${c.rule.id} ${c.validFrom.getTime()} ${c.validTo?.getTime() ?? Infinity}`);
    if (plain.join() !== (by.get(identity) ?? []).join())
      throw new Error(
        `identity ${identity}: found ${by.get(identity)?.join()}, and is in conflict with ${plain.join()}`,
      );
  }
}

function timeChanges({ columns, rules, now }: SodWorld, { exceptions }: PassInput, count: number): number[] {
  const standing = { columns, rules, throughout: heldThroughout(rules, now) };
  const roll = dice(3);
  const times: number[] = [];
  for (let n = 0; n < count; n += 1) {
    const identity = roll(columns.identities);
    const { id, systemId } = rules.entitlements[roll(rules.entitlements.length)] ?? { id: '', systemId: '' };
    const coming = [{ entitlementId: id, systemId, path: [], validFrom: now, validTo: null }];
    const start = performance.now();
    judgeChange(standing, identity, coming, exceptions.get(idOf(identity)) ?? []);
    times.push(performance.now() - start);
  }
  return times;
}

/** How many pairs of identity and rule are in conflict now. */
function distinctNow({ count, identities, rules, from }: Findings): number {
  const pairs = new Set<string>();
  for (let i = 0; i < count; i += 1) if (from[i] === NOW.getTime()) pairs.add(`${identities[i]} ${rules[i]}`);
  return pairs.size;
}

async function timed<T>(work: () => Promise<T>): Promise<{ result: T; seconds: number }> {
  const start = performance.now();
  const result = await work();
  return { result, seconds: (performance.now() - start) / 1000 };
}

/** `baseline` is the pass on the same scale in the same process; the ratio says how many times as long it took. */
const line = (name: string, metric: string, value: number, unit: string, baseline?: number): BenchLine => ({
  bench: 'sod',
  case: name,
  metric,
  value: round(value),
  unit,
  baseline: baseline === undefined ? null : round(baseline),
  ratio: baseline === undefined ? null : round(value / baseline),
});
const round = (value: number): number => Math.round(value * 10_000) / 10_000;

function shares(name: string, metric: string, times: readonly number[]): BenchLine[] {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? 0;
  return [line(name, `${metric}_p50_ms`, at(0.5), 'ms'), line(name, `${metric}_p99_ms`, at(0.99), 'ms')];
}
