import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { TargetError } from '#connectors/port.ts';
import { provisioningModule } from '#govern/provisioning/index.ts';
import { sql } from '#kit/db/index.ts';
import { until } from '#kit/testing/index.ts';
import { applyAccountReading, applyReading, registerSystem } from '#spine/graph/index.ts';
import { generateCompany, type Person } from '#test/fixtures/company/index.ts';
import { fakeTargets } from '../testing/fake-targets.ts';
import { csvOf, lifecycleHouse, TODAY, type LifecycleHouse } from '../testing/lifecycle-house.ts';

const lena = generateCompany({ today: TODAY }).person('lena');
const names = ['nora', 'otto', 'pia', 'quin', 'rosa', 'sven', 'tilda', 'uwe', 'vera', 'wanda'] as const;
const feed: Person[] = names.map((username, i) => ({
  ...lena,
  employee_id: `A${i}`,
  username,
  email: `${username}@larkspur.example`,
  manager_employee_id: '',
  status: 'active',
  end_date: '',
}));

let house: LifecycleHouse;
let systemId: string;
const targets = fakeTargets([...names, 'shared-of-nora']);

const say = async (username: string, status: Person['status']): Promise<void> => {
  const row = feed.find((p) => p.username === username);
  if (row !== undefined) Object.assign(row, { status });
  house.clock.advance(1_000);
  await house.feed(csvOf(feed));
};
const idOf = async (username: string): Promise<string> =>
  (
    await house.db.one<{ id: string }>(
      sql`select identity_id as id from identity_facts where username = ${username} and valid_to is null`,
    )
  ).id;
const again = async (): Promise<void> => {
  await house.db.run(
    sql`select graphile_worker.reschedule_jobs(array(select id from graphile_worker.jobs), run_at => now())`,
  );
  await house.settle(30_000);
};
interface Item {
  readonly what: string;
  readonly done: boolean;
  readonly proven: boolean;
  readonly problem: string | null;
}
/** Items about accounts on somebody's newest receipt of a kind. */
const itemsOf = async (username: string, what: string): Promise<Item[]> =>
  await house.db.many<Item>(sql`
    select i.what, i.done_at is not null as done, i.proven_at is not null as proven, i.problem from receipt_item i
     where i.what like 'account%' and i.receipt_id = (
       select id from lifecycle_receipt where identity_id = ${await idOf(username)} and what = ${what} order by id desc limit 1)`);

beforeAll(async () => {
  house = await lifecycleHouse(() => [provisioningModule({ targets })], targets);
  await house.feed(csvOf(feed));
  await house.as('test').act({ action: 'test.set_up' }, async (ctx, permit) => {
    systemId = (await registerSystem(ctx, permit, { name: 'intranet', kind: 'fake' })).id;
    await applyReading(ctx, permit, {
      systemId,
      trusted: true,
      reading: {
        accounts: [...targets.accounts].map(([name]) => ({
          nativeId: name,
          name,
          kind: name.startsWith('shared') ? ('shared' as const) : ('personal' as const),
          state: 'active' as const,
          attributes: {},
          privilegedBecause: [],
        })),
        entitlements: [],
        holdings: [],
        nesting: [],
      },
    });
    for (const name of names)
      await ctx.tx.run(sql`
      update account set identity_id = (select identity_id from identity_facts where username = ${name} and valid_to is null)
       where name = ${name}`);
    await ctx.tx.run(sql`
      update account set identity_id = (select identity_id from identity_facts where username = 'nora' and valid_to is null)
       where name = 'shared-of-nora'`);
  });
});
beforeEach(() => {
  targets.trouble = undefined;
});
afterAll(() => house.close());

test('who is on leave has their own account locked on the target, proven, and it is opened when they are back', async () => {
  await say('nora', 'leave');
  expect([targets.accounts.get('nora'), targets.accounts.get('shared-of-nora')]).toEqual(['locked', 'active']);
  expect(await itemsOf('nora', 'away')).toEqual([{ what: 'account_locked', done: true, proven: true, problem: null }]);
  await say('nora', 'active');
  expect(targets.accounts.get('nora')).toBe('active');
  expect(await itemsOf('nora', 'back')).toEqual([{ what: 'account_opened', done: true, proven: true, problem: null }]);
  const again = { locked: targets.locked.length, opened: targets.opened.length };
  await say('nora', 'active');
  expect({ locked: targets.locked.length, opened: targets.opened.length }).toEqual(again);
});

test('what was locked already before the leave stays locked after it', async () => {
  targets.accounts.set('otto', 'locked');
  await say('otto', 'leave');
  expect(await itemsOf('otto', 'away')).toEqual([
    { what: 'account_left_as_is', done: true, proven: false, problem: 'was locked already, by somebody else' },
  ]);
  await say('otto', 'active');
  expect(targets.accounts.get('otto')).toBe('locked');
  expect(await itemsOf('otto', 'back')).toEqual([]);
});

test('what somebody opened and locked again on the target during the leave stays locked after it', async () => {
  await say('pia', 'leave');
  for (const state of ['active', 'locked'] as const) {
    targets.accounts.set('pia', state);
    house.clock.advance(1_000);
    await house.as('test').act({ action: 'test.set_up' }, async (ctx, permit) => {
      await applyAccountReading(ctx, permit, {
        systemId,
        name: 'pia',
        found: {
          account: {
            nativeId: 'pia',
            name: 'pia',
            kind: 'personal',
            state,
            attributes: {},
            privilegedBecause: [],
          },
          holdings: [],
        },
      });
    });
  }
  await say('pia', 'active');
  expect(targets.accounts.get('pia')).toBe('locked');
  expect(await itemsOf('pia', 'back')).toMatchObject([{ what: 'account_left_as_is', done: true }]);
});

