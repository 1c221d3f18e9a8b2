import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { decideModule, type Permit } from '#spine/decide/index.ts';
import {
  addEdge,
  ADMIN_ROLES,
  createIdentity,
  createRole,
  endGrant,
  graphModule,
  putEntitlement,
  registerSystem,
  setRoleContent,
  startGrant,
} from '#spine/graph/index.ts';
import { sodModule } from '#govern/sod/index.ts';
import type { Ctx, Module } from '#spine/operations/index.ts';
import { testHouse, type House } from '#test/harness/house.ts';
import { FACTORS, OF_ACCOUNTS } from './model.ts';
import { riskLevels, riskModule } from './index.ts';
import { askAfter } from './look-at-due.ts';
import { lookAtEverybody } from './look-at-everybody.ts';

let house: House;
let officer: string;
let system: string;
const DAY = 86_400_000;

const builder: Module = {
  name: 'builder',
  policies: `
    @id("builder.builds")
    permit (principal == Reeve::Component::"test", action == Reeve::Action::"world.build", resource);`,
};
const build = <T>(work: (ctx: Ctx, permit: Permit) => Promise<T>): Promise<T> =>
  house.as('test').act({ action: 'world.build' }, (ctx, permit) => work(ctx, permit));
const person = (name: string): Promise<string> =>
  build(
    async (ctx, permit) =>
      (await createIdentity(ctx, permit, { kind: 'person', facts: { displayName: name, username: name } })).id,
  );
const thing = (name: string, facts: Record<string, unknown> = {}): Promise<string> =>
  build(
    async (ctx, permit) =>
      (await putEntitlement(ctx, permit, { systemId: system, kind: 'group', nativeId: name, name, ...facts })).id,
  );
const give = (identityId: string, of: { entitlementId?: string; roleId?: string }): Promise<string> =>
  build(
    async (ctx, permit) => (await startGrant(ctx, permit, { identityId, ...of, origin: 'admin', reason: 'test' })).id,
  );

interface Shown {
  risk: null | {
    score: number;
    level: string;
    jumpedAt: string | null;
    jumpedFrom: number | null;
    reasons: {
      factor: string;
      points: number;
      count: number;
      of: { kind: string; id: string; name: string; throughName: string | null }[];
    }[];
  };
  days: { day: string; score: number; level: string }[];
}
const show = (identity: string, as = officer): Promise<Shown> => house.perform<Shown>('risk.show', { identity }, as);
const points = async (identity: string): Promise<Record<string, number>> =>
  Object.fromEntries((await show(identity)).risk?.reasons.map((r) => [r.factor, r.points]) ?? []);
const jumps = async (identityId: string): Promise<number> =>
  (
    await house.db.one<{ n: number }>(sql`
    select count(*)::int as n from audit_event where type = 'identity_risk.jumped' and data ->> 'identityId' = ${identityId}`)
  ).n;

beforeAll(async () => {
  house = await testHouse(({ decide }) => [
    graphModule,
    decideModule({ decide }),
    sodModule({ decide }),
    riskModule,
    builder,
  ]);
  officer = await person('officer');
  await give(officer, { entitlementId: ADMIN_ROLES.security_officer });
  system = await build(async (ctx, permit) => (await registerSystem(ctx, permit, { name: 'web1', kind: 'csv' })).id);
});
afterAll(() => house.close());

test('the most of all factors of an identity add up to a hundred, so no score is cut off', () => {
  const all = Object.entries(FACTORS).filter(([factor]) => factor !== OF_ACCOUNTS);
  expect(all.reduce((sum, [, { most }]) => sum + most, 0)).toBe(100);
});

test('privilege counts through roles and nesting, and the points of the reasons add up to the score', async () => {
  const root = await thing('root', { markedPrivileged: true, risk: 'critical' });
  const ops = await thing('ops');
  const role = await build(async (ctx, permit) => {
    await addEdge(ctx, permit, { parentId: ops, childId: root });
    const made = await createRole(ctx, permit, { name: 'operations' });
    await setRoleContent(ctx, permit, { roleId: made.id, entitlementIds: [ops], roleIds: [] });
    return made.id;
  });
  const [through, none] = [await person('through'), await person('none')];
  await give(through, { roleId: role });
  await give(none, { entitlementId: await thing('reports') });
  await house.settle();
  const { risk } = await show('through');
  expect(risk?.reasons.map(({ factor, points: p, count }) => [factor, p, count])).toEqual([
    ['privileged_access', 12, 1],
    ['risky_access', 6, 1],
  ]);
  expect(risk?.reasons[0]?.of).toMatchObject([
    { kind: 'role', id: role, name: 'operations', throughName: 'root on web1' },
  ]);
  expect(risk?.score).toBe(risk?.reasons.reduce((sum, r) => sum + r.points, 0));
  expect(risk?.level).toBe('medium');
  expect((await show('none')).risk).toMatchObject({ score: 0, level: 'low', reasons: [] });
});

