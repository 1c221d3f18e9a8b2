import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { decideModule, type Permit } from '#spine/decide/index.ts';
import {
  ADMIN_ROLES,
  createIdentity,
  graphModule,
  putEntitlement,
  registerSystem,
  startGrant,
} from '#spine/graph/index.ts';
import type { Ctx, Module } from '#spine/operations/index.ts';
import { testHouse, type House } from '#test/harness/house.ts';
import { sodModule } from '../index.ts';

const DAY = 86_400_000;
let house: House;
let officer: string;
let owner: string;
let controller: string;
let rule: string;
let n = 0;

const builder: Module = {
  name: 'builder',
  policies: `
    @id("builder.builds")
    permit (principal == Reeve::Component::"test", action == Reeve::Action::"world.build", resource);`,
};
const build = <T>(work: (ctx: Ctx, permit: Permit) => Promise<T>): Promise<T> =>
  house.as('test').act({ action: 'world.build' }, (ctx, permit) => work(ctx, permit));
const person = (name: string): Promise<string> =>
  build(async (ctx, permit) => {
    const facts = { displayName: name, username: name };
    return (await createIdentity(ctx, permit, { kind: 'person', facts })).id;
  });

beforeAll(async () => {
  house = await testHouse((parts) => [graphModule, decideModule(parts), sodModule(parts), builder]);
  officer = await person('officer');
  owner = await person('owner');
  controller = await person('controller');
  const sides = await build(async (ctx, permit) => {
    const roleOf = { identityId: officer, entitlementId: ADMIN_ROLES.security_officer } as const;
    await startGrant(ctx, permit, { ...roleOf, origin: 'admin', reason: 'test' });
    const { id: systemId } = await registerSystem(ctx, permit, { name: 'erp', kind: 'csv' });
    const side = async (name: string): Promise<string> =>
      (await putEntitlement(ctx, permit, { systemId, kind: 'group', nativeId: name, name })).id;
    return { make: await side('make'), pay: await side('pay') };
  });
  const made = await house.perform<{ id: string }>(
    'sod.createRule',
    {
      name: 'Make and pay',
      severity: 'high',
      ownerId: owner,
      functions: [
        { name: 'make', entitlementIds: [sides.make] },
        { name: 'pay', entitlementIds: [sides.pay] },
      ],
    },
    officer,
  );
  rule = made.id;
});
afterAll(() => house.close());
beforeEach(() => house.db.run(sql`delete from sod_warning_terms`));

const except = async (days: number): Promise<{ id: string; identityId: string }> => {
  n += 1;
  const identityId = await person(`holder${n}`);
  return await house.perform<{ id: string; identityId: string }>(
    'sod.grantException',
    {
      rule,
      identity: identityId,
      reason: 'small office',
      control: 'a look every month',
      controlOwnerId: controller,
      validTo: new Date(house.clock.now().getTime() + days * DAY).toISOString(),
    },
    officer,
  );
};
/** What was told about somebody after the job ran, twice at the same time. */
const warned = async (identityId: string): Promise<{ template: string; to: string[]; days: number }[]> => {
  const job = house.registry.jobs.get('sod.warnOfEnds');
  await Promise.all([job?.run(house.as('sod'), {}), job?.run(house.as('sod'), {})]);
  await house.settle();
  return await house.db.many(sql`
    select n.data ->> 'template' as template, n.data -> 'to' as to, (e.data ->> 'daysBefore')::int as days
      from audit_event n join audit_event e on e.type = 'sod_exception.ends_soon' and e.xid = n.xid
     where n.type = 'notice.wanted' and n.data ->> 'template' = 'sod.exception_ends_soon' and e.data ->> 'identityId' = ${identityId}
     order by n.at`);
};

test('owners of rule and control are warned before an exception ends, each day of the terms once', async () => {
  const { identityId } = await except(40);
  expect(await warned(identityId)).toEqual([]);
  house.clock.advance(10 * DAY);
  const [first, ...none] = await warned(identityId);
  expect([first?.days, first?.to.toSorted(), none]).toEqual([30, [owner, controller].toSorted(), []]);
  house.clock.advance(3 * DAY);
  expect(await warned(identityId), 'no day of the terms').toHaveLength(1);
  house.clock.advance(14 * DAY);
  expect((await warned(identityId)).map(({ days }) => days)).toEqual([30, 14]);
});

test('of days that were missed only the nearest is told, and none that is longer than the exception lasts', async () => {
  const { identityId } = await except(10);
  expect(await warned(identityId), 'not of 30 and 14 on its first day').toEqual([]);
  house.clock.advance(9.5 * DAY);
  expect((await warned(identityId)).map(({ days }) => days)).toEqual([1]);
});

test('the days are what the house says; an exception that was ended warns of nothing', async () => {
  await house.perform('sod.putWarningTerms', { warnDays: [3, 20, 3] }, officer);
  expect(await house.perform('sod.showWarningTerms', {}, officer)).toEqual({ warnDays: [20, 3] });
  expect(await house.perform('sod.putWarningTerms', { warnDays: [0] }, officer).catch(() => 'refused')).toBe('refused');
  await expect(house.perform('sod.putWarningTerms', { warnDays: [] }, owner)).rejects.toMatchObject({ status: 403 });
  const [going, ended] = [await except(25), await except(25)];
  await house.perform('sod.endException', { exception: ended.id }, officer);
  house.clock.advance(6 * DAY);
  expect((await warned(going.identityId)).map(({ days }) => days)).toEqual([20]);
  expect(await warned(ended.identityId)).toEqual([]);
});

test('the database keeps a day from being warned of twice', async () => {
  const { id } = await except(10);
  const once = sql`insert into sod_exception_warning (exception_id, days_before, warned_at) values (${id}, 5, now())`;
  await house.db.run(once);
  await expect(house.db.run(once)).rejects.toMatchObject({ constraint: 'sod_exception_warning_is_once' });
});
