import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql, type Tx } from '#kit/db/index.ts';
import { ADMIN_ROLES, createIdentity, endGrant, graphModule, startGrant } from '#spine/graph/index.ts';
import { testHouse, type House } from '#test/harness/house.ts';
import { massChangesModule, planMassChange, type MassKind } from './index.ts';

const policies = `
@id("test.sets_up")
permit (principal == Reeve::Component::"test", action == Reeve::Action::"test.set_up", resource);
`;

/** Ends grants, and starts them again when it is undone. */
const endGrants: MassKind = {
  kind: 'end_grants',
  population: async (tx) =>
    new Map([
      [
        null,
        (await tx.one<{ n: number }>(sql`select count(*)::int as n from access_grant where ended_because is null`)).n,
      ],
    ]),
  apply: async (ctx, permit, items) => {
    const outcomes = [];
    for (const { position, data } of items) {
      const grantId = String(data['grantId']);
      if ((await openGrant(ctx.tx, grantId)) === undefined) {
        outcomes.push({ position, state: 'skipped' as const, problem: 'ended already' });
        continue;
      }
      await endGrant(ctx, permit, { grantId, because: 'a mass change' });
      outcomes.push({ position, state: 'done' as const });
    }
    return outcomes;
  },
  undo: async (ctx, permit, items) => {
    const outcomes = [];
    for (const { position, identityId } of items) {
      await startGrant(ctx, permit, {
        identityId: identityId ?? '',
        entitlementId: ADMIN_ROLES.helpdesk,
        origin: 'admin',
        reason: 'put back',
      });
      outcomes.push({ position, state: 'done' as const });
    }
    return outcomes;
  },
};

const openGrant = (tx: Tx, id: string): Promise<{ id: string } | undefined> =>
  tx.maybe(sql`select id from access_grant where id = ${id} and ended_because is null`);

let house: House;
let admin: string;
const people: string[] = [];

beforeAll(async () => {
  house = await testHouse(() => [graphModule, massChangesModule([endGrants]), { name: 'test', policies }]);
  await house.as('test').act({ action: 'test.set_up' }, async (ctx, permit) => {
    for (let n = 0; n <= 120; n += 1) {
      const made = await createIdentity(ctx, permit, {
        kind: 'person',
        facts: { displayName: `Person ${n}`, username: `person${n}` },
      });
      await startGrant(ctx, permit, {
        identityId: made.id,
        entitlementId: n === 0 ? ADMIN_ROLES.administrator : ADMIN_ROLES.helpdesk,
        origin: 'admin',
        reason: 'test',
      });
      if (n === 0) admin = made.id;
      else people.push(made.id);
    }
  });
});
afterAll(() => house.close());

const live = async (): Promise<number> =>
  (
    await house.db.one<{ n: number }>(
      sql`select count(*)::int as n from access_grant where ended_because is null and entitlement_id = ${ADMIN_ROLES.helpdesk}`,
    )
  ).n;

/** Plans to end the helpdesk grants of so many people. */
const plan = (
  key: string,
  count: number,
  also: readonly string[] = [],
): Promise<{ id: string; state: string } | undefined> =>
  house.as('test').act({ action: 'test.set_up' }, (ctx, permit) =>
    planMassChange(ctx, permit, endGrants, {
      key,
      title: 'helpdesk is taken away',
      items: sql`
        select 'delete' as effect, null::uuid as system_id, identity_id, 'helpdesk' as what,
               jsonb_build_object('grantId', id) as data
          from access_grant
         where ended_because is null and identity_id = any(${[...people.slice(0, count), ...also]}::uuid[])`,
    }),
  );

const show = (
  id: string,
): Promise<{
  state: string;
  items: number;
  appliedTo: number;
  heldBecause: readonly { code: string; detail: string }[];
}> => house.perform('massChanges.show', { id }, admin);
const because = 'looked through';

test('within its limit a plan is applied, and one command puts it back', async () => {
  const made = await plan('small', 40);
  expect(made?.state).toBe('applying');
  await house.settle();
  expect(await show(made?.id ?? '')).toMatchObject({ state: 'applied', items: 40, appliedTo: 40 });
  expect(await live()).toBe(80);
  await house.perform('massChanges.undo', { id: made?.id, because }, admin);
  await house.settle();
  expect(await show(made?.id ?? '')).toMatchObject({ state: 'undone' });
  expect(await live()).toBe(120);
});

