import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { decideModule, type Permit } from '#spine/decide/index.ts';
import {
  ADMIN_ROLES,
  createIdentity,
  createRole,
  graphModule,
  putEntitlement,
  registerSystem,
  setRoleContent,
  startGrant,
} from '#spine/graph/index.ts';
import type { Ctx, Module } from '#spine/operations/index.ts';
import { testHouse, type House } from '#test/harness/house.ts';
import { sodModule } from './index.ts';

let house: House;
const who: Record<string, string> = {};
const what: Record<string, string> = {};
const grants: Record<string, string> = {};
const id = (of: Record<string, string>, name: string): string => of[name] ?? '';
const builder: Module = {
  name: 'builder',
  policies: `
    @id("builder.builds")
    permit (principal == Reeve::Component::"test", action == Reeve::Action::"world.build", resource);`,
};
const build = <T>(work: (ctx: Ctx, permit: Permit) => Promise<T>): Promise<T> =>
  house.as('test').act({ action: 'world.build' }, (ctx, permit) => work(ctx, permit));

interface Answer {
  readonly comes: number;
  readonly clears: number;
  readonly blocked: number;
  readonly people: readonly {
    readonly person: { readonly name: string };
    readonly comes: readonly { readonly rule: string; readonly sides: readonly { readonly paths: string[][] }[] }[];
    readonly clears: readonly { readonly rule: string }[];
  }[];
}
const ask = (input: object, as = 'officer'): Promise<Answer> => house.perform<Answer>('sod.whatIf', input, id(who, as));
const RULE = 'Make and pay';

beforeAll(async () => {
  house = await testHouse(({ decide }) => [graphModule, decideModule({ decide }), sodModule({ decide }), builder]);
  await house.db.run(sql`update sod_rule set valid_to = '2000-01-02T00:00:00Z'`);
  await build(async (ctx, permit) => {
    for (const username of ['officer', 'both', 'maker', 'clerk'])
      who[username] = (
        await createIdentity(ctx, permit, { kind: 'person', facts: { displayName: username, username } })
      ).id;
    const erp = await registerSystem(ctx, permit, { name: 'erp', kind: 'csv' });
    for (const name of ['make', 'pay', 'read'])
      what[name] = (await putEntitlement(ctx, permit, { systemId: erp.id, kind: 'group', nativeId: name, name })).id;
    const role = await createRole(ctx, permit, { name: 'desk' });
    what['desk'] = role.id;
    await setRoleContent(ctx, permit, { roleId: role.id, entitlementIds: [id(what, 'read')], roleIds: [] });
    const give = async (name: string, on: { entitlementId?: string; roleId?: string }): Promise<string> =>
      (await startGrant(ctx, permit, { identityId: id(who, name), ...on, origin: 'admin', reason: 'test' })).id;
    await give('officer', { entitlementId: ADMIN_ROLES.security_officer });
    await give('maker', { entitlementId: id(what, 'make') });
    await give('clerk', { entitlementId: id(what, 'make') });
    await give('clerk', { roleId: role.id });
    await give('both', { entitlementId: id(what, 'make') });
    grants['pay of both'] = await give('both', { entitlementId: id(what, 'pay') });
  });
  await house.perform(
    'sod.createRule',
    {
      name: RULE,
      severity: 'high',
      mode: 'enforce',
      functions: [
        { name: 'make', entitlementIds: [id(what, 'make')] },
        { name: 'pay', entitlementIds: [id(what, 'pay')] },
      ],
    },
    id(who, 'officer'),
  );
});
beforeEach(() => house.clock.advance(1000));
afterAll(() => house.close());

test('what a person would get makes a conflict, with the way to each side; what comes when the other is over makes none', async () => {
  const found = await ask({ identity: 'maker', gives: [{ entitlementId: id(what, 'pay') }] });
  expect(found).toMatchObject({ comes: 1, clears: 0, blocked: 1, people: [{ comes: [{ rule: RULE }], clears: [] }] });
  expect(found.people[0]?.comes[0]?.sides.map((side) => side.paths)).toEqual([[['admin', 'make']], [['pay']]]);
  expect(await ask({ identity: 'maker', gives: [{ entitlementId: id(what, 'read') }] })).toMatchObject({ people: [] });
});

