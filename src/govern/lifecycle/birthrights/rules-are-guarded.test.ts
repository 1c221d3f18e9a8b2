import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { putEntitlement, putIdentities, registerSystem } from '#spine/graph/index.ts';
import { lifecycleHouse, type LifecycleHouse } from '../testing/lifecycle-house.ts';
import { recomputeBirthrights } from './recompute.ts';

const because = 'looked through';
const STAFF = 20;

let house: LifecycleHouse;
let entitlementId: string;
const people: string[] = [];

beforeAll(async () => {
  house = await lifecycleHouse();
  await house.as('test').act({ action: 'test.set_up' }, async (ctx, permit) => {
    const { id: systemId } = await registerSystem(ctx, permit, { name: 'intranet', kind: 'fake' });
    entitlementId = (await putEntitlement(ctx, permit, { systemId, kind: 'group', nativeId: 'staff', name: 'staff' }))
      .id;
  });
  for (let n = 0; n < STAFF; n += 1) people.push(await hire(n));
  const few = { percent: 0, free: 5, most: null };
  await house.perform(
    'changeLimits.put',
    { kind: 'birthrights', limits: { create: few, update: few, delete: few } },
    house.admin,
  );
});
afterAll(() => house.close());

const hire = async (n: number): Promise<string> => {
  const identityId = newId();
  await house.as('test').act({ action: 'test.set_up' }, (ctx, permit) =>
    putIdentities(ctx, permit, {
      origin: 'test',
      rows: [
        {
          identityId,
          kind: 'person',
          facts: { displayName: `P${n}`, username: `p${n}`, department: 'Care', attributes: { site: 'Graz' } },
        },
      ],
    }),
  );
  return identityId;
};

interface Asked {
  readonly id: string;
  readonly change: { id: string; state: string; heldBecause: { code: string }[] } | null;
}
const rule = (condition: Record<string, string[]>) => ({ name: 'staff', condition, entitlementId });
const put = (condition: Record<string, string[]>): Promise<Asked> =>
  house.perform<Asked>('birthrights.put', rule(condition), house.admin);
const accept = async (id: string, canary?: number): Promise<void> => {
  await house.perform('massChanges.accept', { id, because, ...(canary === undefined ? {} : { canary }) }, house.admin);
  await house.settle();
};
const standing = async (): Promise<string[]> =>
  (
    await house.db.many<{ id: string }>(sql`
      select identity_id as id from access_grant where origin = 'birthright' and ended_because is null and valid_to is null
       order by identity_id`)
  ).map((g) => g.id);
const inForce = async (): Promise<unknown> =>
  (await house.perform<{ items: { condition: unknown }[] }>('birthrights.list', {}, house.admin)).items[0]?.condition;
const stateOf = async (id: string): Promise<string> =>
  (await house.perform<{ state: string }>('massChanges.show', { id }, house.admin)).state;
const nightly = async (): Promise<void> => {
  await house.tasks['lifecycle.recompute']?.({}, undefined as never);
  await house.settle();
};
const lookAtAll = (): Promise<void> => recomputeBirthrights(house.as('lifecycle'), { identityIds: people });

test('a rule over a limit gives nobody anything and is not in force, whatever looks at people meanwhile', async () => {
  const preview = await house.perform('birthrights.preview', rule({ site: ['Graz'] }), house.admin);
  expect(preview).toMatchObject({
    starts: STAFF,
    ends: 0,
    blocked: 0,
    over: [{ code: 'limit.create' }, { code: 'limit.create' }],
  });
  const { change } = await put({ site: ['Graz'] });
  expect(change).toMatchObject({ state: 'held', heldBecause: [{ code: 'limit.create' }, { code: 'limit.create' }] });
  await lookAtAll();
  await nightly();
  expect(await standing()).toEqual([]);
  expect(await inForce()).toBeUndefined();
});

test('after its canary those few keep what they have, the others get nothing, and the rule is not in force', async () => {
  const { change } = await put({ site: ['Graz'] });
  await accept(change?.id ?? '', 3);
  expect(await stateOf(change?.id ?? '')).toBe('canary');
  const few = await standing();
  expect(few).toHaveLength(3);
  await lookAtAll();
  await nightly();
  expect(await standing()).toEqual(few);
  expect(await inForce()).toBeUndefined();
});

