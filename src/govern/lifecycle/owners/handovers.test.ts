import { afterAll, beforeAll, expect, test } from 'vitest';
import { provisioningModule } from '#govern/provisioning/index.ts';
import { hashToken } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { createAuthenticator, signinModule } from '#platform/signin/index.ts';
import { applyReading, registerSystem } from '#spine/graph/index.ts';
import { generateCompany, type Person } from '#test/fixtures/company/index.ts';
import { fakeTargets } from '../testing/fake-targets.ts';
import { csvOf, lifecycleHouse, TODAY, type LifecycleHouse } from '../testing/lifecycle-house.ts';

const lena = generateCompany({ today: TODAY }).person('lena');
const person = (username: string, manager: string, more: Partial<Person> = {}): Person => ({
  ...lena,
  employee_id: `H-${username}`,
  username,
  email: `${username}@larkspur.example`,
  manager_employee_id: manager === '' ? '' : `H-${manager}`,
  status: 'active',
  end_date: '',
  employment_type: 'employee',
  ...more,
});
/** top ← middle ← owner; a vendor of HR whose sponsor is `sponsor`, below `middle` too. */
let feed = [
  person('top', ''),
  person('middle', 'top'),
  person('owner', 'middle'),
  person('sponsor', 'middle'),
  person('other', 'top'),
  person('vic', 'sponsor', { employment_type: 'vendor', end_date: '2026-12-31' }),
];
const DAY = 86_400_000;

let house: LifecycleHouse;
const targets = fakeTargets(['agent-1', 'agent-2', 'robot', 'vic']);
const say = async (facts: Record<string, Partial<Person>>): Promise<void> => {
  feed = feed.map((p) => ({ ...p, ...facts[p.username] }));
  house.clock.advance(1_000);
  await house.feed(csvOf(feed));
};
const minute = async (): Promise<void> => {
  await house.tasks['lifecycle.keep_owners']?.({}, undefined as never);
  await house.settle(30_000);
};
const is = async (username: string) =>
  await house.db.one<{ state: string; owner: string | null }>(sql`
    select f.state, o.username as owner from identity_facts f
      left join identity_facts o on o.identity_id = f.owner_id and o.valid_to is null
     where f.username = ${username} and f.valid_to is null`);
const idOf = async (username: string): Promise<string> =>
  (
    await house.db.one<{ id: string }>(
      sql`select identity_id as id from identity_facts where username = ${username} and valid_to is null`,
    )
  ).id;
interface Row {
  readonly id: string;
  readonly identityName: string;
  readonly actingName: string | null;
  readonly state: string;
  readonly because: string;
}
const handoverOf = async (username: string): Promise<Row> => {
  const { items } = await house.perform<{ items: Row[] }>(
    'handovers.list',
    { identityId: await idOf(username) },
    house.admin,
  );
  const [first] = items;
  if (first === undefined) throw new Error(`${username} was not handed over`);
  return first;
};
const told = async (template: string): Promise<string[]> =>
  (
    await house.db.many<{ to: string[] }>(sql`
      select data->'to' as to from audit_event where type = 'notice.wanted' and data->>'template' = ${template} order by id`)
  ).flatMap((r) => r.to);

beforeAll(async () => {
  house = await lifecycleHouse(
    ({ db, keys }) => [provisioningModule({ targets }), signinModule({ db, keys, publicUrl: 'http://localhost' })],
    targets,
  );
  await house.feed(csvOf(feed));
  for (const [username, kind] of [
    ['agent-1', 'agent'],
    ['agent-2', 'agent'],
    ['robot', 'service'],
  ])
    await house.perform('identities.make', { username, kind, name: `The ${username}`, owner: 'owner' }, house.admin);
  await house.as('test').act({ action: 'test.set_up' }, async (ctx, permit) => {
    const system = await registerSystem(ctx, permit, { name: 'cluster', kind: 'fake' });
    await applyReading(ctx, permit, {
      systemId: system.id,
      trusted: true,
      reading: {
        accounts: [...targets.accounts].map(([name]) => ({
          nativeId: name,
          name,
          kind: name === 'vic' ? ('personal' as const) : ('service' as const),
          state: 'active' as const,
          attributes: {},
          privilegedBecause: [],
        })),
        entitlements: [],
        holdings: [],
        nesting: [],
      },
    });
    await ctx.tx.run(sql`
      update account a set identity_id = f.identity_id from identity_facts f where f.username = a.name and f.valid_to is null`);
  });
});
afterAll(() => house.close());