test('a grant that ends clears one, and is no way round what comes instead', async () => {
  const ends = [id(grants, 'pay of both')];
  expect(await ask({ identity: 'both', endsGrantIds: ends })).toMatchObject({
    comes: 0,
    clears: 1,
    people: [{ clears: [{ rule: RULE }] }],
  });
  const swapped = { identity: 'both', endsGrantIds: ends, gives: [{ entitlementId: id(what, 'pay') }] };
  expect(await ask(swapped)).toMatchObject({ comes: 0, clears: 0 });
});

test('what a role would contain is asked for all who have it', async () => {
  const entitlements = [id(what, 'read'), 'erp:pay'];
  expect(await ask({ role: { id: id(what, 'desk'), entitlements } })).toMatchObject({
    comes: 1,
    blocked: 1,
    people: [{ person: { name: 'clerk' }, comes: [{ rule: RULE }] }],
  });
});

test('a file of rules is asked for everybody: who comes into conflict and who out of it', async () => {
  const csv = (mode: string, pays: string): string =>
    [
      'Rule,Severity,Mode,Function,Entitlement',
      `${RULE},high,${mode},make,erp:make`,
      `${RULE},high,${mode},pay,erp:${pays}`,
    ].join('\n');
  expect(await ask({ file: { csv: csv('enforce', 'pay') } })).toMatchObject({ people: [] });
  const found = await ask({ file: { csv: csv('warn', 'read') } });
  expect(found).toMatchObject({ comes: 1, clears: 1, blocked: 0 });
  expect(found.people.map((p) => [p.person.name, p.comes.length, p.clears.length]).toSorted()).toEqual([
    ['both', 0, 1],
    ['clerk', 1, 0],
  ]);
});

test('names one thing, and is asked by people about themselves alone', async () => {
  await expect(ask({})).rejects.toMatchObject({ status: 422 });
  await expect(ask({ identity: 'maker', file: { csv: 'x' } })).rejects.toMatchObject({ status: 422 });
  await expect(ask({ identity: 'maker', gives: [{}] })).rejects.toMatchObject({ status: 422 });
  expect(await ask({ identity: 'maker', gives: [{ entitlementId: id(what, 'pay') }] }, 'maker')).toMatchObject({
    comes: 1,
  });
  await expect(ask({ identity: 'both' }, 'maker')).rejects.toMatchObject({ status: 404 });
  await expect(ask({ role: { id: id(what, 'desk'), entitlements: [] } }, 'maker')).rejects.toMatchObject({
    status: 403,
  });
  await expect(ask({ file: { csv: 'x' } }, 'maker')).rejects.toMatchObject({ status: 403 });
});

test('time counts: what ends on Wednesday does not meet what begins on Thursday, and does when that begins on Wednesday', async () => {
  const day = (n: number): Date => new Date(house.clock.now().getTime() + n * 86_400_000);
  const timed = await build(async (ctx, permit) => {
    const made = await createIdentity(ctx, permit, {
      kind: 'person',
      facts: { displayName: 'timed', username: 'timed' },
    });
    await startGrant(ctx, permit, {
      identityId: made.id,
      entitlementId: id(what, 'make'),
      validFrom: day(1),
      validTo: day(4),
      origin: 'admin',
      reason: 'Monday to Wednesday',
    });
    return made.id;
  });
  const pay = (from: Date): Promise<Answer> =>
    ask({
      identity: timed,
      gives: [{ entitlementId: id(what, 'pay'), validFrom: from.toISOString(), validTo: day(6).toISOString() }],
    });
  expect(await pay(day(4))).toMatchObject({ comes: 0 });
  const found = await pay(day(3));
  expect(found).toMatchObject({
    comes: 1,
    people: [{ comes: [{ validFrom: day(3).toISOString(), validTo: day(4).toISOString() }] }],
  });
});
