import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { ADMIN_ROLES, startGrant } from '#spine/graph/index.ts';
import { generateCompany, type Person } from '#test/fixtures/company/index.ts';
import { csvOf, lifecycleHouse, TODAY, type LifecycleHouse, type RunAnswer } from '../testing/lifecycle-house.ts';

const { people } = generateCompany({ today: TODAY });
const staying = people.filter((p) => p.status === 'active' && p.end_date === '' && p.username !== 'dana');

let house: LifecycleHouse;
beforeAll(async () => {
  house = await lifecycleHouse();
  await house.feed(csvOf(people));
});
afterAll(() => house.close());

const withoutLeavers = (gone: readonly Person[]): Person[] =>
  people.map((p) => (gone.includes(p) ? { ...p, status: 'terminated' } : p));
const leavers = async (): Promise<number> =>
  (
    await house.db.one<{ n: number }>(
      sql`select count(*)::int as n from identity_facts where state = 'leaver' and valid_to is null`,
    )
  ).n;
const accept = (id: string, as = house.admin): Promise<RunAnswer> =>
  house.perform<RunAnswer>('sources.acceptRun', { id, because: 'the site is closed' }, as);

test('over the limit nobody is changed, not even up to it, and the whole list is shown', async () => {
  const before = await leavers();
  const run = await house.feed(csvOf(withoutLeavers(staying.slice(0, 70))));
  expect(run).toMatchObject({ state: 'held', appliedRows: 0, plannedRows: 70 });
  const { n } = await house.db.one<{ n: number }>(
    sql`select count(*)::int as n from source_record where state <> 'leaver'`,
  );
  expect(run.heldBecause).toMatchObject([{ code: 'limit.left', count: 70, allowed: Math.floor(n * 0.2) }]);
  expect(await leavers()).toBe(before);
  expect(
    await house.db.one(sql`
      select data->'to' as told, data->>'template' as template from audit_event where type = 'notice.wanted'`),
  ).toEqual({ told: [house.admin], template: 'feed.held' });
  const { items } = await house.perform<{ items: { what: string; displayName: string; changed: string[] }[] }>(
    'sources.plan',
    { id: run.id, limit: 500 },
    house.admin,
  );
  expect(items).toHaveLength(70);
  expect(new Set(items.map((i) => i.what))).toEqual(new Set(['leave']));
  expect(items.every((i) => i.displayName !== null && i.changed.includes('state'))).toBe(true);
});

test('within the limit it is applied without asking, and a held one before it is superseded', async () => {
  const held = await house.feed(csvOf(withoutLeavers(staying.slice(0, 70))));
  const run = await house.feed(csvOf(withoutLeavers(staying.slice(0, 3))));
  expect(run.state).toBe('applied');
  expect((await house.run(held.id)).state).toBe('superseded');
  await expect(accept(held.id)).rejects.toMatchObject({ code: 'feed.not_held' });
});

test('a named administrator accepts a held run, which applies that one and opens no door to the next', async () => {
  const before = await leavers();
  const held = await house.feed(csvOf(withoutLeavers(staying.slice(0, 70))));
  const somebody = await house.db.one<{ id: string }>(
    sql`select identity_id as id from identity_facts where username = 'lena'`,
  );
  await expect(accept(held.id, somebody.id)).rejects.toMatchObject({ status: 403 });
  const accepted = await accept(held.id);
  expect(accepted.acceptedBy).toBe(house.admin);
  await house.settle(30_000);
  expect((await house.run(held.id)).state).toBe('applied');
  expect(await leavers()).toBe(before + 67);
  await expect(accept(held.id)).rejects.toMatchObject({ code: 'feed.not_held' });
  const next = await house.feed(csvOf(withoutLeavers(staying.slice(0, 140))));
  expect(next).toMatchObject({ state: 'held' });
});

test('a declined run is put away with its values', async () => {
  const held = await house.feed(csvOf(withoutLeavers(staying.slice(0, 140))));
  await house.perform('sources.declineRun', { id: held.id, because: 'a mistake of HR' }, house.admin);
  expect((await house.run(held.id)).state).toBe('declined');
  expect(await house.db.one(sql`select count(*)::int as n from feed_value`)).toEqual({ n: 0 });
});

test('a feed that would create thousands is held once there is somebody to spoil', async () => {
  const base = staying[0];
  if (base === undefined) throw new Error('nobody');
  const more = Array.from({ length: 3000 }, (_, i) => ({
    ...base,
    employee_id: `X${i}`,
    username: `new${i}`,
    email: `x${i}@larkspur.example`,
  }));
  const run = await house.feed(csvOf([...withoutLeavers(staying.slice(0, 70)), ...more]));
  expect(run).toMatchObject({ state: 'held', appliedRows: 0 });
  expect(run.heldBecause.map((h) => h.code)).toEqual(['limit.created']);
  expect(await house.db.one(sql`select count(*)::int as n from identity_facts where username like 'new%'`)).toEqual({
    n: 0,
  });
});

test('the last administrator does not leave by a feed unnoticed', async () => {
  const dana = await house.db.one<{ id: string }>(
    sql`select identity_id as id from identity_facts where username = 'dana' and valid_to is null`,
  );
  await house.as('test').act({ action: 'test.set_up' }, async (ctx, permit) => {
    await startGrant(ctx, permit, {
      identityId: dana.id,
      entitlementId: ADMIN_ROLES.administrator,
      origin: 'admin',
      reason: 'test',
    });
  });
  const gone = withoutLeavers(staying.slice(0, 70)).map((p) =>
    p.username === 'dana' ? { ...p, status: 'terminated' as const } : p,
  );
  await house.db.run(sql`
    update identity_facts set state = 'leaver' where identity_id = ${house.admin}`);
  const run = await house.perform<RunAnswer>('sources.feed', { source: 'hr', content: csvOf(gone) }, dana.id);
  expect(run.heldBecause.map((h) => h.code)).toEqual(['limit.last_administrator']);
});