test('accepted whole it is carried out, in force from then on, and gives whoever came meanwhile', async () => {
  const { items } = await house.perform<{ items: { id: string }[] }>(
    'massChanges.list',
    { kind: 'birthrights', state: 'canary' },
    house.admin,
  );
  people.push(await hire(STAFF));
  await accept(items[0]?.id ?? '');
  expect(await stateOf(items[0]?.id ?? '')).toBe('applied');
  expect(await inForce()).toEqual({ site: ['Graz'] });
  expect(await standing()).toEqual(people.toSorted());
  expect(
    await house.db.one(sql`
      select count(*)::int as n, count(distinct data->>'now') as kinds from audit_event where type = 'birthright.in_force'`),
  ).toEqual({ n: 1, kinds: 1 });
});

test('an edit that takes from too many is held; put away, the rule is as it was', async () => {
  const { change } = await put({ site: ['Nowhere'] });
  expect(change).toMatchObject({ state: 'held', heldBecause: [{ code: 'limit.delete' }, { code: 'limit.delete' }] });
  await lookAtAll();
  await house.perform('massChanges.decline', { id: change?.id, because }, house.admin);
  await nightly();
  expect(await inForce()).toEqual({ site: ['Graz'] });
  expect(await standing()).toEqual(people.toSorted());
});

test('one command undoes an edit: the rule and what everybody has are as before', async () => {
  const { change } = await put({ site: ['Nowhere'] });
  await accept(change?.id ?? '');
  expect(await standing()).toEqual([]);
  expect(await inForce()).toEqual({ site: ['Nowhere'] });
  await house.perform('massChanges.undo', { id: change?.id, because }, house.admin);
  await house.settle();
  expect(await stateOf(change?.id ?? '')).toBe('undone');
  expect(await inForce()).toEqual({ site: ['Graz'] });
  expect(await standing()).toEqual(people.toSorted());
  await nightly();
  expect(await standing()).toEqual(people.toSorted());
});

test('removing a rule that many have by is held too', async () => {
  const { items } = await house.perform<{ items: { id: string }[] }>('birthrights.list', {}, house.admin);
  const removed = await house.perform<Asked>('birthrights.remove', { id: items[0]?.id }, house.admin);
  expect(removed.change?.state).toBe('held');
  expect(await standing()).toEqual(people.toSorted());
  await accept(removed.change?.id ?? '');
  expect(await standing()).toEqual([]);
  expect(await inForce()).toBeUndefined();
  await house.perform('massChanges.undo', { id: removed.change?.id, because }, house.admin);
  await house.settle();
  expect(await inForce()).toEqual({ site: ['Graz'] });
  expect(await standing()).toEqual(people.toSorted());
});

test('facts that changed behind its back make a recompute wait when it would take from too many', async () => {
  await house.db.run(
    sql`update identity_facts set attributes = '{"site": "Nowhere"}' where identity_id = any(${people.slice(0, 6)}::uuid[])`,
  );
  await nightly();
  const { items } = await house.perform<{ items: { id: string; items: number }[] }>(
    'massChanges.list',
    { kind: 'birthrights', state: 'held' },
    house.admin,
  );
  expect(items).toMatchObject([{ items: 6 }]);
  expect(await standing()).toEqual(people.toSorted());
  await house.db.run(
    sql`update identity_facts set attributes = '{"site": "Graz"}' where identity_id = ${people[0] ?? ''}`,
  );
  await accept(items[0]?.id ?? '');
  expect(await standing()).toHaveLength(people.length - 5);
  const { items: skipped } = await house.perform<{ items: { problem: string }[] }>(
    'massChanges.items',
    { id: items[0]?.id, state: 'skipped' },
    house.admin,
  );
  expect(skipped).toMatchObject([{ problem: 'it is not due any more' }]);
});

test('a rule that is not in force yet is taken away with the plan that waits, and gives nobody anything', async () => {
  const asked = await house.perform<Asked>(
    'birthrights.put',
    { name: 'waits', condition: { department: ['Care'] }, entitlementId },
    house.admin,
  );
  expect(asked.change?.state).toBe('held');
  const removed = await house.perform<Asked>('birthrights.remove', { id: asked.id }, house.admin);
  expect(removed).toMatchObject({ id: asked.id, change: null });
  expect(await stateOf(asked.change?.id ?? '')).toBe('superseded');
  await expect(
    house.perform('massChanges.accept', { id: asked.change?.id, because }, house.admin),
  ).rejects.toMatchObject({ code: 'mass_change.not_open' });
  await expect(house.perform('birthrights.remove', { id: asked.id }, house.admin)).rejects.toMatchObject({
    status: 404,
  });
});
