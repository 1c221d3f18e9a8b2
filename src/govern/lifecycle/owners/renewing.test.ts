import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { decideModule } from '#spine/decide/index.ts';
import { ADMIN_ROLES, createIdentity, startGrant } from '#spine/graph/index.ts';
import { generateCompany, type Person } from '#test/fixtures/company/index.ts';
import { csvOf, lifecycleHouse, TODAY, type LifecycleHouse } from '../testing/lifecycle-house.ts';

const lena = generateCompany({ today: TODAY }).person('lena');
const person = (username: string, manager: string, more: Partial<Person> = {}): Person => ({
  ...lena,
  employee_id: `R-${username}`,
  username,
  email: `${username}@larkspur.example`,
  manager_employee_id: manager === '' ? '' : `R-${manager}`,
  status: 'active',
  end_date: '',
  employment_type: 'employee',
  ...more,
});
const feed = [
  person('boss', ''),
  person('sponsor', 'boss'),
  person('stranger', 'boss'),
  person('hired', 'sponsor', { employment_type: 'vendor', end_date: '2026-04-30' }),
];
const DAY = 86_400_000;

let house: LifecycleHouse;
const idOf = async (username: string): Promise<string> =>
  (
    await house.db.one<{ id: string }>(
      sql`select identity_id as id from identity_facts where username = ${username} and valid_to is null`,
    )
  ).id;
const inDays = (days: number): string => new Date(house.clock.now().getTime() + days * DAY).toISOString();
const make = (username: string, days: number, owner = 'sponsor'): Promise<{ id: string }> =>
  house.perform(
    'identities.make',
    { username, kind: 'vendor', name: `Visitor ${username}`, owner, until: inDays(days) },
    house.admin,
  );
const renew = async (username: string, as: string, days: number): Promise<{ contractEnd: Date }> =>
  await house.perform(
    'identities.renew',
    { identity: username, until: inDays(days), because: 'the work goes on' },
    as === 'admin' ? house.admin : await idOf(as),
  );
const minute = async (): Promise<void> => {
  await Promise.all([
    house.tasks['lifecycle.keep_owners']?.({}, undefined as never),
    house.tasks['lifecycle.keep_owners']?.({}, undefined as never),
  ]);
  await house.tasks['lifecycle.apply_dates']?.({}, undefined as never);
  await house.settle(30_000);
};
const reminders = async (username: string): Promise<{ to: string[]; template: string }[]> =>
  await house.db.many(sql`
    select data->'to' as to, data->>'template' as template from audit_event
     where type = 'notice.wanted' and subject_id = ${await idOf(username)} and data->>'template' like 'renewal.%' order by id`);
const stateOf = async (username: string): Promise<string> =>
  (
    await house.db.one<{ state: string }>(
      sql`select state from identity_facts where username = ${username} and valid_to is null`,
    )
  ).state;

beforeAll(async () => {
  house = await lifecycleHouse(({ decide }) => [decideModule({ decide })]);
  await house.feed(csvOf(feed));
});
afterAll(() => house.close());

test('the sponsor, the sponsor’s manager and an administrator renew; nobody else does, and nobody themselves', async () => {
  await make('visitor', 20);
  for (const [as, days] of [
    ['sponsor', 30],
    ['boss', 40],
    ['admin', 50],
  ] as const)
    expect(new Date((await renew('visitor', as, days)).contractEnd)).toEqual(new Date(inDays(days)));
  for (const as of ['stranger', 'hired', 'visitor'])
    await expect(renew('visitor', as, 60), as).rejects.toMatchObject({ status: as === 'visitor' ? 403 : 404 });
  const [event] = await house.db.many<{ data: { until: string; because?: string } }>(
    sql`select data from audit_event where type = 'identity.renewed' order by id desc limit 1`,
  );
  expect(event?.data.until).toBe(new Date(inDays(50)).toISOString());
});

test('no renewal goes further ahead than the terms allow, nor back, nor beyond what a policy says', async () => {
  await expect(renew('visitor', 'sponsor', 181)).rejects.toMatchObject({ status: 422 });
  await expect(renew('visitor', 'sponsor', 50)).rejects.toMatchObject({ status: 422 });
  await house.perform('ownerTerms.put', { longestRenewalDays: 60 }, house.admin);
  await expect(renew('visitor', 'admin', 61)).rejects.toMatchObject({ status: 422 });
  await renew('visitor', 'admin', 60);
  await house.perform('ownerTerms.put', { longestRenewalDays: 180 }, house.admin);
  await expect(house.perform('ownerTerms.put', { handoverDays: 3 }, await idOf('boss'))).rejects.toMatchObject({
    status: 403,
  });
});

