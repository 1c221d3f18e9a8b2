import { sql, type Db } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Spine } from '#spine/assemble.ts';
import { birthrightChanges, lifecycleModule } from '#govern/lifecycle/index.ts';
import { applyVersion } from '#govern/role-versions/apply-version.ts';
import { computeImpact } from '#govern/role-versions/compute-impact.ts';
import { decideModule } from '#spine/decide/index.ts';
import {
  applyReading,
  createRole,
  graphModule,
  putEntitlement,
  registerSystem,
  type SystemReading,
} from '#spine/graph/index.ts';
import { massChangesModule } from '#spine/mass-changes/index.ts';
import { benchMay, noTargets, withHouse } from './house/index.ts';
import type { BenchLine } from './report.ts';

const ACCOUNTS = Number(process.env['REEVE_BENCH_ACCOUNTS'] ?? 40_000);
const HELD = 4;
const PEOPLE = Number(process.env['REEVE_BENCH_PEOPLE'] ?? 20_000);
const ROUNDS = 3;
const LONG_MS = 10 * 60_000;

/**
 * What noting that data changed costs a first reading of a large system (the triggers of `data_change` on and off, in
 * turn, each on a system of its own), and what a version costs whose rule gives a role to many: its report, and its
 * publication in one transaction.
 */
export async function run(): Promise<readonly BenchLine[]> {
  const modules = () => [graphModule, benchMay('bench.act')];
  const [on, off] = await withHouse(modules, async (spine, db) => {
    const times = { on: [] as number[], off: [] as number[] };
    await readOnce(spine, 0);
    for (let round = 1; round <= ROUNDS; round += 1)
      for (const which of round % 2 === 0 ? (['on', 'off'] as const) : (['off', 'on'] as const)) {
        await switchNotes(db, which === 'on');
        times[which].push(await readOnce(spine, 2 * round + (which === 'on' ? 1 : 0)));
      }
    return [middle(times.on), middle(times.off)];
  });
  const rows = ACCOUNTS * (1 + HELD);
  const line = { bench: 'roles', case: `a first reading of ${rows / 1000}k rows` };
  const { report, publish } = await publishOnce();
  const many = {
    bench: 'roles',
    case: `a rule that gives a role of 10 to ${PEOPLE / 1000}k`,
    baseline: null,
    ratio: null,
  };
  return [
    {
      ...line,
      metric: 'noting changes',
      value: on,
      unit: 's',
      baseline: off,
      ratio: Math.round((on / off) * 1000) / 1000,
    },
    { ...many, metric: 'report', value: report, unit: 's' },
    { ...many, metric: 'publication', value: publish, unit: 's' },
  ];
}

const middle = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;

const switchNotes = async (db: Db, on: boolean): Promise<void> => {
  for (const table of ['account', 'holding', 'entitlement', 'entitlement_edge', 'account_owner'])
    for (const trigger of ['note_insert', 'note_update'])
      await db.run(sql`alter table ${sql.id(table)} ${on ? sql`enable` : sql`disable`} trigger ${sql.id(trigger)}`);
};

const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const from = performance.now();
  await work();
  return Math.round(performance.now() - from) / 1000;
};

async function readOnce(spine: Spine, n: number): Promise<number> {
  const job = spine.operator.jobCtx('bench');
  const act = { action: 'bench.act', statementTimeoutMs: LONG_MS };
  const { id: systemId } = await job.act(act, (ctx, permit) =>
    registerSystem(ctx, permit, { name: `large${n}`, kind: 'csv' }),
  );
  const reading: SystemReading = {
    accounts: Array.from({ length: ACCOUNTS }, (_, i) => ({
      nativeId: `a${i}`,
      name: `account ${i}`,
      state: 'active',
      kind: 'personal',
      attributes: {},
      privilegedBecause: [],
    })),
    entitlements: Array.from({ length: 500 }, (_, i) => ({
      nativeId: `g${i}`,
      kind: 'group',
      name: `group ${i}`,
      privileged: false,
      attributes: {},
    })),
    holdings: Array.from({ length: ACCOUNTS * HELD }, (_, i) => ({
      account: `a${Math.floor(i / HELD)}`,
      entitlement: `g${(Math.floor(i / HELD) * 7 + (i % HELD) * 131) % 500}`,
    })),
    nesting: [],
  };
  return await seconds(() =>
    job.act(act, (ctx, permit) => applyReading(ctx, permit, { systemId, reading, trusted: true })),
  );
}

const publishOnce = (): Promise<{ report: number; publish: number }> =>
  withHouse(
    ({ decide }) => [
      graphModule,
      decideModule({ decide }),
      massChangesModule([birthrightChanges]),
      lifecycleModule({ targets: noTargets }),
      benchMay('bench.act'),
    ],
    async (spine, db) => {
      const job = spine.operator.jobCtx('bench');
      const act = { action: 'bench.act', statementTimeoutMs: LONG_MS };
      const change = await job.act(act, async (ctx, permit) => {
        const { id: systemId } = await registerSystem(ctx, permit, { name: 'erp', kind: 'csv' });
        const { id: roleId, name: roleName } = await createRole(ctx, permit, { name: 'Everybody' });
        const parts = [];
        for (let n = 0; n < 10; n += 1) {
          const nativeId = `g${n}`;
          const made = await putEntitlement(ctx, permit, { systemId, kind: 'group', nativeId, name: nativeId });
          parts.push({ entitlementId: made.id, roleId: null, validFrom: null, validTo: null });
        }
        const ids = Array.from({ length: PEOPLE }, () => newId());
        await ctx.tx.run(sql`insert into identity (id, kind) select unnest(${sql.array(ids)}::uuid[]), 'person'`);
        await ctx.tx.run(sql`
          insert into identity_facts (identity_id, display_name, state, department, valid_from)
          select id, 'P', 'active', 'Finance', ${new Date(ctx.now.getTime() - 1000)} from unnest(${sql.array(ids)}::uuid[]) as p(id)`);
        const assignment = { personCondition: 'person.department == "Finance"', graceDays: 0 };
        return { roleId, parts, assigned: { roleId, roleName, assignment, exceptPeople: [] } };
      });
      await db.run(sql`analyze`);
      const sessionsEnding = (): Promise<string[]> => Promise.resolve([]);
      const report = await seconds(() =>
        db.tx((tx) => computeImpact(tx, [change], { sessionsEnding }), {
          isolation: 'repeatable read',
          statementTimeoutMs: LONG_MS,
        }),
      );
      const never = { permit: () => Promise.reject(new Error('nothing is excluded')) } as never;
      const publish = await seconds(() => job.act(act, (ctx, permit) => applyVersion(ctx, permit, never, [change])));
      return { report, publish };
    },
  );
