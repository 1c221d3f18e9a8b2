import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { decideModule, type Permit } from '#spine/decide/index.ts';
import {
  ADMIN_ROLES,
  changeIdentityFacts,
  createIdentity,
  endGrant,
  graphModule,
  putEntitlement,
  registerSystem,
  startGrant,
} from '#spine/graph/index.ts';
import type { Ctx, Module } from '#spine/operations/index.ts';
import { testHouse, type House } from '#test/harness/house.ts';
import { sodModule } from './index.ts';

let house: House;
let officer: string;
let rule: string;
const systems: Record<string, string> = {};
const what: Record<string, string> = {};
const who: Record<string, string> = {};
const of = (known: Record<string, string>, name: string): string => known[name] ?? '';

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
    const made = await createIdentity(ctx, permit, { kind: 'person', facts: { displayName: name, username: name } });
    who[name] = made.id;
    return made.id;
  });
const give = (name: string, entitlementId: string, validTo?: Date): Promise<string> =>
  build(async (ctx, permit) => {
    const grant = { identityId: of(who, name), entitlementId, validTo, origin: 'admin' as const, reason: 'test' };
    return (await startGrant(ctx, permit, grant)).id;
  });
/** An account of somebody, as its target tells of it. */
const account = async (name: string, system: string, lastUsedAt: Date | null): Promise<string> => {
  const id = newId();
  await house.db
    .run(sql`insert into account (id, system_id, native_id, name, identity_id, linked_because, valid_from, last_used_at)
    values (${id}, ${of(systems, system)}, ${name}, ${name}, ${of(who, name)}, 'username', ${house.clock.now()}, ${lastUsedAt})`);
  return id;
};

interface Kept {
  items: { person: string; exercised: string; clearedBecause: string | null; openedAt: string; id: string }[];
  nextCursor: string | null;
}
const kept = (input: Record<string, unknown> = {}): Promise<Kept> =>
  house.perform<Kept>('sod.keptViolations', input, officer);
const names = async (input: Record<string, unknown> = {}): Promise<string[]> =>
  (await kept(input)).items.map((i) => i.person);
const runPass = async (): Promise<void> => {
  await house.registry.jobs.get('sod.pass')?.run(house.as('sod'), {});
};
const told = async (type: string): Promise<number> =>
  (
    await house.db.one<{ n: number }>(sql`
    select coalesce(sum(jsonb_array_length(data->'violations')), 0)::int as n from audit_event where type = ${type}`)
  ).n;

beforeAll(async () => {
  house = await testHouse(({ decide }) => [graphModule, decideModule({ decide }), sodModule({ decide }), builder]);
  officer = await person('officer');
  await give('officer', ADMIN_ROLES.security_officer);
  await build(async (ctx, permit) => {
    for (const name of ['erp', 'bank']) {
      const system = await registerSystem(ctx, permit, { name, kind: 'csv' });
      systems[name] = system.id;
      const entitlement = { systemId: system.id, kind: 'group', nativeId: name, name };
      what[name] = (await putEntitlement(ctx, permit, entitlement)).id;
    }
  });
  for (const name of ['before', 'both', 'one', 'unknown', 'none']) {
    await person(name);
    for (const system of ['erp', 'bank']) await give(name, of(what, system));
  }
  const long = new Date(house.clock.now().getTime() - 400 * 86_400_000);
  const lately = house.clock.now();
  await account('both', 'erp', lately);
  await account('both', 'bank', lately);
  await account('one', 'erp', lately);
  await account('one', 'bank', long);
  await account('unknown', 'erp', lately);
  await account('unknown', 'bank', null);
  await account('none', 'erp', long);
  await account('none', 'bank', long);
  await house.settle();
});
afterAll(() => house.close());

test('a rule that is made is looked for in everybody, and what is found is kept, exercised first', async () => {
  const made = await house.perform<{ id: string }>(
    'sod.createRule',
    {
      name: 'Enter and pay',
      severity: 'high',
      functions: [
        { name: 'enter', entitlementIds: [of(what, 'erp')] },
        { name: 'pay', entitlementIds: [of(what, 'bank')] },
      ],
    },
    officer,
  );
  rule = made.id;
  await house.settle();
  const { items } = await kept();
  expect(items.map((i) => [i.person, i.exercised])).toEqual([
    ['both', 'both'],
    ['one', 'one'],
    ['unknown', 'unknown'],
    ['before', 'unknown'],
    ['none', 'none'],
  ]);
  expect(await told('sod_violation.opened')).toBe(5);
});

test('the list of violations puts what is exercised on both sides first, and pages go through everybody once', async () => {
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page: { items: { person: string; exercised: string }[]; nextCursor: string | null } = await house.perform(
      'sod.violations',
      { limit: 2, ...(cursor === undefined ? {} : { cursor }) },
      officer,
    );
    seen.push(...page.items.map((i) => `${i.person} ${i.exercised}`));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  expect(seen).toEqual(['both both', 'one one', 'unknown unknown', 'before unknown', 'none none']);
  const paged: string[] = [];
  let next: string | null | undefined;
  do {
    const page = await kept({ limit: 1, ...(typeof next === 'string' ? { cursor: next } : {}) });
    paged.push(...page.items.map((i) => i.person));
    next = page.nextCursor;
  } while (next !== null);
  expect(paged).toEqual(['both', 'one', 'unknown', 'before', 'none']);
});

