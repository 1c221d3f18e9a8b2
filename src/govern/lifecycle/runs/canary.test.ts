import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { generateCompany, type Person } from '#test/fixtures/company/index.ts';
import { csvOf, lifecycleHouse, TODAY, type LifecycleHouse, type RunAnswer } from '../testing/lifecycle-house.ts';

const { people } = generateCompany({ today: TODAY });
const staying = people.filter((p) => p.status === 'active' && p.end_date === '' && p.employment_type !== 'vendor');

let house: LifecycleHouse;
beforeAll(async () => {
  house = await lifecycleHouse();
  await house.perform(
    'sources.put',
    { source: 'hr', limits: { left: { percent: 0, free: 20, most: null } } },
    house.admin,
  );
  await house.feed(csvOf(people));
});
afterAll(() => house.close());

/** A delivery in which so many have left and somebody is called otherwise, held. */
async function held(n: number): Promise<RunAnswer> {
  house.clock.advance(60_000);
  const gone = new Set<Person>(staying.slice(0, n));
  const run = await house.feed(csvOf(people.map((p) => (gone.has(p) ? { ...p, status: 'terminated' as const } : p))));
  expect(run.state).toBe('held');
  return run;
}
const accept = async (id: string, canary?: number): Promise<RunAnswer> => {
  await house.perform('sources.acceptRun', { id, because: 'looked at', canary }, house.admin);
  await house.settle(30_000);
  return await house.run(id);
};
const leavers = async (): Promise<string[]> =>
  (
    await house.db.many<{ id: string }>(sql`
      select s.external_id as id from source_record s join identity_facts f on f.identity_id = s.identity_id and f.valid_to is null
       where f.state = 'leaver' and s.run_id <> (select min(id::text)::uuid from feed_run) order by 1`)
  ).map((r) => r.id);
interface Line {
  readonly position: number;
  readonly externalId: string;
}
const plan = async (id: string, limit: number): Promise<readonly Line[]> =>
  (await house.perform<{ items: Line[] }>('sources.plan', { id, limit }, house.admin)).items;

test('a canary makes exactly the changes that are listed first; the run waits again, and is applied, declined or taken back', async () => {
  const run = await held(40);
  const first = (await plan(run.id, 3)).map((line) => line.externalId);
  expect(await accept(run.id, 3)).toMatchObject({ state: 'held', appliedRows: 3, acceptedBy: house.admin });
  expect(await leavers()).toEqual(first.toSorted());
  const all = await accept(run.id, 7);
  expect(all).toMatchObject({ state: 'held', appliedRows: 10 });
  await expect(accept(run.id, 31)).rejects.toMatchObject({ code: 'input.invalid' });
  expect(await house.run(run.id)).toMatchObject({ state: 'held', appliedRows: 10 });
  expect(await accept(run.id)).toMatchObject({ state: 'applied', appliedRows: run.plannedRows });
  expect(await leavers()).toHaveLength(40);
  const events = await house.db.one(sql`
    select (count(*) filter (where type = 'feed.canary_applied'))::int as canaries,
           (count(*) filter (where type = 'feed.accepted'))::int as accepted,
           (count(*) filter (where type = 'feed.applied'))::int as applied from audit_event`);
  expect(events).toEqual({ canaries: 2, accepted: 3, applied: 2 });
  await house.perform(
    'changeLimits.put',
    { kind: 'feed_undo', limits: { create: { percent: 100, free: 1 } } },
    house.admin,
  );
  await house.perform('sources.undoRun', { id: run.id, because: 'a test' }, house.admin);
  await house.settle(30_000);
  expect(await leavers()).toEqual([]);
});

test('more than is left is refused; after a canary the rest can be declined and the canary taken back', async () => {
  const run = await held(30);
  await expect(accept(run.id, 31)).rejects.toMatchObject({ code: 'input.invalid' });
  expect(await house.run(run.id)).toMatchObject({ state: 'held', appliedRows: 0 });
  await accept(run.id, 2);
  await house.perform('sources.declineRun', { id: run.id, because: 'no' }, house.admin);
  expect(await house.run(run.id)).toMatchObject({ state: 'declined', appliedRows: 2 });
  expect(await leavers()).toHaveLength(2);
  await house.perform('sources.undoRun', { id: run.id, because: 'a test' }, house.admin);
  await house.settle(30_000);
  expect(await leavers()).toEqual([]);
  expect(await house.run(run.id)).toMatchObject({ state: 'undone' });
  expect(await house.db.one(sql`select count(*)::int as n from feed_value`)).toEqual({ n: 0 });
});

test('taking back a run that waits after its canary puts the rest away; one that nothing was applied of has nothing', async () => {
  const run = await held(30);
  await expect(house.perform('sources.undoRun', { id: run.id, because: 'a test' }, house.admin)).rejects.toMatchObject({
    code: 'feed.nothing_to_undo',
  });
  await accept(run.id, 4);
  await house.perform('sources.undoRun', { id: run.id, because: 'a test' }, house.admin);
  await house.settle(30_000);
  expect(await house.run(run.id)).toMatchObject({ state: 'undone', appliedRows: 4 });
  expect(await leavers()).toEqual([]);
  const next = await held(30);
  expect(next.counts['left']).toBe(30);
});

test('a canary of all that is left is all; a newer delivery takes the place of what waits after a canary', async () => {
  const run = await held(30);
  expect(await accept(run.id, 1)).toMatchObject({ state: 'held' });
  const next = await held(29);
  expect(await house.run(run.id)).toMatchObject({ state: 'superseded', appliedRows: 1 });
  expect(next.counts['left']).toBe(28);
  expect(await accept(next.id, 28)).toMatchObject({ state: 'applied' });
  expect(await leavers()).toHaveLength(29);
});