test('an owner who is suspended takes what acts for them along at once, without touching what runs on targets', async () => {
  await house.perform('identities.suspend', { identity: 'owner', because: 'looked into' }, house.admin);
  await house.settle(30_000);
  for (const name of ['agent-1', 'agent-2', 'robot']) {
    expect(await is(name)).toEqual({ state: 'suspended', owner: 'middle' });
    expect(targets.accounts.get(name)).toBe('active');
  }
  const signals = await house.db.many<{ subject: string }>(
    sql`select subject from signal where kind = 'lock_identity'`,
  );
  expect(signals.map((s) => s.subject)).toContain(await idOf('agent-1'));
  await expect(
    house.perform('handovers.list', { actingId: await idOf('agent-1') }, await idOf('agent-1')),
  ).rejects.toMatchObject({ status: 404 });
  // One is accepted by the manager, the rest go back with the owner.
  const middle = await idOf('middle');
  await house.perform('handovers.accept', { id: (await handoverOf('agent-2')).id }, middle);
  expect(await is('agent-2')).toEqual({ state: 'active', owner: 'middle' });
  await house.perform('identities.resume', { identity: 'owner', because: 'nothing found' }, house.admin);
  await house.settle(30_000);
  expect(await is('agent-1')).toEqual({ state: 'active', owner: 'owner' });
  expect(await is('robot')).toEqual({ state: 'active', owner: 'owner' });
  expect(await is('agent-2')).toEqual({ state: 'active', owner: 'middle' });
  expect(await handoverOf('robot')).toMatchObject({ state: 'withdrawn', because: 'suspended' });
});

test('an owner who leaves: the manager answers for the time being and is asked; the chain goes up when they leave too', async () => {
  await say({ owner: { status: 'terminated' } });
  expect(await is('robot')).toEqual({ state: 'active', owner: 'middle' });
  expect(await told('handover.wanted')).toContain(await idOf('middle'));
  const first = await handoverOf('robot');
  expect(first).toMatchObject({ state: 'open', because: 'left' });
  const receipt = await house.db.one<{ n: number }>(sql`
    select count(*)::int as n from receipt_item i join lifecycle_receipt r on r.id = i.receipt_id
     where r.what = 'left' and i.what = 'handed_over' and i.done_at is null`);
  expect(receipt.n).toBe(2);
  await say({ middle: { status: 'leave' } });
  expect(await is('robot')).toEqual({ state: 'active', owner: 'top' });
  expect((await handoverOf('robot')).id).toBe(first.id);
  // What middle owned themselves goes up too, and back when they are back.
  expect(await is('agent-2')).toEqual({ state: 'active', owner: 'top' });
  await say({ middle: { status: 'active' } });
  expect(await is('agent-2')).toEqual({ state: 'active', owner: 'middle' });
  expect(await is('robot')).toEqual({ state: 'active', owner: 'top' });
});

test('whoever is asked names somebody else, who accepts; a stranger can do neither', async () => {
  const handover = await handoverOf('agent-1');
  const [top, other, sponsor] = [await idOf('top'), await idOf('other'), await idOf('sponsor')];
  await expect(house.perform('handovers.accept', { id: handover.id }, sponsor)).rejects.toMatchObject({ status: 404 });
  await expect(
    house.perform('handovers.pass', { id: handover.id, to: 'sponsor', because: 'mine' }, sponsor),
  ).rejects.toMatchObject({ status: 404 });
  await house.perform('handovers.pass', { id: handover.id, to: 'other', because: 'they run it' }, top);
  expect(await is('agent-1')).toEqual({ state: 'active', owner: 'other' });
  await expect(house.perform('handovers.accept', { id: handover.id }, top)).rejects.toMatchObject({ status: 404 });
  await house.perform('handovers.accept', { id: handover.id }, other);
  expect(await handoverOf('agent-1')).toMatchObject({ state: 'accepted' });
  await expect(house.perform('handovers.accept', { id: handover.id }, other)).rejects.toMatchObject({
    code: 'handover.is_settled',
  });
});

test('past the day with nobody accepting, accounts are locked and tokens end, nothing is deleted; an owner opens it again', async () => {
  const robot = await idOf('robot');
  await house.db.run(sql`
    insert into api_token (id, token_hash, identity_id, name, scopes, created_at, ends_at)
    values (${newId()}, ${hashToken('rv_robot')}, ${robot}, 't', '{*}', reeve_now(), reeve_now() + interval '90 days')`);
  const proven = async (): Promise<boolean> =>
    (await createAuthenticator(house.db, house.clock)({ cookie: undefined, token: 'rv_robot', address: '::1' })) !==
    undefined;
  house.clock.advance(13 * DAY);
  await minute();
  expect(await is('robot')).toEqual({ state: 'active', owner: 'top' });
  expect(targets.accounts.get('robot')).toBe('active');
  expect(await proven()).toBe(true);
  house.clock.advance(DAY);
  await Promise.all([minute(), minute()]);
  await minute();
  const away = await house.db.many(
    sql`select 1 from lifecycle_receipt where identity_id = ${robot} and what = 'away' and because like 'nobody%'`,
  );
  expect(away).toHaveLength(1);
  expect(await is('robot')).toEqual({ state: 'suspended', owner: 'top' });
  expect(targets.accounts.get('robot')).toBe('locked');
  expect(await proven()).toBe(false);
  expect(await handoverOf('robot')).toMatchObject({ state: 'lapsed' });
  const lacking = await house.perform<{ items: { username: string; lacks: string[] }[] }>(
    'identities.lacking',
    { kind: 'service' },
    house.admin,
  );
  expect(lacking.items).toMatchObject([{ username: 'robot', lacks: ['acceptance'] }]);
  await house.perform('identities.setOwner', { identity: 'robot', owner: 'other', because: 'theirs now' }, house.admin);
  await house.settle(30_000);
  expect(await is('robot')).toEqual({ state: 'active', owner: 'other' });
  expect(targets.accounts.get('robot')).toBe('active');
});