test('one over the limit changes nothing, whoever applies it and however many at once', async () => {
  const made = await plan('large', 51);
  expect(made?.state).toBe('held');
  const apply = house.tasks['mass_changes.apply'];
  await Promise.all(Array.from({ length: 16 }, () => apply?.({ id: made?.id }, undefined as never)));
  await house.settle();
  expect(await live()).toBe(120);
  const held = await show(made?.id ?? '');
  expect(held.heldBecause).toMatchObject([
    { code: 'limit.delete', detail: '51 would be taken away; 50 of 121 may be at a time' },
  ]);
  const { items } = await house.perform<{ items: unknown[] }>('massChanges.items', { id: made?.id, limit: 500 }, admin);
  expect(items).toHaveLength(51);
});

test('a person accepts a held plan, first its canary, then the rest; what is no longer due is skipped', async () => {
  const made = await plan('large', 60);
  const id = made?.id ?? '';
  await house.perform('massChanges.accept', { id, because, canary: 5 }, admin);
  await house.settle();
  expect(await show(id)).toMatchObject({ state: 'canary', appliedTo: 5 });
  expect(await live()).toBe(115);
  const { items } = await house.perform<{ items: { state: string; identityId: string }[] }>(
    'massChanges.items',
    { id, limit: 500 },
    admin,
  );
  const next = items.find((i) => i.state === 'waiting')?.identityId ?? '';
  await house.as('test').act({ action: 'test.set_up' }, async (ctx, permit) => {
    const grant = await ctx.tx.one<{ id: string }>(
      sql`select id from access_grant where identity_id = ${next} and ended_because is null`,
    );
    await endGrant(ctx, permit, { grantId: grant.id, because: 'by hand' });
  });
  await house.perform('massChanges.accept', { id, because }, admin);
  await Promise.all(Array.from({ length: 8 }, () => house.tasks['mass_changes.apply']?.({ id }, undefined as never)));
  await house.settle();
  expect(await show(id)).toMatchObject({ state: 'applied', appliedTo: 60 });
  expect(await live()).toBe(60);
  const ends = await house.db.one<{ n: number }>(
    sql`select count(*)::int as n from audit_event where type = 'grant.ended'`,
  );
  expect(ends.n).toBe(40 + 60);
  await expect(house.perform('massChanges.accept', { id, because }, admin)).rejects.toMatchObject({
    code: 'mass_change.not_open',
  });
});

test('nobody accepts a plan that changes something of their own, and a newer plan supersedes a held one', async () => {
  const mine = await plan('own', 120, [admin]);
  expect(mine?.state).toBe('held');
  await expect(house.perform('massChanges.accept', { id: mine?.id, because }, admin)).rejects.toMatchObject({
    code: 'mass_change.own_benefit',
  });
  const newer = await plan('own', 120);
  expect(newer?.state).toBe('held');
  expect(await show(mine?.id ?? '')).toMatchObject({ state: 'superseded' });
  await house.perform('massChanges.decline', { id: newer?.id, because }, admin);
  expect(await show(newer?.id ?? '')).toMatchObject({ state: 'declined', appliedTo: 0 });
  expect(await live()).toBe(60);
});

test('limits are set for a kind and hold from the next plan on', async () => {
  await house.perform(
    'changeLimits.put',
    { kind: 'end_grants', limits: { delete: { percent: 0, free: 3, most: null } } },
    admin,
  );
  expect((await plan('tight', 120))?.state).toBe('held');
  await expect(house.perform('changeLimits.put', { kind: 'no_such', limits: {} }, admin)).rejects.toMatchObject({
    status: 422,
  });
});

test('a plan of nothing is no plan', async () => {
  expect(await plan('nothing', 0)).toBeUndefined();
});

test('the database lets no held plan be applied', async () => {
  const held = await house.db.one<{ id: string }>(sql`select id from mass_change where state = 'held' limit 1`);
  await expect(
    house.db.run(sql`update mass_change set state = 'applying', released_to = items where id = ${held.id}`),
  ).rejects.toThrow(/over_a_limit_is_released_by_somebody/);
});
