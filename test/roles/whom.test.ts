import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '#kit/ids/index.ts';
import { decideModule, type Permit } from '#spine/decide/index.ts';
import { directGrantsModule } from '#govern/direct-grants/index.ts';
import { entitlementsModule } from '#govern/entitlements/index.ts';
import { birthrightChanges, lifecycleModule } from '#govern/lifecycle/index.ts';
import { roleVersionsModule } from '#govern/role-versions/index.ts';
import { massChangesModule } from '#spine/mass-changes/index.ts';
import {
  ADMIN_ROLES,
  changeIdentityFacts,
  createIdentity,
  effectiveAccess,
  graphModule,
  putEntitlement,
  registerSystem,
  startGrant,
} from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { testHouse, type House } from '#test/harness/house.ts';

const policies = `
@id("test.sets_up")
permit (principal == Reeve::Component::"test", action == Reeve::Action::"test.set_up", resource);
`;
let house: House;
const who: Record<string, string> = {};
const things: Record<string, string> = {};
const build = <T>(work: (ctx: Ctx, permit: Permit) => Promise<T>): Promise<T> =>
  house.as('test').act({ action: 'test.set_up' }, (ctx, permit) => work(ctx, permit));

beforeAll(async () => {
  house = await testHouse(({ decide }) => [
    graphModule,
    decideModule({ decide }),
    massChangesModule([birthrightChanges]),
    lifecycleModule({ targets: {} as never }),
    entitlementsModule,
    directGrantsModule,
    roleVersionsModule({ decide, sessionsEnding: () => Promise.resolve([]) }),
    { name: 'test', policies },
  ]);
  await build(async (ctx, permit) => {
    for (const [name, department] of [
      ['drafter', 'IT'],
      ['owner', 'IT'],
      ['officer', 'IT'],
      ['anna', 'Finance'],
      ['bert', 'Finance'],
      ['cleo', 'Finance'],
      ['dora', 'Sales'],
    ] as const) {
      const facts = { displayName: name, username: name, department };
      who[name] = (await createIdentity(ctx, permit, { kind: 'person', facts })).id;
    }
    for (const [name, entitlementId] of [
      ['drafter', ADMIN_ROLES.administrator],
      ['officer', ADMIN_ROLES.security_officer],
    ] as const)
      await startGrant(ctx, permit, { identityId: who[name] ?? '', entitlementId, origin: 'admin', reason: 'test' });
    const { id: systemId } = await registerSystem(ctx, permit, { name: 'erp', kind: 'csv' });
    for (const name of ['read', 'pay', 'approve'])
      things[name] = (await putEntitlement(ctx, permit, { systemId, kind: 'group', nativeId: name, name })).id;
  });
});
afterAll(() => house.close());

const id = (name: string): string => things[name] ?? '';
const person = (name: string): string => who[name] ?? '';
const perform = <T = Record<string, unknown>>(operation: string, input: unknown, as = 'drafter'): Promise<T> =>
  house.perform<T>(operation, input, who[as]);
interface Shown {
  readonly impact: {
    readonly stale: string | null;
    readonly gaining: number;
    readonly losing: number;
    readonly newConflicts: readonly { readonly name: string; readonly mode: string; readonly people: number }[];
  };
}
const makeRole = async (): Promise<string> =>
  (
    await perform<{ id: string }>('roleVersions.createRole', {
      name: `role ${newId()}`,
      description: 'test',
      ownerId: person('owner'),
    })
  ).id;
const draft = async (role: string, more: object): Promise<string> =>
  (
    await perform<{ id: string }>('roleVersions.draft', {
      role,
      kind: 'business',
      entitlements: [{ id: id('read') }],
      reason: 'because',
      ...more,
    })
  ).id;
const look = async (version: string): Promise<Shown> => {
  await perform('roleVersions.look', { id: version });
  await house.settle();
  return await perform<Shown>('roleVersions.show', { id: version });
};
const publish = (version: string, as = 'owner', more = {}): Promise<unknown> =>
  perform('roleVersions.publish', { id: version, because: 'looked at', ...more }, as);