test('a vendor whose sponsor leaves goes to the sponsor’s manager, whatever HR still says, and is shut when nobody accepts', async () => {
  await say({ sponsor: { status: 'terminated' } });
  expect(await is('vic')).toEqual({ state: 'active', owner: 'middle' });
  await say({ vic: { job_title: 'Still here' } });
  expect(await is('vic')).toEqual({ state: 'active', owner: 'middle' });
  house.clock.advance(14 * DAY + 1_000);
  await minute();
  expect(await is('vic')).toEqual({ state: 'suspended', owner: 'middle' });
  expect(targets.accounts.get('vic')).toBe('locked');
  expect(await told('handover.lapsed')).toContain(await idOf('middle'));
  await say({ vic: { job_title: 'And still' } });
  expect(await is('vic')).toEqual({ state: 'suspended', owner: 'middle' });
  await house.perform('handovers.accept', { id: (await handoverOf('vic')).id }, await idOf('middle'));
  await house.settle(30_000);
  expect(await is('vic')).toEqual({ state: 'active', owner: 'middle' });
  expect(targets.accounts.get('vic')).toBe('active');
  // HR names somebody who is here: its word counts again.
  await say({ vic: { manager_employee_id: 'H-other' } });
  expect(await is('vic')).toEqual({ state: 'active', owner: 'other' });
  await expect(
    house.perform('identities.setOwner', { identity: 'vic', owner: 'top', because: 'x' }, house.admin),
  ).rejects.toMatchObject({ code: 'owner.source_decides', message: expect.stringContaining('hr') });
});

test('without anybody above, administrators are told, and one of them accepts', async () => {
  await house.perform(
    'identities.setOwner',
    { identity: 'agent-2', owner: 'top', because: 'the top one' },
    house.admin,
  );
  await say({ top: { status: 'terminated' } });
  const handover = await handoverOf('agent-2');
  expect(handover).toMatchObject({ state: 'open', actingName: null });
  expect((await told('handover.wanted')).at(-1)).toBe(house.admin);
  await minute();
  await house.perform('handovers.accept', { id: handover.id }, house.admin);
  expect(await is('agent-2')).toEqual({ state: 'active', owner: 'first-admin' });
});

test('who answers and wants somebody else to, answers on until that one accepts', async () => {
  const other = await idOf('other');
  const { asked } = await house.perform<{ asked: boolean }>(
    'identities.setOwner',
    { identity: 'robot', owner: 'middle', because: 'better there' },
    other,
  );
  expect([asked, (await is('robot')).owner]).toEqual([true, 'other']);
  await minute();
  expect((await handoverOf('robot')).state).toBe('open');
  await house.perform('handovers.accept', { id: (await handoverOf('robot')).id }, await idOf('middle'));
  expect(await is('robot')).toEqual({ state: 'active', owner: 'middle' });
});

test('accepted, passed on and withdrawn at the same instant, one of them counts', async () => {
  await house.perform(
    'identities.make',
    { username: 'wanted', kind: 'service', name: 'Wanted by many', owner: 'other' },
    house.admin,
  );
  await say({ other: { status: 'leave' } });
  const { id } = await handoverOf('wanted');
  const asked = await house.db.one<{ actingId: string | null }>(sql`select acting_id from handover where id = ${id}`);
  expect(asked.actingId).toBeNull();
  const came = await Promise.allSettled([
    ...Array.from({ length: 8 }, () => house.perform('handovers.accept', { id }, house.admin)),
    ...Array.from({ length: 4 }, () =>
      house.perform('handovers.pass', { id, to: 'middle', because: 'theirs' }, house.admin),
    ),
    say({ other: { status: 'active' } }),
  ]);
  expect(came.at(-1)?.status).toBe('fulfilled');
  expect(came.slice(0, 8).filter((one) => one.status === 'fulfilled').length).toBeLessThanOrEqual(1);
  const settled = await house.db.many<{ n: number }>(sql`
    select count(*)::int as n from audit_event
     where type in ('handover.accepted', 'handover.withdrawn') and data->>'handoverId' = ${id}`);
  expect(settled).toEqual([{ n: 1 }]);
  expect((await handoverOf('wanted')).state).toMatch(/accepted|withdrawn/);
  expect((await is('wanted')).state).toBe('active');
});

test('the database keeps the rules: one handover at a time, and nobody for themselves', async () => {
  const robot = await idOf('robot');
  const insert = (from: string) =>
    house.db.run(sql`
    insert into handover (id, identity_id, from_id, because, asked_at, due_at)
    values (${newId()}, ${robot}, ${from}, 'left', reeve_now(), reeve_now() + interval '1 day')`);
  await expect(insert(robot)).rejects.toThrow(/nobody_answers_for_themselves/);
  await insert(await idOf('other'));
  await expect(insert(await idOf('other'))).rejects.toThrow(/identity_is_handed_over_once_at_a_time/);
});
