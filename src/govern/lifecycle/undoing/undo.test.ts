import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { createSodRule, decideModule, type Permit } from '#spine/decide/index.ts';
import {
  applyReading,
  changeIdentityFacts,
  endGrant,
  linkAccount,
  putEntitlement,
  registerSystem,
  startGrant,
  type GrantOrigin,
} from '#spine/graph/index.ts';
import { generateCompany, type Person } from '#test/fixtures/company/index.ts';
import { fakeTargets, type FakeTargets } from '../testing/fake-targets.ts';
import { csvOf, lifecycleHouse, TODAY, type LifecycleHouse, type RunAnswer } from '../testing/lifecycle-house.ts';

const lena = generateCompany({ today: TODAY }).person('lena');
const made = (username: string, more: Partial<Person> = {}): Person => ({
  ...lena,
  employee_id: `U-${username}`,
  username,
  email: `${username}@larkspur.example`,
  department: 'Care',
  job_title: 'Nurse',
  org_unit: '',
  manager_employee_id: '',
  start_date: '2020-01-01',
  end_date: '',
  ...more,
});
const NAMES = ['ada', 'bo', 'cy', 'di', 'eve', 'flo', 'gus', 'hal'] as const;
const good = [...NAMES.map((n) => made(n)), made('ven', { employment_type: 'vendor', manager_employee_id: 'U-ada' })];

let house: LifecycleHouse;
let targets: FakeTargets;
let systemId: string;
const entitlement = new Map<string, string>();
beforeAll(async () => {
  targets = fakeTargets(NAMES);
  house = await lifecycleHouse(({ decide }) => [decideModule({ decide })], targets);
  await house.as('test').act({ action: 'test.set_up' }, async (ctx, permit) => {
    systemId = (await registerSystem(ctx, permit, { name: 'web', kind: 'fake' })).id;
    for (const name of ['care', 'desk', 'asked', 'short', 'other']) {
      const put = await putEntitlement(ctx, permit, { systemId, kind: 'group', nativeId: name, name });
      entitlement.set(name, put.id);
    }
  });
  for (const [name, department] of [
    ['care', 'Care'],
    ['desk', 'Desk'],
  ] as const)
    await house.perform(
      'birthrights.put',
      { name, condition: { department: [department] }, entitlementId: entitlement.get(name), graceDays: 14 },
      house.admin,
    );
  const free = { percent: 100, free: 1000, most: null };
  await house.perform(
    'sources.put',
    { source: 'hr', limits: { created: free, changed: free, left: free, missingRows: free, unknownManagers: free } },
    house.admin,
  );
  await house.feed(csvOf(good));
  await house.as('test').act({ action: 'test.set_up' }, async (ctx, permit) => {
    await applyReading(ctx, permit, {
      systemId,
      trusted: true,
      reading: {
        accounts: NAMES.map((name) => ({
          nativeId: name,
          name,
          kind: 'personal' as const,
          state: 'active' as const,
          attributes: {},
          privilegedBecause: [],
        })),
        entitlements: ['care', 'desk', 'asked', 'short', 'other'].map((name) => ({
          kind: 'group',
          nativeId: name,
          name,
          privileged: false,
          attributes: {},
        })),
        holdings: [],
        nesting: [],
      },
    });
    for (const name of NAMES) {
      const { id: accountId } = await ctx.tx.one<{ id: string }>(sql`select id from account where name = ${name}`);
      await linkAccount(ctx, permit, { accountId, identityId: await idOf(name), because: 'test' });
    }
  });
  await house.settle(30_000);
});
afterAll(() => house.close());

const idOf = async (username: string): Promise<string> =>
  (
    await house.db.one<{ id: string }>(
      sql`select identity_id as id from identity_facts where username = ${username} and valid_to is null`,
    )
  ).id;
