import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { createSodRule, decideModule, type Permit } from '#spine/decide/index.ts';
import { roleVersionsModule } from '#govern/role-versions/index.ts';
import { followDates } from '#govern/role-versions/follow-dates.ts';
import {
  addEdge,
  ADMIN_ROLES,
  changeIdentityFacts,
  createIdentity,
  effectiveAccess,
  endGrant,
  graphModule,
  privilegeOf,
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
    roleVersionsModule({ decide, sessionsEnding: () => Promise.resolve([]) }),
    { name: 'test', policies },
  ]);
  await build(async (ctx, permit) => {
    for (const name of ['drafter', 'other', 'owner', 'holder', 'second']) {
      const facts = { displayName: name, username: name };
      who[name] = (await createIdentity(ctx, permit, { kind: 'person', facts })).id;
    }
    for (const name of ['drafter', 'other'])
      await startGrant(ctx, permit, {
        identityId: who[name] ?? '',
        entitlementId: ADMIN_ROLES.administrator,
        origin: 'admin',
        reason: 'test',
      });
    const system = await registerSystem(ctx, permit, { name: 'erp', kind: 'csv', host: '127.0.0.9', port: 1 });
    for (const name of ['read', 'pay', 'approve', 'deep', 'sign'])
      things[name] = (
        await putEntitlement(ctx, permit, { systemId: system.id, kind: 'group', nativeId: name, name })
      ).id;
  });
});
afterAll(() => house.close());

const id = (name: string): string => things[name] ?? '';
const perform = <T = Record<string, unknown>>(operation: string, input: unknown, as = 'drafter'): Promise<T> =>
  house.perform<T>(`roleVersions.${operation}`, input, who[as]);

interface Shown {
  readonly state: string;
  readonly impact: {
    stale: string | null;
    gaining: number;
    losing: number;
    newConflicts: { mode: string }[];
    over: unknown[];
  };
}
const makeRole = async (name: string): Promise<string> =>
  (await perform<{ id: string }>('createRole', { name, description: 'test', ownerId: who['owner'] })).id;
const give = (role: string, to = 'holder'): Promise<{ id: string }> =>
  build((ctx, permit) =>
    startGrant(ctx, permit, { identityId: who[to] ?? '', roleId: role, origin: 'admin', reason: 'test' }),
  );
const draft = async (role: string, entitlements: readonly unknown[], roles: readonly unknown[] = []): Promise<string> =>
  (await perform<{ id: string }>('draft', { role, kind: 'business', entitlements, roles, reason: 'because' })).id;
const look = async (version: string): Promise<Shown> => {
  await perform('look', { id: version });
  await house.settle();
  return await perform<Shown>('show', { id: version });
};
const ready = async (version: string): Promise<Shown> => {
  const shown = await look(version);
  await perform('ask', { id: version });
  return shown;
};
const publish = (version: string, as = 'owner', more = {}): Promise<unknown> =>
  perform('publish', { id: version, because: 'looked at', ...more }, as);
const accessOf = async (name: string): Promise<string[]> =>
  [...new Set((await house.db.tx((tx) => effectiveAccess(tx, who[name] ?? ''))).map((row) => row.name))].sort();

test('a draft is published only with a report, by another person, and then gives what the report said', async () => {
  const role = await makeRole('Clerks');
  await give(role);
  const version = await draft(role, [{ id: id('read') }]);
  await expect(perform('ask', { id: version })).rejects.toMatchObject({ code: 'role_version.report_stale' });
  const shown = await ready(version);
  expect(shown.impact).toMatchObject({ stale: null, gaining: 1, losing: 0 });
  expect(await accessOf('holder')).toEqual([]);
  await expect(publish(version, 'drafter')).rejects.toMatchObject({ status: 403 });
  await publish(version);
  expect(await accessOf('holder')).toEqual(['read']);
  await expect(publish(version)).rejects.toMatchObject({ code: 'role_version.not_open' });
});

test('a report is stale once a grant, a nesting, a rule or the draft itself changed, or time did, and publishing is refused', async () => {
  const role = await makeRole('Stale');
  const kept = await give(role);
  const version = await draft(role, [{ id: id('read') }]);
  const stale = async (why: RegExp): Promise<void> => {
    await expect(publish(version)).rejects.toMatchObject({ code: 'role_version.report_stale' });
    expect((await perform<Shown>('show', { id: version })).impact.stale).toMatch(why);
    expect((await look(version)).impact.stale).toBeNull();
  };
  await ready(version);
  await give(role, 'second');
  await stale(/changed since/);
  await build((ctx, permit) => addEdge(ctx, permit, { parentId: id('read'), childId: id('deep') }));
  await stale(/changed since/);
  await build((ctx, permit) => endGrant(ctx, permit, { grantId: kept.id, because: 'test' }));
  await stale(/changed since/);
  const rule = {
    name: 'Apart',
    description: 'test',
    severity: 'high' as const,
    mode: 'enforce' as const,
    functions: [
      { name: 'pay', entitlementIds: [id('pay')] },
      { name: 'approve', entitlementIds: [id('approve')] },
    ],
  };
  await build((ctx, permit) => createSodRule(ctx, permit as Permit<'sod_rule.create'>, rule));
  await stale(/changed since/);
  await build((ctx, permit) =>
    startGrant(ctx, permit, {
      identityId: who['holder'] ?? '',
      roleId: role,
      origin: 'admin',
      reason: 'test',
      validTo: new Date(house.clock.now().getTime() + 60_000),
    }),
  );
  await look(version);
  house.clock.advance(61_000);
  await stale(/began or ended/);
  await perform('return', { id: version, because: 'again' }, 'owner');
  await draft(role, [{ id: id('read') }, { id: id('pay') }]);
  expect((await perform<Shown>('show', { id: version })).impact.stale).toMatch(/draft was changed/);
  await ready(version);
  await publish(version);
  expect(await accessOf('second')).toEqual(['deep', 'pay', 'read']);
});

