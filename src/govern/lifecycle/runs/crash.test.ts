import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { putEntitlement, registerSystem } from '#spine/graph/index.ts';
import { generateCompany } from '#test/fixtures/company/index.ts';
import { applyNext, applyRun } from './apply-run.ts';
import { takeFeed } from './take-feed.ts';
import { csvOf, lifecycleHouse, TODAY, type LifecycleHouse } from '../testing/lifecycle-house.ts';

const company = generateCompany({ today: TODAY });
/** Everything that a feed of a day brings: joiners, movers, leavers, changed managers. */
const next = company.tomorrow.people.map((p, i) => {
  if (i % 11 === 3) return { ...p, department: 'Elsewhere', manager_employee_id: 'E1001' };
  if (i % 23 === 5 && p.status === 'active') return { ...p, status: 'terminated' as const, end_date: '2026-03-01' };
  return p;
});

const houses: LifecycleHouse[] = [];
/** Two houses that are alike in all but what happens to their worker. */
beforeAll(async () => {
  for (let i = 0; i < 2; i += 1) {
    const house = await lifecycleHouse();
    houses.push(house);
    const entitlementId = await house.as('test').act({ action: 'test.set_up' }, async (ctx, permit) => {
      const { id: systemId } = await registerSystem(ctx, permit, { name: 'intranet', kind: 'fake' });
      return (await putEntitlement(ctx, permit, { systemId, kind: 'group', nativeId: 'x', name: 'x' })).id;
    });
    await house.perform(
      'birthrights.put',
      { name: 'elsewhere', condition: { department: ['Elsewhere', 'Engineering'] }, entitlementId },
      house.admin,
    );
    await house.perform(
      'sources.put',
      { source: 'hr', limits: { left: { percent: 50, free: 50, most: null } } },
      house.admin,
    );
  }
});
afterAll(async () => {
  for (const house of houses) await house.close();
});

/** All that a run leaves behind, by names instead of ids. */
const outcome = async (house: LifecycleHouse): Promise<unknown> => ({
  facts: await house.db.many(sql`
    select f.username, f.state, f.department, m.username as manager, f.contract_end, f.attributes, f.valid_from, f.valid_to
      from identity_facts f left join identity_facts m on m.identity_id = f.manager_id and m.valid_to is null
     order by f.username, f.valid_from`),
  grants: await house.db.many(sql`
    select f.username, g.valid_from, g.valid_to, g.started, g.ended_because from access_grant g
      join identity_facts f on f.identity_id = g.identity_id and f.valid_to is null order by f.username, g.valid_from`),
  records: await house.db.many(sql`
    select external_id, status, state, present, due_at, encode(digest, 'hex') as digest from source_record order by external_id`),
  receipts: await house.db.many(sql`
    select f.username, r.what, r.because, i.what as item, i.name, i.done_at is not null as done from lifecycle_receipt r
      join identity_facts f on f.identity_id = r.identity_id and f.valid_to is null
      left join receipt_item i on i.receipt_id = r.id order by 1, 2, 4, 5`),
  events: await house.db.many(sql`
    select type, count(*)::int as n from audit_event
     where type in ('identity.left', 'identity.moved', 'identity.joined', 'grant.ended', 'grants.started', 'feed.applied')
     group by type order by type`),
  values: await house.db.many(sql`select * from feed_value`),
});

/** Takes a feed without letting the house's own worker at it. */
const plan = async (house: LifecycleHouse, csv: string): Promise<string> => {
  const run = await house.as('test').act({ action: 'source.feed' }, async (ctx, permit) => {
    const made = await takeFeed(ctx, permit, { source: 'hr', delivery: Buffer.from(csv) });
    await ctx.tx.run(sql`delete from graphile_worker._private_jobs`);
    return made;
  });
  if (run.state !== 'applying') throw new Error(`the run is ${run.state}`);
  return run.id;
};

test('a run killed anywhere and run again ends as one that was never interrupted', async () => {
  const [whole, broken] = houses;
  if (whole === undefined || broken === undefined) throw new Error('no houses');
  for (const [i, csv] of [company.feed, csvOf(next)].entries()) {
    await applyRun(whole.as('lifecycle'), await plan(whole, csv));
    const runId = await plan(broken, csv);
    // Batches of 37; every second one is rolled back at its very end, as a kill before the commit would.
    for (let batch = 0; ; batch += 1) {
      const dying = broken.as('lifecycle');
      const killed = applyNext(
        {
          ...dying,
          act: (ask, work) =>
            dying.act(ask, async (ctx, permit) => {
              const done = await work(ctx, permit);
              if (batch % 2 === 0) throw new Error('killed');
              return done;
            }),
        },
        runId,
        37,
      );
      const taken = await killed.catch((error: unknown) => {
        if (error instanceof Error && error.message === 'killed') return -1;
        throw error;
      });
      if (taken === 0) break;
    }
    await applyRun(broken.as('lifecycle'), runId);
    await applyRun(broken.as('lifecycle'), runId);
    for (const house of houses) await house.settle(30_000);
    expect(await outcome(broken)).toEqual(await outcome(whole));
    for (const house of houses) house.clock.set(`2026-03-0${3 + i}T06:00:00Z`);
  }
});

test('two workers at one run take turns and do each thing once', async () => {
  const [house] = houses;
  if (house === undefined) throw new Error('no house');
  const moved = next.map((p) => ({ ...p, job_title: `${p.job_title} II` }));
  await house.perform(
    'sources.put',
    { source: 'hr', limits: { changed: { percent: 100, free: 1000, most: null } } },
    house.admin,
  );
  const runId = await plan(house, csvOf(moved));
  const before = await house.db.one<{ n: number }>(
    sql`select count(*)::int as n from audit_event where type = 'identity.moved'`,
  );
  const worker = async (): Promise<void> => {
    while ((await applyNext(house.as('lifecycle'), runId, 20)) > 0);
    await applyRun(house.as('lifecycle'), runId);
  };
  await Promise.all([worker(), worker(), worker()]);
  const { n } = await house.db.one<{ n: number }>(
    sql`select count(*)::int as n from audit_event where type = 'identity.moved'`,
  );
  const run = await house.run(runId);
  expect(n - before.n).toBe(run.counts['moved']);
  expect(run.state).toBe('applied');
  expect(await house.db.one(sql`select count(*)::int as n from audit_event where type = 'feed.applied'`)).toEqual({
    n: 3,
  });
});
