import { birthrightChanges, lifecycleModule, putRule } from '#govern/lifecycle/index.ts';
import { provisioningModule } from '#govern/provisioning/index.ts';
import { sql, type Db } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Spine } from '#spine/assemble.ts';
import { createSodRule, decideModule, type Permit } from '#spine/decide/index.ts';
import { createRole, graphModule, putEntitlement, putIdentities, registerSystem } from '#spine/graph/index.ts';
import { massChangesModule } from '#spine/mass-changes/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { benchMay, noTargets, watchMemory, withHouse } from './house/index.ts';
import type { BenchLine } from './report.ts';

/** Published for another open product (midPoint 4.4): people a minute recomputed, with a hundred assignments each. */
const PUBLISHED = 394;
const SIZES =
  process.env['REEVE_BENCH_PEOPLE'] === undefined
    ? [1000, 10_000]
    : process.env['REEVE_BENCH_PEOPLE'].split(',').map(Number);
const WARM_UP = 200;
const EACH = 100;

const DEPARTMENTS = ['Sales', 'Care', 'Finance', 'Engineering'];
const SITES = ['Utrecht', 'Lisbon', 'Graz', 'Turku', 'Ghent'];

/**
 * Rules a person fits: 60 everybody does by an attribute of the feed, 20 by department, 20 by site; 240 in all. Five
 * of the sixty give a role.
 */
const KINDS = [
  { field: 'employment_type', values: ['employee'], rules: 60 },
  { field: 'department', values: DEPARTMENTS, rules: 20 },
  { field: 'location', values: SITES, rules: 20 },
] as const;

const CASES = [
  '100 grants each start',
  'all agrees',
  'one more each',
  'a quarter lose one',
  'all agrees again',
] as const;
type Case = (typeof CASES)[number];

/**
 * Birthright of people who fit a hundred rules each, on the embedded PostgreSQL with its ordinary settings (fsync on):
 * from the recompute, or a rule's being put, to the last grant started or ended. The whole way: differences found, duties
 * judged (two of twenty rules of separation of duties name something a quarter of the people get), the plan written down
 * item by item and judged by the change guard, grants, audit events that name each, and what provisioning reacts to queued.
 */
export async function run(): Promise<readonly BenchLine[]> {
  const lines: BenchLine[] = [];
  await withHouse(modules, (spine, db) => measure(spine, db, WARM_UP));
  let smallest: Record<Case, number> | undefined;
  for (const people of SIZES) {
    const size = `${people / 1000}k`;
    const { rates, peakMb } = await withHouse(modules, (spine, db) => measure(spine, db, people));
    for (const name of CASES) {
      const value = rates[name];
      lines.push({
        bench: 'recompute',
        case: `${size} ${name}`,
        metric: 'people_per_minute',
        value: Math.round(value),
        unit: 'people/min',
        baseline: PUBLISHED,
        ratio: Math.round((value / PUBLISHED) * 10) / 10,
      });
    }
    const memory = { bench: 'recompute', case: `${size} memory`, metric: 'peak_rss_mb', value: Math.round(peakMb) };
    lines.push({ ...memory, unit: 'MB', baseline: null, ratio: null });
    if (smallest !== undefined) {
      for (const name of CASES) {
        const ratio = Math.round((rates[name] / smallest[name]) * 100) / 100;
        const against = `${size} against ${(SIZES[0] ?? 0) / 1000}k, ${name}`;
        lines.push({
          bench: 'recompute',
          case: against,
          metric: 'flat',
          value: ratio,
          unit: 'rate/rate',
          baseline: 1,
          ratio,
        });
      }
    }
    smallest ??= rates;
  }
  return lines;
}

const modules: Parameters<typeof withHouse>[0] = ({ decide }) => [
  graphModule,
  decideModule({ decide }),
  massChangesModule([birthrightChanges]),
  lifecycleModule({ targets: noTargets }),
  provisioningModule({ targets: noTargets }),
  benchMay('birthright.put', 'sod_rule.create', 'lifecycle.apply', 'change_limits.put'),
];

interface Given {
  readonly name: string;
  readonly condition: Readonly<Record<string, readonly string[]>>;
  readonly entitlementId?: string;
  readonly roleId?: string;
}

async function measure(
  spine: Spine,
  db: Db,
  people: number,
): Promise<{ readonly rates: Record<Case, number>; readonly peakMb: number }> {
  const bench = spine.operator.jobCtx('bench');
  const given = await bench.act({ action: 'lifecycle.apply' }, (ctx, permit) => makeAccess(ctx, permit));
  await bench.act({ action: 'sod_rule.create' }, (ctx, permit) => makeDuties(ctx, permit, given));
  const put = async (...rules: readonly Given[]): Promise<void> =>
    await bench.act({ action: 'birthright.put' }, async (ctx, permit) => {
      for (const rule of rules) await putRule(ctx, permit, { ...rule, graceDays: 0 });
    });
  const [last, ...others] = given;
  if (last === undefined) throw new Error('no rules');
  await put(...others);
  await bench.act({ action: 'lifecycle.apply' }, (ctx, permit) => makePeople(ctx, permit, people));
  await liftLimits(spine);
  await db.run(sql`analyze`);
  const memory = watchMemory();
  const rates = {} as Record<Case, number>;
  const timed = async (name: Case, cause: () => Promise<unknown>): Promise<void> => {
    const start = performance.now();
    await cause();
    await applyPlans(spine, db);
    const seconds = (performance.now() - start) / 1000;
    rates[name] = (people / seconds) * 60;
    if (process.env['REEVE_BENCH_VERBOSE'] === '1') console.error(`${people} people, ${name}: ${seconds.toFixed(2)} s`);
  };
  const recompute = async (): Promise<void> => spine.tasks['lifecycle.recompute']?.({}, undefined as never);

  await timed('100 grants each start', recompute);
  await check(db, people, EACH - 1);
  await db.run(sql`vacuum analyze`);
  await timed('all agrees', recompute);
  await timed('one more each', () => put(last));
  await check(db, people, EACH);
  const [lost] = given.filter((g) => g.condition['department'] !== undefined);
  if (lost === undefined) throw new Error('no rule by department');
  await timed('a quarter lose one', () => put({ ...lost, condition: { department: ['None'] } }));
  await timed('all agrees again', recompute);
  const { n } = await db.one<{ n: number }>(
    sql`select count(*)::int as n from access_grant where origin = 'birthright' and ended_because is null`,
  );
  if (n !== people * EACH - people / DEPARTMENTS.length) throw new Error(`${n} grants stand in the end`);
  return { rates, peakMb: memory.stop() };
}