test('killed between locking and noting it, the next try knows the lock as its own and opens it again', async () => {
  targets.trouble = new TargetError('unreachable', 'the worker died');
  await say('quin', 'leave');
  const quin = await idOf('quin');
  // As a worker leaves it that is killed after the target did it: seen open, locked there, nothing noted.
  await house.db.run(sql`
    update away_lock set seen_open_at = reeve_now(), claimed_until = null
     where account_id = (select id from account where identity_id = ${quin})`);
  targets.accounts.set('quin', 'locked');
  targets.trouble = undefined;
  await again();
  expect(await itemsOf('quin', 'away')).toEqual([{ what: 'account_locked', done: true, proven: true, problem: null }]);
  await say('quin', 'active');
  expect(targets.accounts.get('quin')).toBe('active');
});

test('a target that is away is tried until it is back; who came back first is not locked at all', async () => {
  targets.trouble = new TargetError('unreachable', 'no route to the target');
  await say('rosa', 'leave');
  expect(await itemsOf('rosa', 'away')).toEqual([
    { what: 'account_locked', done: false, proven: false, problem: 'no route to the target' },
  ]);
  targets.trouble = undefined;
  await until(async () => (await again(), targets.accounts.get('rosa') === 'locked'), { timeoutMs: 10_000 });
  expect((await itemsOf('rosa', 'away'))[0]?.proven).toBe(true);

  targets.trouble = new TargetError('unreachable', 'no route to the target');
  await say('sven', 'leave');
  await say('sven', 'active');
  targets.trouble = undefined;
  await again();
  expect(targets.accounts.get('sven')).toBe('active');
  expect(targets.locked).not.toContain('sven');
  expect(await itemsOf('sven', 'back')).toMatchObject([{ what: 'account_left_as_is', done: true }]);
  expect((await itemsOf('sven', 'away'))[0]).toMatchObject({ what: 'account_left_as_is', done: true });
});

test('in maintenance nothing is written; it is after that', async () => {
  const at = house.clock.now();
  await house.perform(
    'maintenance.plan',
    {
      systemId,
      startsAt: new Date(at.getTime() - 1_000).toISOString(),
      endsAt: new Date(at.getTime() + 3_600_000).toISOString(),
      because: 'disks',
    },
    house.admin,
  );
  await say('tilda', 'leave');
  expect(targets.accounts.get('tilda')).toBe('active');
  expect((await itemsOf('tilda', 'away'))[0]?.problem).toMatch(/maintenance/);
  house.clock.advance(3_600_001);
  await again();
  expect(targets.accounts.get('tilda')).toBe('locked');
});

test('an account that turns out to be somebody’s while they are away is locked too, and one opened since is left to whoever did', async () => {
  const wanda = await idOf('wanda');
  await house.db.run(sql`update account set identity_id = null, linked_because = null where name = 'wanda'`);
  await say('wanda', 'leave');
  expect(targets.accounts.get('wanda')).toBe('active');
  await house.db.run(sql`update account set identity_id = ${wanda} where name = 'wanda'`);
  const minute = async (): Promise<void> => {
    await house.tasks['lifecycle.keep_owners']?.({}, undefined as never);
    await house.settle(30_000);
  };
  await minute();
  expect(targets.accounts.get('wanda')).toBe('locked');
  expect(await itemsOf('wanda', 'away')).toEqual([{ what: 'account_locked', done: true, proven: true, problem: null }]);
  const locked = targets.locked.length;
  await minute();
  expect(targets.locked).toHaveLength(locked);
  await say('wanda', 'active');
  expect(targets.accounts.get('wanda')).toBe('active');
});

test('who leaves while on leave stays locked, and is not opened by coming back to nothing', async () => {
  await say('uwe', 'leave');
  await say('uwe', 'terminated');
  await say('uwe', 'active');
  expect(targets.accounts.get('uwe')).toBe('locked');
});

test('a suspension shuts at once, is not ended by a feed, and opens again what it locked', async () => {
  const vera = await idOf('vera');
  await house.perform('identities.suspend', { identity: 'vera', because: 'a phone was stolen' }, house.admin);
  await house.settle(30_000);
  expect(targets.accounts.get('vera')).toBe('locked');
  await house.feed(csvOf(feed.map((p) => (p.username === 'vera' ? { ...p, job_title: 'Another' } : p))));
  const state = () =>
    house.db.one<{ state: string }>(
      sql`select state from identity_facts where identity_id = ${vera} and valid_to is null`,
    );
  expect(await state()).toEqual({ state: 'suspended' });
  expect(targets.accounts.get('vera')).toBe('locked');
  await expect(house.perform('identities.resume', { identity: 'vera', because: 'mine' }, vera)).rejects.toMatchObject({
    status: 404,
  });
  await house.perform('identities.resume', { identity: 'vera', because: 'found' }, house.admin);
  await house.settle(30_000);
  expect(await state()).toEqual({ state: 'active' });
  expect(targets.accounts.get('vera')).toBe('active');
});
