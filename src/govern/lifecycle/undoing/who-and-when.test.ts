import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { ADMIN_ROLES, createIdentity, startGrant, type AdminRole } from '#spine/graph/index.ts';
import { generateCompany, type Person } from '#test/fixtures/company/index.ts';
import { csvOf, lifecycleHouse, TODAY, type LifecycleHouse, type RunAnswer } from '../testing/lifecycle-house.ts';
import { forgetOld } from './keep-before.ts';

const lena = generateCompany({ today: TODAY }).person('lena');
const made = (username: string, more: Partial<Person> = {}): Person => ({
  ...lena,
  employee_id: `W-${username}`,
  first_name: username,
  last_name: '',
  preferred_name: '',
  username,
  email: `${username}@larkspur.example`,
  manager_employee_id: '',
  start_date: '2020-01-01',
  end_date: '',
  ...more,
});
const good = ['ada', 'bo', 'cy', 'di', 'eve'].map((n) => made(n));
const without = (...names: string[]): Person[] => good.filter((p) => !names.includes(p.username));

let house: LifecycleHouse;
let auditor: string;
beforeAll(async () => {
  house = await lifecycleHouse();
  await house.feed(csvOf(good));
  auditor = await person('watcher', 'auditor');
});
afterAll(() => house.close());

const person = (username: string, role?: AdminRole): Promise<string> =>
  house.as('test').act({ action: 'test.set_up' }, async (ctx, permit) => {
    const { id } = await createIdentity(ctx, permit, {
      kind: 'person',
      facts: { displayName: username, username, email: `${username}@larkspur.example` },
    });
    if (role !== undefined)
      await startGrant(ctx, permit, {
        identityId: id,
        entitlementId: ADMIN_ROLES[role],
        origin: 'admin',
        reason: 'test',
      });
    return id;
  });
const idOf = async (username: string): Promise<string> =>
  (
    await house.db.one<{ id: string }>(
      sql`select identity_id as id from identity_facts where username = ${username} and valid_to is null`,
    )
  ).id;
const feed = async (people: readonly Person[]): Promise<RunAnswer> => {
  house.clock.advance(60_000);
  const run = await house.feed(csvOf(people));
  house.clock.advance(60_000);
  return run;
};
const undo = async (
  id: string,
  as = house.admin,
): Promise<{ state: string; massChangeId: string; already: boolean }> => {
  const asked = await house.perform<never>('sources.undoRun', { id, because: 'wrong' }, as);
  await house.settle(30_000);
  return asked;
};
const stateOf = async (username: string): Promise<string> =>
  (
    await house.db.one<{ state: string }>(
      sql`select state from identity_facts where username = ${username} and valid_to is null`,
    )
  ).state;
const preview = (
  id: string,
  as = house.admin,
): Promise<{ refusals: { code: string }[]; leftAlone: { problem: string }[] }> =>
  house.perform('sources.undoPreview', { id }, as);

test('nobody takes back what was done to themself, and who only watches sees what it would do', async () => {
  await house.as('test').act({ action: 'test.set_up' }, async (ctx, permit) => {
    await startGrant(ctx, permit, {
      identityId: await idOf('eve'),
      entitlementId: ADMIN_ROLES.administrator,
      origin: 'admin',
      reason: 'test',
    });
  });
  const eve = await idOf('eve');
  const run = await feed([...without('eve', 'ada'), made('eve', { job_title: 'Chief' })]);
  expect((await preview(run.id, eve)).refusals).toMatchObject([{ code: 'feed.undo_own_row' }]);
  await expect(undo(run.id, eve)).rejects.toMatchObject({ code: 'feed.undo_own_row', status: 403 });
  expect(await stateOf('ada')).toBe('leaver');
  expect((await preview(run.id, auditor)).refusals).toEqual([]);
  await expect(undo(run.id, auditor)).rejects.toMatchObject({ status: 403 });
  // Held, it is accepted by nobody it changes something for, either.
  await house.perform(
    'changeLimits.put',
    { kind: 'feed_undo', limits: { create: { percent: 0, free: 0 } } },
    house.admin,
  );
  const held = await undo(run.id);
  expect(held.state).toBe('held');
  await expect(
    house.perform('massChanges.accept', { id: held.massChangeId, because: 'mine' }, eve),
  ).rejects.toMatchObject({ code: 'mass_change.own_benefit' });
  await house.perform('massChanges.accept', { id: held.massChangeId, because: 'looked at' }, house.admin);
  await house.settle(30_000);
  await house.perform(
    'changeLimits.put',
    { kind: 'feed_undo', limits: { create: { percent: 100, free: 50 } } },
    house.admin,
  );
  expect(await stateOf('ada')).toBe('active');
  await feed(good);
});