/** Carries out what is planned, as the worker's job would. */
async function applyPlans(spine: Spine, db: Db): Promise<void> {
  const open = await db.many<{ id: string; state: string }>(
    sql`select id, state from mass_change where state in ('applying', 'held')`,
  );
  for (const { id, state } of open) {
    if (state === 'held') throw new Error('the plan is over a limit');
    await spine.tasks['mass_changes.apply']?.({ id }, undefined as never);
  }
}

async function liftLimits(spine: Spine): Promise<void> {
  const operation = spine.registry.operations.get('changeLimits.put');
  if (operation === undefined) throw new Error('no operation to put limits');
  const all = { percent: 100, free: 100_000_000, most: null };
  await spine.operator.perform(
    operation,
    { kind: 'birthrights', limits: { create: all, update: all, delete: all } },
    { principal: { kind: 'component', id: 'bench' }, origin: { via: 'worker' }, trace: newId() },
  );
}

/** Every grant is there, is named by an event about its person, and is on its way to its target. */
async function check(db: Db, people: number, each: number): Promise<void> {
  const { grants, named, queued } = await db.one<{ grants: number; named: number; queued: number }>(sql`
    select (select count(*) from access_grant where origin = 'birthright' and started)::int as grants,
           (select count(*) from audit_event e cross join jsonb_array_elements(e.data->'grants') n
              join access_grant g on g.id = (n->>'grantId')::uuid and g.identity_id = e.subject_id
             where e.type = 'grants.started')::int as named,
           (select count(*) from graphile_worker.jobs where task_identifier = 'events.react')::int as queued`);
  if (grants !== people * each || named !== grants || queued < people)
    throw new Error(`${grants} grants for ${people} people, ${named} of them in the log, ${queued} reactions queued`);
}

async function makePeople(ctx: Ctx, permit: Permit, count: number): Promise<void> {
  await putIdentities(ctx, permit, {
    origin: 'a benchmark',
    rows: Array.from({ length: count }, (_, n) => ({
      identityId: newId(),
      kind: 'person',
      facts: {
        displayName: `Person ${n}`,
        username: `p${n}`,
        department: DEPARTMENTS[n % DEPARTMENTS.length] ?? null,
        orgUnit: `Unit ${n % 40}`,
        attributes: { employment_type: 'employee', location: SITES[n % SITES.length] },
      },
    })),
  });
}

async function makeAccess(ctx: Ctx, permit: Permit): Promise<Given[]> {
  const system = await registerSystem(ctx, permit, { name: 'directory', kind: 'none' });
  const given: Given[] = [];
  for (const { field, values, rules } of KINDS) {
    for (const value of values) {
      for (let n = 0; n < rules; n += 1) {
        const name = `${value} ${n}`;
        const condition = { [field]: [value] };
        if (field === 'employment_type' && n > 0 && n < 6)
          given.push({ name, condition, roleId: (await createRole(ctx, permit, { name })).id });
        else {
          const made = await putEntitlement(ctx, permit, { systemId: system.id, kind: 'group', nativeId: name, name });
          given.push({ name, condition, entitlementId: made.id });
        }
      }
    }
  }
  return given;
}

/** Twenty duties kept apart, none of which anybody combines; two of them name what everybody of a department gets. */
async function makeDuties(ctx: Ctx, permit: Permit<'sod_rule.create'>, given: readonly Given[]): Promise<void> {
  const sales = given.filter((g) => g.condition['department']?.includes('Sales')).flatMap((g) => g.entitlementId ?? []);
  const system = await registerSystem(ctx, permit, { name: 'payments', kind: 'none' });
  for (let n = 0; n < 20; n += 1) {
    const sides: string[] = [];
    for (const side of [0, 1]) {
      const name = `${n}.${side}`;
      sides.push((await putEntitlement(ctx, permit, { systemId: system.id, kind: 'group', nativeId: name, name })).id);
    }
    const [one, other] = sides;
    const first = n < 2 ? sales[n] : one;
    await createSodRule(ctx, permit, {
      name: `duty ${n}`,
      description: 'a benchmark',
      severity: 'high',
      mode: 'enforce',
      functions: [
        { name: 'asks', entitlementIds: [first ?? ''] },
        { name: 'pays', entitlementIds: [other ?? ''] },
      ],
    });
  }
}