const putOut = async (version: string, as = 'owner'): Promise<Shown> => {
  const shown = await look(version);
  await perform('roleVersions.ask', { id: version });
  await publish(version, as);
  await house.settle();
  return shown;
};
const give = (role: string, to: string): Promise<{ id: string }> =>
  build((ctx, permit) =>
    startGrant(ctx, permit, { identityId: person(to), roleId: role, origin: 'admin', reason: 'test' }),
  );
const holders = async (role: string): Promise<string[]> => {
  const { items } = await perform<{ items: { identity: { name: string } }[] }>('roleVersions.holders', {
    role,
    limit: 200,
  });
  return items.map(({ identity }) => identity.name).sort();
};
const financeHasIt = { assignment: { personCondition: 'person.department == "Finance"' } };

test('who fits a version’s condition has the role from its publication on, as its report said, and follows what they are', async () => {
  const role = await makeRole();
  const shown = await putOut(await draft(role, financeHasIt));
  expect(shown.impact).toMatchObject({ assigned: 3, unassigned: 0, blocked: 0, gaining: 3, gains: 3 });
  expect(await holders(role)).toEqual(['anna', 'bert', 'cleo']);
  expect(await perform('roleVersions.whom', { role })).toMatchObject(financeHasIt);

  house.clock.advance(1000);
  await build((ctx, permit) =>
    changeIdentityFacts(ctx, permit, { identityId: person('cleo'), change: { department: 'Sales' } }),
  );
  const next = await draft(role, {});
  expect((await look(next)).impact).toMatchObject({ stale: null });
  const other = { assignment: { personCondition: 'person.department == "Sales"', graceDays: 0 } };
  const sales = await draft(role, other);
  const { impact } = await putOut(sales);
  expect(impact).toMatchObject({ assigned: 1, unassigned: 2, gaining: 1, losing: 2 });
  expect(await holders(role)).toEqual(['cleo', 'dora']);
  const gone = await putOut(await draft(role, { assignment: null }));
  expect(gone.impact).toMatchObject({ assigned: 0, unassigned: 2, losing: 2 });
  expect(await holders(role)).toEqual([]);
  const { impact: again } = await putOut(await draft(role, other));
  expect(again).toMatchObject({ assigned: 2, gaining: 2 });
  await putOut(await draft(role, { assignment: null }));
});

test('a report is stale once somebody comes to fit, and the rule of a version is changed by a version only', async () => {
  const role = await makeRole();
  const version = await draft(role, { assignment: { personCondition: 'person.department == "Legal"' } });
  expect((await look(version)).impact).toMatchObject({ assigned: 0 });
  await perform('roleVersions.ask', { id: version });
  house.clock.advance(1000);
  await build((ctx, permit) =>
    changeIdentityFacts(ctx, permit, { identityId: person('dora'), change: { department: 'Legal' } }),
  );
  await expect(publish(version)).rejects.toMatchObject({ code: 'role_version.report_stale' });
  expect((await look(version)).impact).toMatchObject({ assigned: 1, gaining: 1 });
  await publish(version);
  expect(await holders(role)).toEqual(['dora']);
  const { items } = await perform<{ items: { id: string; roleId: string }[] }>('birthrights.list', { limit: 200 });
  const rule = items.find((one) => one.roleId === role)?.id;
  await expect(perform('birthrights.remove', { id: rule })).rejects.toMatchObject({
    code: 'birthright.of_a_role_version',
  });
  await putOut(await draft(role, { assignment: null }));
});

test('whom a role excepts is given it by no rule, not by its own and not by another, and keeps what they asked for', async () => {
  const role = await makeRole();
  await putOut(await draft(role, {}));
  await give(role, 'bert');
  await perform('birthrights.put', {
    name: `other ${role}`,
    condition: {},
    personCondition: 'person.department == "Finance"',
    roleId: role,
  });
  await house.settle();
  expect(await holders(role)).toEqual(['anna', 'bert', 'bert']);
  const { impact } = await putOut(await draft(role, { exceptPeople: [person('anna'), person('bert')] }));
  expect(impact).toMatchObject({ unassigned: 2, losing: 1 });
  expect(await holders(role)).toEqual(['bert']);
  expect(await perform('roleVersions.whom', { role })).toMatchObject({
    exceptPeople: expect.arrayContaining([{ id: person('anna'), name: 'anna' }]),
  });
});