test('a session through Reeve counts as use of its side, though the target tells nothing', async () => {
  const grantId = (
    await house.db.one<{ id: string }>(sql`
    select id from access_grant where identity_id = ${of(who, 'unknown')} and entitlement_id = ${of(what, 'bank')}`)
  ).id;
  const at = await house.db.one<{ id: string }>(sql`
    select id from account where identity_id = ${of(who, 'unknown')} and system_id = ${of(systems, 'bank')}`);
  await house.db
    .run(sql`insert into access_use (id, identity_id, account_id, system_id, grant_ids, protocol, started_at, recorded)
    values (${newId()}, ${of(who, 'unknown')}, ${at.id}, ${of(systems, 'bank')}, ${[grantId]}, 'ssh', ${house.clock.now()}, true)`);
  house.clock.advance(21 * 3_600_000);
  await runPass();
  expect((await kept({ identityId: of(who, 'unknown') })).items[0]?.exercised).toBe('both');
});

test('a pass that is run again, and one beside another, finds nothing new and tells nothing twice', async () => {
  await runPass();
  await Promise.all([runPass(), runPass()]);
  expect(await told('sod_violation.opened')).toBe(5);
  expect(await told('sod_violation.cleared')).toBe(0);
  await house.perform('sod.runPass', {}, officer);
  await house.settle();
  expect(await told('sod_violation.opened')).toBe(5);
});

test('one grant that changes opens and clears one conflict, and nobody else is looked at', async () => {
  const before = await house.db.many(sql`select id, looked_at from sod_violation order by id`);
  house.clock.advance(1000);
  await person('new');
  await give('new', of(what, 'erp'));
  const second = await give('new', of(what, 'bank'));
  await house.settle();
  expect(await names()).toContain('new');
  expect(
    await house.db.many(
      sql`select id, looked_at from sod_violation where identity_id <> ${of(who, 'new')} order by id`,
    ),
  ).toEqual(before);
  house.clock.advance(1000);
  await build((ctx, permit) => endGrant(ctx, permit, { grantId: second, because: 'test' }));
  await house.settle();
  expect(await names()).not.toContain('new');
  expect((await kept({ state: 'cleared' })).items).toMatchObject([{ person: 'new', clearedBecause: 'resolved' }]);
  expect(await told('sod_violation.cleared')).toBe(1);
});

test('an exception clears a conflict until it lapses; then it is opened again', async () => {
  const end = house.clock.now().getTime() + 3_600_000;
  await house.perform(
    'sod.grantException',
    { rule, identity: 'one', reason: 'small office', control: 'monthly look', validTo: new Date(end).toISOString() },
    officer,
  );
  await house.settle();
  expect(await names()).not.toContain('one');
  expect((await kept({ state: 'cleared', identityId: of(who, 'one') })).items).toMatchObject([
    { clearedBecause: 'excepted' },
  ]);
  house.clock.advance(3_600_001);
  await house.registry.jobs.get('decide.announceLapsedExceptions')?.run(house.as('decide'), {});
  await house.settle();
  expect(await names()).toContain('one');
});

test('a retired rule clears all of its conflicts', async () => {
  house.clock.advance(1000);
  await house.perform('sod.retireRule', { rule }, officer);
  await house.settle();
  expect(await names()).toEqual([]);
  const { items } = await kept({ state: 'cleared' });
  expect(items.filter((i) => i.clearedBecause === 'rule_retired')).toHaveLength(5);
});

test('the database keeps one open conflict a rule and person, with a reason where it is cleared', async () => {
  const row = await house.db.one<{ id: string }>(sql`select id from sod_violation limit 1`);
  await expect(house.db.run(sql`update sod_violation set cleared_because = null where id = ${row.id}`)).rejects.toThrow(
    /cleared_sod_violation_says_why/,
  );
  await expect(house.db.run(sql`update sod_violation set exercised = 'unused' where id = ${row.id}`)).rejects.toThrow(
    /sod_violation_exercise_is_known/,
  );
  const twice = (): Promise<number> =>
    house.db.run(sql`insert into sod_violation (id, rule_id, identity_id, opened_at, sides, looked_at)
      values (${newId()}, ${rule}, ${of(who, 'none')}, ${house.clock.now()}, '[]', ${house.clock.now()})`);
  await twice();
  await expect(twice()).rejects.toThrow(/sod_violation_is_open_once/);
});

test('a rule finds those alone for whom it counts, and who comes to be one of them is found at once', async () => {
  for (const name of ['clerk', 'guest']) {
    await person(name);
    for (const system of ['erp', 'bank']) await give(name, of(what, system));
  }
  const scoped = await house.perform<{ id: string }>(
    'sod.createRule',
    {
      name: 'Only of finance',
      severity: 'high',
      personCondition: 'person.department == "Finance"',
      functions: [
        { name: 'enter', entitlementIds: [of(what, 'erp')] },
        { name: 'pay', entitlementIds: [of(what, 'bank')] },
      ],
    },
    officer,
  );
  const move = (name: string, department: string): Promise<unknown> =>
    build((ctx, permit) =>
      changeIdentityFacts(ctx, permit, {
        identityId: of(who, name),
        change: { department },
      }),
    );
  await house.settle();
  expect(await names({ ruleId: scoped.id })).toEqual([]);
  house.clock.advance(1000);
  await move('clerk', 'Finance');
  await house.settle();
  expect(await names({ ruleId: scoped.id })).toEqual(['clerk']);
  house.clock.advance(1000);
  await move('clerk', 'Sales');
  await house.settle();
  expect(await names({ ruleId: scoped.id })).toEqual([]);
});