test('a source that decides wins: the renewal is refused and names it', async () => {
  await expect(renew('hired', 'sponsor', 90)).rejects.toMatchObject({
    code: 'renewal.source_decides',
    message: expect.stringMatching(/hr .*2026-04-30.*R-hired/),
  });
});

test('the sponsor is reminded 30, 14, 7 and 1 days before, each once, also beside another worker and after a pause', async () => {
  await make('short', 31);
  await minute();
  expect(await reminders('short')).toEqual([]);
  const sponsor = await idOf('sponsor');
  let expected = 0;
  for (const days of [1, 16, 7, 6]) {
    house.clock.advance(days * DAY);
    await minute();
    await minute();
    expected += 1;
    expect(await reminders('short')).toEqual(
      Array.from({ length: expected }, () => ({ to: [sponsor], template: 'renewal.wanted' })),
    );
  }
  // Renewed, it is reminded of anew; of what was missed meanwhile only the nearest.
  await renew('short', 'sponsor', 40);
  house.clock.advance(34 * DAY);
  await minute();
  expect(await reminders('short')).toHaveLength(expected + 1);
});

test('not renewed it ends at its instant, with a receipt, and cannot be renewed any more', async () => {
  house.clock.advance(6 * DAY - 1_000);
  await minute();
  expect(await stateOf('short')).toBe('active');
  house.clock.advance(1_000);
  await minute();
  expect(await stateOf('short')).toBe('leaver');
  const { items } = await house.perform<{ items: { because: string }[] }>(
    'receipts.list',
    { identityId: await idOf('short'), what: 'left' },
    house.admin,
  );
  expect(items).toMatchObject([{ because: 'the contract has ended' }]);
  await expect(renew('short', 'admin', 10)).rejects.toMatchObject({ code: 'identity.has_left' });
});

test('nothing is made without somebody who can answer for it, and what lacks one is listed', async () => {
  const ask = (input: Record<string, unknown>) =>
    house.perform('identities.make', { name: 'Made', owner: 'sponsor', ...input }, house.admin);
  await expect(ask({ username: 'm1', kind: 'agent', owner: 'visitor' })).rejects.toMatchObject({ status: 422 });
  await expect(ask({ username: 'm2', kind: 'vendor' })).rejects.toMatchObject({ status: 422 });
  await expect(ask({ username: 'sponsor', kind: 'agent' })).rejects.toMatchObject({
    code: 'identity.username_is_taken',
  });
  await expect(
    house.perform('identities.make', { username: 'm3', kind: 'agent', name: 'M', owner: 'boss' }, await idOf('boss')),
  ).rejects.toMatchObject({ status: 403 });
  await house.feed(csvOf([...feed, person('lonely', '', { employment_type: 'vendor' })]));
  const lacking = await house.perform<{ items: { username: string; lacks: string[] }[] }>(
    'identities.lacking',
    { kind: 'vendor' },
    house.admin,
  );
  expect(lacking.items.find((one) => one.username === 'lonely')?.lacks).toEqual(['owner', 'end']);
  await expect(house.perform('identities.lacking', {}, await idOf('boss'))).rejects.toMatchObject({ status: 403 });
});

test('whoever answers lists what they answer for, and sees it; others do not', async () => {
  const sponsor = await idOf('sponsor');
  const mine = await house.perform<{ items: { username: string }[] }>(
    'graph.listIdentities',
    { ownerId: sponsor },
    sponsor,
  );
  expect(mine.items.map((one) => one.username)).toEqual(expect.arrayContaining(['visitor', 'hired']));
  await house.perform('graph.showIdentity', { identity: 'visitor' }, sponsor);
  await expect(
    house.perform('graph.listIdentities', { ownerId: sponsor }, await idOf('stranger')),
  ).rejects.toMatchObject({ status: 404 });
});

test('a policy may allow less than the terms do', async () => {
  const second = await house.as('test').act({ action: 'test.set_up' }, async (ctx, permit) => {
    const { id } = await createIdentity(ctx, permit, {
      kind: 'person',
      facts: { displayName: 'Second', username: 'second' },
    });
    await startGrant(ctx, permit, {
      identityId: id,
      entitlementId: ADMIN_ROLES.administrator,
      origin: 'admin',
      reason: 'test',
    });
    return id;
  });
  const text = `@id("ours.vendors_are_renewed_for_a_month")
    forbid (principal, action == Reeve::Action::"identity.renew", resource is Reeve::Identity)
    when { resource.kind == "vendor" && context.days > 31 };`;
  const { id: version } = await house.perform<{ id: string }>('policies.draft', { text, note: 'a month' }, house.admin);
  await house.perform('policies.dryRun', { version }, house.admin);
  await house.perform('policies.publish', { version }, second);
  await make('monthly', 10);
  await expect(renew('monthly', 'sponsor', 32)).rejects.toMatchObject({ status: 403 });
  await renew('monthly', 'sponsor', 31);
});