const grant = async (
  username: string,
  what: string,
  more: { readonly validTo?: Date; readonly origin?: GrantOrigin } = {},
): Promise<string> => {
  const identityId = await idOf(username);
  return await house.as('test').act({ action: 'test.set_up' }, async (ctx, permit) => {
    const entitlementId = entitlement.get(what);
    return (await startGrant(ctx, permit, { identityId, entitlementId, origin: 'request', reason: 'asked', ...more }))
      .id;
  });
};
/** What waits for somebody to answer for it. */
const handedOver = (): Promise<unknown[]> =>
  house.db.many(sql`select identity_id as id from handover where settled_at is null`);
const factsOf = async (username: string) =>
  await house.db.one<Record<string, unknown>>(sql`
    select state, department, job_title, manager_id, contract_end, attributes, email, display_name
      from identity_facts where username = ${username} and valid_to is null`);
const has = async (username: string): Promise<readonly string[]> =>
  (
    await house.db.many<{ it: string }>(sql`
      select e.name || ' ' || g.origin || ' ' || coalesce(to_char(g.valid_to at time zone 'utc', 'YYYY-MM-DD'), 'open') as it from access_grant g
        join entitlement e on e.id = g.entitlement_id join identity_facts f on f.identity_id = g.identity_id
       where f.username = ${username} and f.valid_to is null and g.ended_because is null order by 1`)
  ).map((r) => r.it);
/** All that is so of everybody now, and what their source remembers, without what is history. */
const everything = async (): Promise<unknown> => ({
  facts: await house.db.many(sql`
    select identity_id, display_name, email, username, state, department, job_title, org_unit, manager_id, owner_id, contract_end, attributes
      from identity_facts where valid_to is null and state <> 'leaver' order by identity_id`),
  grants: await house.db.many(sql`
    select identity_id, entitlement_id, role_id, valid_to, origin, origin_id, reason from access_grant
     where ended_because is null order by 1, 2, 3, 4, 5`),
  records: await house.db.many(sql`select * from source_record where present order by external_id`),
  accounts: await house.db.many(sql`select name, state, identity_id from account order by name`),
});
interface Asked {
  readonly already: boolean;
  readonly state: string;
  readonly massChangeId: string;
  readonly heldBecause: readonly { readonly code: string }[];
}
const undo = async (id: string, as = house.admin): Promise<Asked> => {
  const asked = await house.perform<Asked>('sources.undoRun', { id, because: 'the export was wrong' }, as);
  await house.settle(30_000);
  return asked;
};
interface Preview {
  readonly refusals: readonly { readonly code: string }[];
  readonly effects: readonly { readonly effect: string; readonly n: number }[];
  readonly people: readonly {
    readonly displayName: string;
    readonly what: string;
    readonly grants: readonly unknown[];
  }[];
  readonly leftAlone: readonly { readonly identityId: string; readonly problem: string }[];
  readonly notTakenBack: readonly { readonly what: string; readonly n: number | null }[];
}
const preview = (id: string): Promise<Preview> => house.perform<Preview>('sources.undoPreview', { id }, house.admin);
const items = async (
  id: string,
): Promise<readonly { what: string; state: string; problem: string; notes: string[]; identityId: string }[]> =>
  (await house.perform<{ items: never[] }>('massChanges.items', { id }, house.admin)).items;
const feed = async (people: readonly Person[]): Promise<RunAnswer> => {
  house.clock.advance(60_000);
  const run = await house.feed(csvOf(people));
  expect(run.state, JSON.stringify([run.problems, run.heldBecause])).toBe('applied');
  house.clock.advance(60_000);
  return run;
};
const without = (...names: string[]): Person[] => good.filter((p) => !names.includes(p.username));