test('what would make an enforced rule worse is refused, and what helps nobody but the approver too', async () => {
  const role = await makeRole('Payers');
  await give(role);
  await give(role, 'owner');
  const version = await draft(role, [{ id: id('pay') }, { id: id('approve') }]);
  expect((await ready(version)).impact.newConflicts).toMatchObject([{ mode: 'enforce' }]);
  await expect(publish(version)).rejects.toMatchObject({ code: 'role_version.own_benefit' });
  await expect(publish(version, 'other')).rejects.toMatchObject({ code: 'role_version.sod_conflict' });
  await perform('withdraw', { id: version, because: 'no' });
});

test('a report names conflicts of those alone for whom a rule counts, and is stale once somebody is one of them', async () => {
  const role = await makeRole('Counted');
  await give(role, 'second');
  const functions = [
    { name: 'sign', entitlementIds: [id('sign')] },
    { name: 'read', entitlementIds: [id('read')] },
  ];
  const personCondition = 'person.department == "Finance"';
  const rule = { name: 'Of finance', description: '', severity: 'high' as const, mode: 'enforce' as const, functions };
  await build((ctx, permit) => createSodRule(ctx, permit as Permit<'sod_rule.create'>, { ...rule, personCondition }));
  const version = await draft(role, [{ id: id('sign') }, { id: id('read') }]);
  expect((await ready(version)).impact.newConflicts).toEqual([]);
  const move = (department: string): Promise<unknown> =>
    build((ctx, permit) =>
      changeIdentityFacts(ctx, permit, { identityId: who['second'] ?? '', change: { department } }),
    );
  await move('Finance');
  await expect(publish(version)).rejects.toMatchObject({ code: 'role_version.report_stale' });
  expect((await look(version)).impact.newConflicts).toMatchObject([{ mode: 'enforce' }]);
  await expect(publish(version)).rejects.toMatchObject({ status: 409 });
  house.clock.advance(1000);
  await move('Sales');
});

test('over the limits of changes it takes somebody who accepts them', async () => {
  const role = await makeRole('Many');
  await build(async (ctx, permit) => {
    for (let n = 0; n < 60; n += 1) {
      const { id: identityId } = await createIdentity(ctx, permit, { kind: 'person', facts: { displayName: `P${n}` } });
      await startGrant(ctx, permit, { identityId, roleId: role, origin: 'admin', reason: 'test' });
    }
  });
  const version = await draft(role, [{ id: id('read') }]);
  expect((await ready(version)).impact).toMatchObject({ gaining: 60, over: [{}, {}] });
  await expect(publish(version)).rejects.toMatchObject({ code: 'role_version.over_limit' });
  await publish(version, 'owner', { acceptLimits: true });
});

test('a circle ten deep is refused with its path, and privilege three levels down is everybody’s at once', async () => {
  const chain: string[] = [];
  for (let n = 0; n < 10; n += 1) chain.push(await makeRole(`Level ${n}`));
  await give(chain[0] ?? '', 'second');
  for (let n = 9; n >= 0; n -= 1) {
    const child = chain[n + 1];
    const version = await draft(
      chain[n] ?? '',
      child === undefined ? [{ id: id('sign') }] : [],
      child === undefined ? [] : [{ id: child }],
    );
    expect((await ready(version)).impact.gaining).toBe(n === 0 ? 1 : 0);
    await publish(version);
  }
  await expect(draft(chain[9] ?? '', [], [{ id: chain[0] }])).rejects.toThrow('Level 9 → Level 0 → Level 1 → Level 2');
  await house.db.run(sql`update entitlement set privileged = true where id = ${id('sign')}`);
  const privileged = await house.db.tx((tx) => privilegeOf(tx, { identityIds: [who['second'] ?? ''] }));
  expect([...privileged.keys()]).toEqual([who['second']]);
});

test('what is in a role for a time comes and goes by itself, and says so', async () => {
  const role = await makeRole('Seasonal');
  await give(role);
  await followDates(house.as('role_versions'));
  const at = (ms: number): string => new Date(house.clock.now().getTime() + ms).toISOString();
  const version = await draft(role, [{ id: id('approve'), validFrom: at(60_000), validTo: at(120_000) }]);
  expect((await ready(version)).impact.gaining).toBe(1);
  await publish(version);
  const has = async (): Promise<boolean> => (await accessOf('holder')).includes('approve');
  expect(await has()).toBe(false);
  const said = async (): Promise<number> => {
    await followDates(house.as('role_versions'));
    return (
      await house.db.one<{ n: number }>(sql`
      select count(*)::int as n from audit_event where type = 'role.changed' and data::text like ${`%${role}%`}`)
    ).n;
  };
  const before = await said();
  house.clock.advance(61_000);
  expect([await has(), await said()]).toEqual([true, before + 1]);
  house.clock.advance(60_000);
  expect([await has(), await said()]).toEqual([false, before + 2]);
  expect(await said()).toBe(before + 2);
});