test('a condition that cannot be asked, and who is not known, are refused where they are', async () => {
  const role = await makeRole();
  const refused = (more: object, pointer: string): Promise<void> =>
    expect(draft(role, more)).rejects.toMatchObject({ errors: [expect.objectContaining({ pointer })] });
  await refused({ assignment: { personCondition: 'person.department ==' } }, '/assignment/personCondition');
  await refused({ assignment: { personCondition: 'person.all.exists(x, x == "a")' } }, '/assignment/personCondition');
  await refused({ exceptPeople: [newId()] }, '/exceptPeople/0');
  await refused({ excludes: [{ roleId: role }] }, '/excludes/0/roleId');
});

test('over a limit a version whose rule gives to many is published only by somebody who accepts that', async () => {
  const role = await makeRole();
  await build(async (ctx, permit) => {
    for (let n = 0; n < 60; n += 1)
      await createIdentity(ctx, permit, { kind: 'person', facts: { displayName: `P${n}`, department: 'Works' } });
  });
  const version = await draft(role, { assignment: { personCondition: 'person.department == "Works"' } });
  expect((await look(version)).impact).toMatchObject({ assigned: 60, gaining: 60, over: [{}, {}] });
  await perform('roleVersions.ask', { id: version });
  await expect(publish(version)).rejects.toMatchObject({ code: 'role_version.over_limit' });
  await publish(version, 'owner', { acceptLimits: true });
  expect(await holders(role)).toHaveLength(60);
});

test('roles that exclude one another are kept apart whatever they are made of, by a rule that a security officer answers for', async () => {
  const [one, other] = [await makeRole(), await makeRole()];
  await give(other, 'anna');
  const version = await draft(one, { ...financeHasIt, excludes: [{ roleId: other, severity: 'critical' }] });
  const { impact } = await look(version);
  expect(impact).toMatchObject({ blocked: 1, newConflicts: [] });
  await perform('roleVersions.ask', { id: version });
  await expect(publish(version)).rejects.toMatchObject({ status: 403 });
  await publish(version, 'officer');
  await house.settle();
  expect(await holders(one)).not.toContain('anna');
  expect(await holders(one)).toContain('bert');
  const reached = await house.db.tx((tx) => effectiveAccess(tx, person('bert')));
  expect(reached.filter((row) => row.path.some((step) => step.id === one)).length).toBeGreaterThan(0);
  await expect(
    perform('grants.give', { identity: person('bert'), roleId: other, because: 'test' }),
  ).rejects.toMatchObject({ code: 'sod.conflict' });

  house.clock.advance(1000);
  const loose = await draft(one, { excludes: [] });
  expect((await look(loose)).impact).toMatchObject({ gaining: 1, assigned: 1 });
});

test('an exclusion that people are in already is refused while it is enforced, and counted while it warns', async () => {
  const [one, other] = [await makeRole(), await makeRole()];
  for (const role of [one, other]) await give(role, 'dora');
  const version = await draft(one, { entitlements: [], excludes: [{ roleId: other }] });
  expect((await look(version)).impact.newConflicts).toMatchObject([{ mode: 'enforce', people: 1 }]);
  await perform('roleVersions.ask', { id: version });
  await expect(publish(version, 'officer')).rejects.toMatchObject({ code: 'role_version.sod_conflict' });
  await perform('roleVersions.return', { id: version, because: 'again' }, 'officer');
  const warned = await draft(one, { entitlements: [], excludes: [{ roleId: other, mode: 'warn' }] });
  expect((await putOut(warned, 'officer')).impact.newConflicts).toMatchObject([{ mode: 'warn', people: 1 }]);
  const inner = await makeRole();
  await expect(draft(inner, { roles: [{ id: one }], excludes: [{ roleId: one }] })).rejects.toMatchObject({
    errors: [expect.objectContaining({ pointer: '/excludes/0/roleId' })],
  });
});