test('leavers, movers, joiners and a vendor handed over are what they were, with what they had and not for longer', async () => {
  await grant('ada', 'asked', { validTo: new Date('2026-06-30T00:00:00Z') });
  await grant('ada', 'other', { origin: 'admin' });
  await grant('bo', 'short', { validTo: new Date('2026-04-01T00:00:00Z') });
  const before = await everything();
  const run = await feed([
    ...without('ada', 'bo', 'cy'),
    made('cy', { department: 'Desk', job_title: 'Clerk', manager_employee_id: 'U-di' }),
    made('newton'),
    made('nadia', { department: 'Desk' }),
  ]);
  expect(run.counts).toMatchObject({ left: 2, moved: 1, joined: 2 });
  expect(await has('ada')).toEqual([]);
  expect(await handedOver()).toEqual([{ id: await idOf('ven') }]);
  expect(targets.accounts.get('ada')).toBe('locked');
  expect(await has('cy')).toContain('desk birthright open');

  const shown = await preview(run.id);
  expect(shown).toMatchObject({ refusals: [], leftAlone: [] });
  expect(shown.effects).toEqual([
    { effect: 'create', n: 2 },
    { effect: 'delete', n: 2 },
    { effect: 'update', n: 1 },
  ]);
  expect(shown.notTakenBack.find((n) => n.what === 'sign_ins_ended')).toMatchObject({ n: 2 });
  expect(await everything()).not.toEqual(before);

  expect(await undo(run.id)).toMatchObject({ already: false, state: 'applying' });
  expect(await house.run(run.id)).toMatchObject({ state: 'undone', undo: { state: 'applied' } });
  const { accounts, records, ...rest } = (await everything()) as Record<string, never>;
  expect({ accounts, records, ...rest }).toEqual(before);
  expect(await handedOver()).toEqual([]);
  expect(await has('ada')).toEqual(['asked request 2026-06-30', 'care birthright open', 'other admin open']);
  expect(targets.accounts.get('ada')).toBe('active');
  expect(
    await house.db.many(
      sql`select state from identity_facts where display_name like '%' and username is null and valid_to is null`,
    ),
  ).toEqual([{ state: 'leaver' }, { state: 'leaver' }]);
});

test('asked again it says that it is undone already, and does nothing', async () => {
  const [run] = await house.db.many<{ id: string }>(sql`select id from feed_run where state = 'undone'`);
  const before = await everything();
  expect(await undo(run?.id ?? '')).toMatchObject({ already: true, state: 'applied' });
  expect(await everything()).toEqual(before);
  expect(await house.db.one(sql`select count(*)::int as n from audit_event where type = 'feed.undone'`)).toEqual({
    n: 1,
  });
});

test('the same file, delivered again, is planned as if it were new, and those it makes are the same people', async () => {
  const bad = [...without('gus'), made('newton', { email: 'newton@elsewhere.example' })];
  const first = await feed(bad);
  expect(first.counts).toMatchObject({ left: 1, joined: 1, returned: 0 });
  await undo(first.id);
  const before = await everything();
  const second = await feed(bad);
  expect(second.counts).toMatchObject({ left: 1, joined: 1, unchanged: 8 });
  await undo(second.id);
  expect(await everything()).toEqual(before);
  const right = await feed(good);
  expect(right.counts).toMatchObject({ left: 0, joined: 0, moved: 0, changed: 0, returned: 0, unchanged: 9 });
});

test('who was changed since is left alone, with the reason; the others are put back', async () => {
  const run = await feed(without('ada', 'bo', 'cy', 'di'));
  // A later delivery brings one back, and a person changes another.
  await feed(good.filter((p) => !['bo', 'cy', 'di'].includes(p.username)));
  const bo = await idOf('bo');
  await house
    .as('test')
    .act({ action: 'test.set_up' }, (ctx, permit) =>
      changeIdentityFacts(ctx, permit, { identityId: bo, change: { jobTitle: 'Gone fishing' } }),
    );
  const ada = [await factsOf('ada'), await has('ada')];
  const asked = await undo(run.id);
  const lines = await items(asked.massChangeId);
  const of = async (name: string) => {
    const id = await idOf(name);
    return lines.find((line) => line.identityId === id);
  };
  expect(await of('ada')).toMatchObject({
    state: 'skipped',
    problem: 'changed since: a later delivery has changed their row',
  });
  expect(await of('bo')).toMatchObject({
    state: 'skipped',
    problem: 'changed since: what is true of them was changed since',
  });
  expect(await of('cy')).toMatchObject({ state: 'done' });
  expect([await factsOf('ada'), await has('ada')]).toEqual(ada);
  expect(await factsOf('bo')).toMatchObject({ state: 'leaver', jobTitle: 'Gone fishing' });
  expect(await factsOf('cy')).toMatchObject({ state: 'active' });
  expect(await has('cy')).toContain('care birthright open');
  await feed(good);
  expect(await factsOf('bo')).toMatchObject({ state: 'active' });
});

