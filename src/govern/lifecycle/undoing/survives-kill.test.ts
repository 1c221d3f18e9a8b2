import { afterAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { firstLine, killAll, runScript, until } from '#kit/testing/index.ts';
import { putEntitlement, registerSystem, startGrant } from '#spine/graph/index.ts';
import { generateCompany } from '#test/fixtures/company/index.ts';
import { csvOf, lifecycleHouse, TODAY, type LifecycleHouse } from '../testing/lifecycle-house.ts';

const PEOPLE = 1500;
const lena = generateCompany({ today: TODAY }).person('lena');
const people = Array.from({ length: PEOPLE }, (_, n) => ({
  ...lena,
  employee_id: `K${n}`,
  username: `k${n}`,
  email: `k${n}@larkspur.example`,
  department: 'Care',
  manager_employee_id: '',
  start_date: '2020-01-01',
}));
/** A third leave, a third move, and as many come. */
const bad = [
  ...people.slice(PEOPLE / 3).map((p, n) => (n < PEOPLE / 3 ? { ...p, department: 'Desk' } : p)),
  ...people
    .slice(0, PEOPLE / 3)
    .map((p) => ({ ...p, employee_id: `N${p.employee_id}`, username: `n${p.username}`, email: '' })),
];

const houses: LifecycleHouse[] = [];
afterAll(async () => {
  await killAll();
  for (const house of houses) await house.close();
});

/** A house in which a bad delivery was applied, and the undo of it, released but not begun. */
async function planned(): Promise<{ house: LifecycleHouse; id: string; before: unknown }> {
  const house = await lifecycleHouse();
  houses.push(house);
  const asked = await house.as('test').act({ action: 'test.set_up' }, async (ctx, permit) => {
    const { id: systemId } = await registerSystem(ctx, permit, { name: 'web', kind: 'fake' });
    const put = async (name: string): Promise<string> =>
      (await putEntitlement(ctx, permit, { systemId, kind: 'group', nativeId: name, name })).id;
    return { care: await put('care'), desk: await put('desk'), asked: await put('asked') };
  });
  for (const [department, entitlementId] of [
    ['Care', asked.care],
    ['Desk', asked.desk],
  ])
    await house.perform(
      'birthrights.put',
      { name: department, condition: { department: [department] }, entitlementId },
      house.admin,
    );
  const free = { percent: 100, free: 9999, most: null };
  await house.perform(
    'sources.put',
    { source: 'hr', limits: { created: free, changed: free, left: free, missingRows: free } },
    house.admin,
  );
  await house.feed(csvOf(people));
  await house.as('test').act({ action: 'test.set_up' }, async (ctx, permit) => {
    const some = await ctx.tx.many<{ id: string }>(
      sql`select identity_id as id from identity_facts where username like 'k%' and valid_to is null order by username limit 300`,
    );
    for (const { id } of some)
      await startGrant(ctx, permit, { identityId: id, entitlementId: asked.asked, origin: 'request', reason: 'asked' });
  });
  await house.settle(60_000);
  const before = await state(house);
  house.clock.advance(60_000);
  const run = await house.feed(csvOf(bad));
  expect(run).toMatchObject({ state: 'applied', counts: { left: PEOPLE / 3, moved: PEOPLE / 3, joined: PEOPLE / 3 } });
  house.clock.advance(60_000);
  await house.perform(
    'changeLimits.put',
    { kind: 'feed_undo', limits: { create: free, update: free, delete: free } },
    house.admin,
  );
  const { massChangeId } = await house.perform<{ massChangeId: string }>(
    'sources.undoRun',
    { id: run.id, because: 'a test' },
    house.admin,
  );
  // Without its job: this test is the worker.
  await house.db.run(sql`delete from graphile_worker._private_jobs`);
  return { house, id: massChangeId, before };
}

/** What is so of those who were there before, by names instead of ids. */
const state = async (house: LifecycleHouse): Promise<unknown> => ({
  facts: await house.db.many(sql`
    select username, state, department, job_title, email, attributes from identity_facts
     where valid_to is null and username like 'k%' order by 1`),
  grants: await house.db.many(sql`
    select f.username, e.name, g.origin, g.valid_to, count(*)::int as n from access_grant g
      join entitlement e on e.id = g.entitlement_id join identity_facts f on f.identity_id = g.identity_id and f.valid_to is null
     where g.ended_because is null and e.name <> 'administrator' group by 1, 2, 3, 4 order by 1, 2, 3, 4`),
  records: await house.db.many(sql`
    select external_id, status, state, present, due_at, encode(digest, 'hex') as digest from source_record order by 1`),
});
/** What an undo leaves behind beside: each thing once. */
const trace = async (house: LifecycleHouse): Promise<unknown> => ({
  items: await house.db.many(sql`
    select i.what, i.state, i.problem, count(*)::int as n from mass_change_item i join mass_change c on c.id = i.mass_change_id
     where c.kind = 'feed_undo' group by 1, 2, 3 order by 1, 2`),
  receipts: await house.db.many(sql`
    select r.what, i.what as item, count(*)::int as n from lifecycle_receipt r left join receipt_item i on i.receipt_id = r.id
     group by 1, 2 order by 1, 2`),
  events: await house.db.many(sql`
    select type, count(*)::int as n from audit_event
     where type in ('identity.left', 'identity.moved', 'identity.returned', 'grant.started', 'grant.ended', 'feed.undone') group by 1 order by 1`),
  run: await house.db.many(sql`select state from feed_run order by id`),
});

test(
  'an undo killed in its middle and begun again ends as one that was never interrupted',
  { timeout: 240_000 },
  async () => {
    const whole = await planned();
    await whole.house.tasks['mass_changes.apply']?.({ id: whole.id }, undefined as never);
    expect(await state(whole.house)).toEqual(whole.before);

    const broken = await planned();
    const victim = runScript('src/govern/lifecycle/testing/apply-plan.ts', [
      broken.house.databaseUrl,
      broken.house.clock.now().toISOString(),
      broken.id,
    ]);
    await firstLine(victim);
    const appliedTo = async (): Promise<number> =>
      (
        await broken.house.db.one<{ appliedTo: number }>(
          sql`select applied_to from mass_change where id = ${broken.id}`,
        )
      ).appliedTo;
    await until(async () => (await appliedTo()) > 0, { timeoutMs: 60_000, everyMs: 5, what: 'the first batch' });
    await victim.kill();
    expect(await appliedTo()).toBeLessThan(PEOPLE);
    await until(
      async () =>
        (
          await broken.house.db.one<{ n: number }>(sql`
          select count(*)::int as n from pg_stat_activity where state = 'idle in transaction' and datname = current_database()`)
        ).n === 0,
      { timeoutMs: 20_000, what: 'the end of what it had open' },
    );
    // A delivery that comes in between waits.
    await expect(
      broken.house.perform('sources.feed', { source: 'hr', content: csvOf(people) }, broken.house.admin),
    ).rejects.toMatchObject({ code: 'feed.still_applying' });
    const worker = (): Promise<unknown> =>
      Promise.resolve(broken.house.tasks['mass_changes.apply']?.({ id: broken.id }, undefined as never));
    await Promise.all([worker(), worker()]);
    await worker();

    expect(await state(broken.house)).toEqual(broken.before);
    for (const { house } of [whole, broken]) await house.settle(60_000);
    expect(await trace(broken.house)).toEqual(await trace(whole.house));
    expect(await trace(broken.house)).toMatchObject({ run: [{ state: 'applied' }, { state: 'undone' }] });
  },
);
