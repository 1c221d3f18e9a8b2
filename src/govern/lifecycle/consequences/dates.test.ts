import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { until } from '#kit/testing/index.ts';
import { createIdentity, putEntitlement, registerSystem, startGrant } from '#spine/graph/index.ts';
import { generateCompany, type Person } from '#test/fixtures/company/index.ts';
import { csvOf, lifecycleHouse, TODAY, type LifecycleHouse } from '../testing/lifecycle-house.ts';

const { people } = generateCompany({ today: TODAY });
const base = people.find((p) => p.username === 'lena');
if (base === undefined) throw new Error('no lena');
const hanna = people.find((p) => p.username === 'hanna');
if (hanna === undefined) throw new Error('no hanna');

const made = (username: string, more: Partial<Person>): Person => ({
  ...base,
  employee_id: `T-${username}`,
  username,
  email: `${username}@larkspur.example`,
  manager_employee_id: hanna.employee_id,
  ...more,
});
const feed = [
  hanna,
  made('starts', { status: 'pre_hire', start_date: '2026-03-03' }),
  made('eager', { status: 'active', start_date: '2026-03-03' }),
  made('ends', { employment_type: 'fixed_term', end_date: '2026-03-02' }),
  made('supplier', { employment_type: 'vendor', end_date: '2026-03-04' }),
  made('orphaned', { employment_type: 'vendor', end_date: '' }),
  made('away', { status: 'leave', end_date: '2026-03-02' }),
];

let house: LifecycleHouse;
let entitlementId: string;
beforeAll(async () => {
  house = await lifecycleHouse();
  await house.as('test').act({ action: 'test.set_up' }, async (ctx, permit) => {
    const system = await registerSystem(ctx, permit, { name: 'intranet', kind: 'fake' });
    const put = await putEntitlement(ctx, permit, {
      systemId: system.id,
      kind: 'group',
      nativeId: 'staff',
      name: 'staff',
    });
    entitlementId = put.id;
  });
  await house.perform('birthrights.put', { name: 'all', condition: { kind: ['person'] }, entitlementId }, house.admin);
  await house.feed(csvOf(feed));
});
afterAll(() => house.close());

const minute = async (): Promise<void> => {
  await house.tasks['lifecycle.apply_dates']?.({}, undefined as never);
  await house.settle(30_000);
};
const is = async (username: string) =>
  await house.db.one<{ state: string; validFrom: Date; grants: number }>(sql`
    select f.state, f.valid_from, (select count(*)::int from access_grant g
             where g.identity_id = f.identity_id and g.ended_because is null) as grants
      from identity_facts f where f.username = ${username} and f.valid_to is null`);

test('a first day begins at midnight in the time zone of HR, not before, and without another feed', async () => {
  for (const username of ['starts', 'eager'])
    expect(await is(username)).toMatchObject({ state: 'pre_hire', grants: 0 });
  house.clock.set('2026-03-02T22:59:59.999Z');
  await minute();
  expect(await is('starts')).toMatchObject({ state: 'pre_hire', grants: 0 });
  house.clock.set('2026-03-02T23:00:30Z');
  await minute();
  for (const username of ['starts', 'eager'])
    expect(await is(username)).toEqual({ state: 'active', grants: 1, validFrom: new Date('2026-03-02T23:00:00Z') });
  const { items } = await house.perform<{ items: { because: string }[] }>(
    'receipts.list',
    { what: 'joined' },
    house.admin,
  );
  expect(items.map((i) => i.because).toSorted()).toEqual([
    'a date of hr T-eager has come',
    'a date of hr T-starts has come',
  ]);
});

test('a last day ends at midnight with all that was held, also for somebody on leave', async () => {
  for (const username of ['ends', 'away'])
    expect(await is(username)).toEqual({ state: 'leaver', grants: 0, validFrom: new Date('2026-03-02T23:00:00Z') });
});

test('looking again changes nothing', async () => {
  const before = await house.db.many(sql`select * from identity_facts order by identity_id, valid_from`);
  await minute();
  expect(await house.db.many(sql`select * from identity_facts order by identity_id, valid_from`)).toEqual(before);
});

test('a contract that ends takes the vendor’s grants with it, also one no feed knows', async () => {
  const ids = await house.as('test').act({ action: 'test.set_up' }, async (ctx, permit) => {
    const guest = await createIdentity(ctx, permit, {
      kind: 'vendor',
      facts: { displayName: 'A Guest', username: 'guest1', contractEnd: new Date('2026-03-04T12:00:00Z') },
    });
    const { id } = await ctx.tx.one<{ id: string }>(
      sql`select identity_id as id from identity_facts where username = 'supplier' and valid_to is null`,
    );
    for (const identityId of [guest.id, id])
      await startGrant(ctx, permit, { identityId, entitlementId, origin: 'request', reason: 'asked for' });
    return [guest.id, id];
  });
  expect(ids).toHaveLength(2);
  house.clock.set('2026-03-04T22:59:00Z');
  await minute();
  expect(await is('guest1')).toMatchObject({ state: 'leaver', grants: 0, validFrom: new Date('2026-03-04T12:00:00Z') });
  expect(await is('supplier')).toMatchObject({ state: 'active', grants: 1 });
  house.clock.set('2026-03-04T23:00:00Z');
  await minute();
  expect(await is('supplier')).toMatchObject({ state: 'leaver', grants: 0 });
});

test('somebody who is being given something at that instant is waited for, within the same minute', async () => {
  const { id } = await house.as('test').act({ action: 'test.set_up' }, async (ctx, permit) => {
    const contractEnd = new Date(ctx.now.getTime() + 60_000);
    return await createIdentity(ctx, permit, {
      kind: 'vendor',
      facts: { displayName: 'Busy', username: 'busy', contractEnd },
    });
  });
  house.clock.advance(60_000);
  let begun = false;
  const held = house.db.tx(async (tx) => {
    await tx.run(sql`select from identity where id = ${id} for no key update`);
    begun = true;
    await new Promise((done) => setTimeout(done, 1_500));
  });
  await until(() => begun, { timeoutMs: 5_000 });
  await minute();
  expect(await is('busy')).toMatchObject({ state: 'leaver' });
  await held;
});

test('a vendor whose sponsor has left goes to whoever is asked, is suspended when nobody accepts, and follows HR again', async () => {
  const left = feed.map((p) => (p === hanna ? { ...p, status: 'terminated' as const } : p));
  await house.feed(csvOf(left));
  expect(await is('orphaned')).toMatchObject({ state: 'active' });
  house.clock.advance(14 * 86_400_000 + 60_000);
  await house.tasks['lifecycle.keep_owners']?.({}, undefined as never);
  await house.settle(30_000);
  expect(await is('orphaned')).toMatchObject({ state: 'suspended' });
  const renamed = left.map((p) => (p.username === 'orphaned' ? { ...p, job_title: 'Another title' } : p));
  await house.feed(csvOf(renamed));
  expect(await is('orphaned')).toMatchObject({ state: 'suspended' });
  // Their sponsor comes back, and answers for them again.
  const back = renamed.map((p) => (p.employee_id === hanna.employee_id ? { ...hanna } : p));
  await house.feed(csvOf(back));
  expect(await is('orphaned')).toMatchObject({ state: 'active' });
  await house.feed(csvOf(renamed));
  const sponsored = renamed.map((p) => (p.username === 'orphaned' ? { ...p, manager_employee_id: 'T-starts' } : p));
  await house.feed(csvOf(sponsored));
  expect(await is('orphaned')).toMatchObject({ state: 'active' });
});