test('what was taken away for another reason, what ran out and what is there no more is not given again', async () => {
  const away = await grant('eve', 'other');
  await grant('eve', 'short', { validTo: new Date(house.clock.now().getTime() + 86_400_000) });
  await grant('eve', 'asked');
  await house
    .as('test')
    .act({ action: 'test.set_up' }, (ctx, permit) =>
      endGrant(ctx, permit, { grantId: away, because: 'a reviewer said so' }),
    );
  const run = await feed(without('eve'));
  house.clock.advance(2 * 86_400_000);
  const asked = await undo(run.id);
  expect(await has('eve')).toEqual(['asked request open', 'care birthright open']);
  expect((await items(asked.massChangeId))[0]?.notes).toEqual(['not given again: short on web: its end has come']);
});

test('what separation of duties forbids by now is not given again', async () => {
  await grant('flo', 'asked');
  await grant('flo', 'other');
  const run = await feed(without('flo'));
  await house.as('test').act({ action: 'test.set_up' }, (ctx, permit) =>
    createSodRule(ctx, permit as unknown as Permit<'sod_rule.create'>, {
      name: 'asked and other',
      description: '',
      severity: 'high',
      mode: 'enforce',
      functions: [
        { name: 'asked', entitlementIds: [entitlement.get('asked') ?? ''] },
        { name: 'other', entitlementIds: [entitlement.get('other') ?? ''] },
      ],
    }),
  );
  const asked = await undo(run.id);
  expect(await has('flo')).toEqual(['asked request open', 'care birthright open']);
  expect((await items(asked.massChangeId))[0]?.notes).toEqual([
    expect.stringMatching(/^not given again: other on web: .*asked and other/),
  ]);
});

test('over a limit it is held, a canary puts the first back, and the rest waits', async () => {
  await house.perform(
    'changeLimits.put',
    { kind: 'feed_undo', limits: { create: { percent: 0, free: 1 } } },
    house.admin,
  );
  const run = await feed(without('ada', 'bo', 'cy'));
  const before = await everything();
  const asked = await undo(run.id);
  expect(asked).toMatchObject({ state: 'held', heldBecause: [{ code: 'limit.create', count: 3, allowed: 1 }] });
  expect(await everything()).toEqual(before);
  expect(await undo(run.id)).toMatchObject({ already: true, state: 'held' });
  await house.perform('massChanges.accept', { id: asked.massChangeId, because: 'one first', canary: 1 }, house.admin);
  await house.settle(30_000);
  expect((await items(asked.massChangeId)).map((i) => i.state)).toEqual(['done', 'waiting', 'waiting']);
  expect(await house.run(run.id)).toMatchObject({ state: 'applied', undo: { state: 'canary' } });
  await house.perform('massChanges.accept', { id: asked.massChangeId, because: 'it went well' }, house.admin);
  await house.settle(30_000);
  for (const name of ['ada', 'bo', 'cy', 'ven']) expect(await factsOf(name)).toMatchObject({ state: 'active' });
  expect(await house.run(run.id)).toMatchObject({ state: 'undone' });
  await house.perform(
    'changeLimits.put',
    { kind: 'feed_undo', limits: { create: { percent: 100, free: 99 } } },
    house.admin,
  );
});