test('a declined undo may be asked for again; an undo is not undone', async () => {
  await house.perform(
    'changeLimits.put',
    { kind: 'feed_undo', limits: { create: { percent: 0, free: 0 } } },
    house.admin,
  );
  const run = await feed(without('bo', 'cy'));
  const first = await undo(run.id);
  await house.perform('massChanges.decline', { id: first.massChangeId, because: 'not yet' }, house.admin);
  await house.perform(
    'changeLimits.put',
    { kind: 'feed_undo', limits: { create: { percent: 100, free: 50 } } },
    house.admin,
  );
  const second = await undo(run.id);
  expect(second).toMatchObject({ already: false });
  expect(second.massChangeId).not.toBe(first.massChangeId);
  expect([await stateOf('bo'), await stateOf('cy')]).toEqual(['active', 'active']);
  await expect(
    house.perform('massChanges.undo', { id: second.massChangeId, because: 'no' }, house.admin),
  ).rejects.toMatchObject({ code: 'mass_change.cannot_be_undone' });
});

test('a newer delivery that is held rests on it, and is decided first', async () => {
  const limits = { left: { percent: 0, free: 1, most: null } };
  await house.perform('sources.put', { source: 'hr', limits }, house.admin);
  const run = await feed(without('bo'));
  const held = await feed(without('bo', 'cy', 'di'));
  expect(held.state).toBe('held');
  await expect(undo(run.id)).rejects.toMatchObject({ code: 'feed.delivery_open' });
  await house.perform('sources.declineRun', { id: held.id, because: 'wrong' }, house.admin);
  await undo(run.id);
  expect(await stateOf('bo')).toBe('active');
});

test('somebody who was here without a source is so again, and is met again by the same row', async () => {
  const id = await person('walter');
  const run = await feed([...good, made('walter', { department: 'Attic' })]);
  const counts = { joined: 1, left: 0 };
  expect(run.counts).toMatchObject(counts);
  expect(await idOf('walter')).toBe(id);
  await undo(run.id);
  expect(
    await house.db.one(
      sql`select department, state from identity_facts where identity_id = ${id} and valid_to is null`,
    ),
  ).toEqual({
    department: null,
    state: 'active',
  });
  expect(await house.db.many(sql`select 1 from source_record where identity_id = ${id}`)).toEqual([]);
  const again = await feed([...good, made('walter', { department: 'Attic' })]);
  expect(again.counts).toMatchObject(counts);
  expect(await idOf('walter')).toBe(id);
  await undo(again.id);
});

test('who turned out to be somebody else since is left alone', async () => {
  const run = await feed([...without('di'), made('dee')]);
  house.clock.advance(1_000);
  await house.perform(
    'identities.merge',
    { identity: await idOf('dee'), into: await idOf('ada'), because: 'one person' },
    house.admin,
  );
  await house.settle(30_000);
  const { leftAlone } = await preview(run.id);
  expect(leftAlone).toMatchObject([{ problem: 'changed since: it was said since who they are' }]);
  await undo(run.id);
  expect([await stateOf('di'), await stateOf('ada')]).toEqual(['active', 'active']);
});

test('after a month what was so before is forgotten, and a run that did nothing has nothing to take back', async () => {
  await feed([...good, made('dee')]);
  const same = await feed([...good, made('dee')]);
  await expect(undo(same.id)).rejects.toMatchObject({ code: 'feed.nothing_to_undo' });
  const run = await feed([...without('cy'), made('dee')]);
  house.clock.advance(31 * 86_400_000);
  await expect(undo(run.id)).rejects.toMatchObject({ code: 'feed.undo_too_late' });
  expect((await preview(run.id)).refusals).toMatchObject([{ code: 'feed.undo_too_late' }]);
  expect(await house.as('lifecycle').db.tx(forgetOld)).toBeGreaterThan(0);
  expect(await house.db.one(sql`select count(*)::int as n from feed_before`)).toEqual({ n: 0 });
  expect(await stateOf('cy')).toBe('leaver');
});

test('what a directory pushed is taken back there', async () => {
  await house.db.run(sql`update people_source set kind = 'scim' where name = 'hr'`);
  const [run] = await house.db.many<{ id: string }>(
    sql`select id from feed_run where state = 'applied' order by id desc limit 1`,
  );
  await expect(undo(run?.id ?? '')).rejects.toMatchObject({ code: 'feed.undo_of_pushed' });
});