test('what was kept at once is what a look at everybody says, block by block, and looking again changes nothing', async () => {
  await house.settle();
  const before = await house.db.many(
    sql`select subject_id, score, level, reasons from identity_risk where identity_id is not null order by 1`,
  );
  await lookAtEverybody(house.as('risk'), 2);
  const again = await lookAtEverybody(house.as('risk'), 3);
  expect(again.changed).toBe(0);
  const after = await house.db.many<{ subjectId: string }>(
    sql`select subject_id, score, level, reasons from identity_risk where identity_id is not null order by 1`,
  );
  expect(after.filter((row) => before.some((b) => (b as { subjectId: string }).subjectId === row.subjectId))).toEqual(
    before,
  );
  const everybody = await house.db.one<{ n: number }>(sql`select count(*)::int as n from identity`);
  expect(after).toHaveLength(everybody.n);
});

test('dormant is what is known to have been used last long ago; unknown use is not', async () => {
  const dba = await thing('dba', { markedPrivileged: true });
  const [known, unknown] = [await person('known'), await person('unknown')];
  const long = new Date(house.clock.now().getTime() - 400 * DAY);
  const account = async (identityId: string, name: string, lastUsedAt: Date | null): Promise<void> => {
    const id = newId();
    await house.db.run(sql`
      insert into account (id, system_id, native_id, name, identity_id, linked_because, valid_from, last_used_at)
      values (${id}, ${system}, ${name}, ${name}, ${identityId}, 'username', ${long}, ${lastUsedAt})`);
    await house.db.run(sql`
      insert into holding (account_id, entitlement_id, observed_at, valid_from) values (${id}, ${dba}, ${long}, ${long})`);
  };
  await account(known, 'known', new Date(house.clock.now().getTime() - 100 * DAY));
  await account(unknown, 'unknown', null);
  await lookAtEverybody(house.as('risk'));
  expect(await points('known')).toEqual({ privileged_access: 12, dormant_privileged: 4 });
  expect(await points('unknown')).toEqual({ privileged_access: 12 });
});

test('an account nobody owns has a risk of its own until somebody does', async () => {
  const id = newId();
  await house.db.run(sql`
    insert into account (id, system_id, native_id, name, privileged, privileged_because, valid_from)
    values (${id}, ${system}, 'toor', 'toor', true, '["uid 0"]', ${house.clock.now()})`);
  await lookAtEverybody(house.as('risk'));
  const list = async (): Promise<unknown[]> =>
    (await house.perform<{ items: unknown[] }>('risk.list', { kind: 'account' }, officer)).items;
  expect(await list()).toMatchObject([{ name: 'toor on web1', score: 40, level: 'high' }]);
  const owner = await person('owner');
  await house.db.run(sql`update account set identity_id = ${owner}, linked_because = 'said' where id = ${id}`);
  await lookAtEverybody(house.as('risk'));
  expect(await list()).toEqual([]);
  expect(await points('owner')).toEqual({ privileged_access: 12 });
});

