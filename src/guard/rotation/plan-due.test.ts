import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSecret } from '#guard/vault/index.ts';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { ADMIN_ROLES, createIdentity, registerSystem, startGrant } from '#spine/graph/index.ts';
import { guardedHouse, type GuardedHouse } from '#test/harness/guarded-house.ts';

const MANY = 14;
let house: GuardedHouse;
let people: readonly string[] = [];
let accounts: readonly string[] = [];

beforeAll(async () => {
  house = await guardedHouse();
  // What is due is planned here and nowhere else, and nothing is brought to a target.
  await house.settle();
  await house.idle();
  const { systemId, ...made } = await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    const system = await registerSystem(ctx, permit, { name: 'orders', kind: 'elsewhere', host: '127.0.0.1', port: 1 });
    const person = async (username: string): Promise<string> => {
      const { id } = await createIdentity(ctx, permit, { kind: 'person', facts: { displayName: username, username } });
      for (const entitlementId of [ADMIN_ROLES.administrator, ADMIN_ROLES.security_officer])
        await startGrant(ctx, permit, { identityId: id, entitlementId, origin: 'admin', reason: 'test' });
      return id;
    };
    const ids = Array.from({ length: MANY }, () => newId());
    for (const [i, id] of ids.entries())
      await ctx.tx.run(sql`insert into account (id, system_id, native_id, name, valid_from)
        values (${id}, ${system.id}, ${`app${i}`}, ${`app${i}`}, ${ctx.now})`);
    return { systemId: system.id, people: [await person('boss'), await person('other')], accounts: ids };
  });
  ({ people, accounts } = made);
  await house.as('boot').act({ action: 'secret.create' }, async (ctx, permit) => {
    for (const accountId of accounts)
      await createSecret(house.keys, ctx, permit, {
        name: `systems/orders/${accountId}`,
        kind: 'password',
        purpose: 'account',
        accountId,
        systemId,
        username: 'app',
        value: Buffer.from('a value'),
      });
  });
  await house.perform('rotationPolicies.set', { maxAgeDays: 7 }, people[0]);
});
afterAll(() => house?.close());

const tick = async (days: number): Promise<void> => {
  house.clock.advance(days * 86_400_000);
  await house.tasks['rotation.tick']?.({}, undefined as never);
};
const plans = (): Promise<{ id: string; state: string; items: number; plannedBy: string }[]> =>
  house.db.many(
    sql`select id, state, items, planned_by from mass_change where kind = 'rotation' order by planned_at, id`,
  );
const rotations = async (): Promise<number> =>
  (await house.db.one<{ n: number }>(sql`select count(*)::int as n from rotation`)).n;

test('many that come due at once are one plan, held whole over the limits, and not planned again while it waits', async () => {
  await house.perform(
    'changeLimits.put',
    { kind: 'rotation', limits: { update: { percent: 10, free: 5, most: null } } },
    people[0],
  );
  await tick(8);
  const [held, ...more] = await plans();
  expect(more).toEqual([]);
  expect(held).toMatchObject({ state: 'held', items: MANY, plannedBy: 'rotation' });
  await tick(0);
  expect(await plans()).toHaveLength(1);
  expect(await rotations()).toBe(0);

  await house.perform('massChanges.decline', { id: held?.id, because: 'not tonight' }, people[0]);
  await tick(0);
  expect(await plans()).toHaveLength(1);
});

test('declined, they come up again the next day; accepted, they go wave by wave behind one that proves it', async () => {
  await tick(1.1);
  const held = (await plans()).find(({ state }) => state === 'held');
  expect(held).toMatchObject({ items: MANY });
  await house.perform('massChanges.accept', { id: held?.id, because: 'they are old' }, people[1]);
  await house.tasks['mass_changes.apply']?.({ id: held?.id }, undefined as never);
  await tick(0);
  const waves = await house.db.many(
    sql`select wave, count(*)::int as n, min(cause) as cause from rotation group by wave order by wave`,
  );
  expect(waves).toEqual([
    { wave: 0, n: 1, cause: 'wave' },
    { wave: 1, n: MANY - 1, cause: 'wave' },
  ]);
  expect(
    await house.db.one(sql`select released_to, state from rotation_run where planned_by is null and state = 'running'`),
  ).toEqual({ releasedTo: 0, state: 'running' });
});

test('a few are rotated as they come due', async () => {
  await house.db.run(sql`update rotation set state = 'cancelled', ended_at = ${house.clock.now()}, problem = 'test'`);
  await house.db.run(
    sql`update rotation_run set state = 'cancelled', ended_at = ${house.clock.now()} where ended_at is null`,
  );
  await house.db.run(
    sql`update secret set changed_at = ${house.clock.now()} where account_id <> all(${sql.array(accounts.slice(0, 3))}::uuid[])`,
  );
  const before = (await plans()).length;
  await tick(0.1);
  expect(await plans()).toHaveLength(before);
  expect(await house.db.many(sql`select cause from rotation where run_id is null`)).toEqual(
    Array.from({ length: 3 }, () => ({ cause: 'age' })),
  );
});