test('all who are due are looked at once and together, whoever asked how many times', async () => {
  const [one, other, owner] = [await person('due'), await person('also due'), await person('of a due account')];
  await house.settle();
  const account = newId();
  await house.db.run(sql`
    insert into account (id, system_id, native_id, name, identity_id, linked_because, valid_from)
    values (${account}, ${system}, 'due', 'due', ${owner}, 'said', ${house.clock.now()})`);
  const risky = await thing('due', { risk: 'critical' });
  await house.db.run(sql`
    insert into access_grant (id, identity_id, entitlement_id, valid_from, origin, reason, started)
    select gen_random_uuid(), p, ${risky}, ${house.clock.now()}, 'import', 'test', true
      from unnest(array[${one}, ${other}, ${owner}]::uuid[]) p`);
  await house.settle();
  const looks = (): Promise<{ data: unknown }[]> =>
    house.db.many(sql`select data from audit_event where type = 'identity_risks.kept' order by at, id`);
  const before = await looks();
  await house.db.tx(async (tx) => {
    for (let times = 0; times < 20; times++) {
      await askAfter(tx, { identityIds: [one], accountIds: [account] });
      await askAfter(tx, { identityIds: [other, one] });
    }
  });
  await house.settle();
  expect((await looks()).slice(before.length)).toEqual([{ data: { looked: 3, changed: 3 } }]);
  for (const who of ['due', 'also due', 'of a due account']) expect(await points(who)).toEqual({ risky_access: 6 });
  expect(await house.db.many(sql`select from risk_due`)).toEqual([]);
});

test('coming to a level, or by many points, is one jump; the first look, going down and coming back within the days are none', async () => {
  const climber = await person('climber');
  await give(climber, { entitlementId: await thing('mail') });
  await house.settle();
  expect(await jumps(climber)).toBe(0);
  const hot: string[] = [];
  for (const name of ['one', 'two', 'three']) {
    house.clock.advance(60_000);
    hot.push(await give(climber, { entitlementId: await thing(name, { markedPrivileged: true, risk: 'critical' }) }));
    await house.settle();
  }
  // 0, 18, 27, 34: the first by points, the third by level.
  const { risk } = await show('climber');
  expect(risk).toMatchObject({ score: 34, level: 'high', jumpedFrom: 18 });
  expect(await jumps(climber)).toBe(2);
  await build((ctx, permit) => endGrant(ctx, permit, { grantId: hot[2] ?? '', because: 'test' }));
  await house.settle();
  expect((await show('climber')).risk).toMatchObject({ score: 27, level: 'medium' });
  house.clock.advance(2 * DAY);
  await give(climber, { entitlementId: await thing('four', { markedPrivileged: true, risk: 'critical' }) });
  await house.settle();
  expect(await jumps(climber)).toBe(2);
  expect((await show('climber')).days.map(({ score }) => score)).toEqual([34, 27]);
});

test('an open conflict of duties counts by how grave the rule is, and one an exception tolerates for less', async () => {
  const [a, b] = [await thing('orders'), await thing('payments')];
  const both = await person('both');
  await house.perform(
    'sod.createRule',
    {
      name: 'orders and payments',
      severity: 'critical',
      mode: 'record',
      functions: [
        { name: 'orders', entitlementIds: [a] },
        { name: 'payments', entitlementIds: [b] },
      ],
    },
    officer,
  );
  for (const entitlementId of [a, b]) await give(both, { entitlementId });
  await house.settle();
  expect(await points('both')).toEqual({ duties: 12 });
});

test('a level is judged from the graph for whoever asks, kept or not', async () => {
  const fresh = await person('fresh');
  await give(fresh, { entitlementId: await thing('vault', { markedPrivileged: true, risk: 'critical' }) });
  await house.db.run(sql`delete from identity_risk_day where subject_id = ${fresh}`);
  const levels = await house.db.tx((tx) => riskLevels(tx, [fresh, officer]), { readOnly: true });
  expect(levels.get(fresh)).toBe('medium');
  expect([...levels.keys()].sort()).toEqual([fresh, officer].sort());
});

test('levels are said in a policy that is kept, in order', async () => {
  const policy = { mediumFrom: 10, highFrom: 12, criticalFrom: 90 };
  await expect(
    house.perform('risk.putPolicy', { policy: { ...policy, highFrom: 9 }, reason: 'no' }, officer),
  ).rejects.toMatchObject({ errors: [{ pointer: '/policy/highFrom' }] });
  await house.perform('risk.putPolicy', { policy, reason: 'stricter' }, officer);
  await house.settle();
  expect((await show('known')).risk?.level).toBe('high');
});

test('somebody sees their own risk and nobody else’s; a list is for who watches', async () => {
  const [me, other] = [await person('me'), await person('other')];
  await house.settle();
  expect(await show('me', me)).toBeDefined();
  await expect(show(other, me)).rejects.toMatchObject({ code: expect.stringMatching(/denied|not_found/u) as string });
  await expect(house.perform('risk.list', {}, me)).rejects.toMatchObject({ code: 'policy.denied' });
});
