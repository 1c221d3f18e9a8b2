import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { ADMIN_ROLES, createRole, describeEntitlement, setRoleContent, startGrant } from '#spine/graph/index.ts';
import {
  approve,
  ask,
  deny,
  everyMinute,
  grantsOf,
  inbox,
  outcome,
  preview,
  setRules,
  show,
  putInForce,
} from '../testing/ask.ts';
import { smallCompany, type SmallCompany } from '../testing/small-company.ts';

let c: SmallCompany;
let asker: string;
let n = 0;
let three: string[] = [];
beforeAll(async () => {
  c = await smallCompany();
});
afterAll(() => c.house.close());
beforeEach(async () => {
  n += 1;
  asker = await c.person(`asker${n}`, { managerId: c.who.tomas });
  three = [await c.person(`one${n}`), await c.person(`two${n}`), await c.person(`three${n}`)];
});
const states = async (id: string): Promise<string[]> => (await show(c, id)).steps.map((s) => s.state);
const [a, b, d] = [0, 1, 2].map((i) => () => three[i] ?? '');
if (a === undefined || b === undefined || d === undefined) throw new Error('three people');

test('two of three: any two decide, whoever decided one does not decide the other, the third is not asked any more', async () => {
  await setRules(c, [{ when: {}, steps: [{ named: three, approvals: 2 }, 'manager'] }]);
  const request = await ask(c, asker, { what: 'web1:reports', for: '2h' });
  expect(request.steps.map((s) => [s.stage, s.kind, s.state])).toEqual([
    [1, 'named', 'open'],
    [1, 'named', 'open'],
    [2, 'manager', 'waiting'],
  ]);
  expect((await inbox(c, d())).filter((i) => i.request.id === request.id)).toHaveLength(1);
  await approve(c, request.id, d());
  expect(await outcome(approve(c, request.id, d()))).toBe('policy.denied');
  expect((await inbox(c, d())).filter((i) => i.request.id === request.id)).toHaveLength(0);
  expect(await states(request.id)).toEqual(expect.arrayContaining(['approved', 'open', 'waiting']));
  await approve(c, request.id, a());
  expect(await states(request.id)).toEqual(['approved', 'approved', 'open']);
  expect(await outcome(approve(c, request.id, b()))).toBe('policy.denied');
  expect((await approve(c, request.id, c.who.tomas)).state).toBe('approved');
  expect(await grantsOf(c, asker)).toHaveLength(1);
});

test('one who denies ends it, whoever approved before', async () => {
  await setRules(c, [{ when: {}, steps: [{ named: three, approvals: 2 }] }]);
  const request = await ask(c, asker, { what: 'web1:reports', for: '2h' });
  await approve(c, request.id, a());
  expect((await deny(c, request.id, b())).state).toBe('denied');
  expect(await grantsOf(c, asker)).toEqual([]);
});

test('steps that are asked together wait at the same time, and each is taken by its own', async () => {
  await setRules(c, [{ when: {}, steps: [{ together: ['manager', 'owner'] }, { named: [a()] }] }]);
  const request = await ask(c, asker, { what: 'web1:reports', for: '2h' });
  expect(request.steps.map((s) => [s.stage, s.kind, s.state])).toEqual([
    [1, 'manager', 'open'],
    [1, 'owner', 'open'],
    [2, 'named', 'waiting'],
  ]);
  await approve(c, request.id, c.who.priya);
  expect(await states(request.id)).toEqual(['open', 'approved', 'waiting']);
  expect(await outcome(approve(c, request.id, a()))).toBe('policy.denied');
  await approve(c, request.id, c.who.tomas);
  expect((await approve(c, request.id, a())).state).toBe('approved');
});

test('the owner of the system and those who hold something are asked where the policy says so', async () => {
  const group = await c.entitlement('git', `deciders${n}`, { requestable: false });
  await c.build((ctx, permit) =>
    startGrant(ctx, permit, { identityId: b(), entitlementId: group, origin: 'admin', reason: 'test' }),
  );
  const thing = await c.entitlement('git', `thing${n}`, { ownerId: c.who.omar });
  await setRules(c, [{ when: {}, steps: ['system_owner', { holdersOf: group }] }]);
  const request = await ask(c, asker, { what: thing, for: '1h' });
  expect(request.steps.map((s) => [s.kind, s.approvers.map((p) => p.id)])).toEqual([
    ['system_owner', [c.who.priya]],
    ['holders', [b()]],
  ]);
  await approve(c, request.id, c.who.priya);
  expect((await approve(c, request.id, b())).state).toBe('approved');
});

test('where too few of those named are there, those last in line are asked too, and no step waits for nobody', async () => {
  await c.setState(a(), 'leaver');
  await c.setState(b(), 'suspended');
  await setRules(c, [{ when: {}, steps: [{ named: three, approvals: 2 }] }]);
  const request = await ask(c, asker, { what: 'web1:reports', for: '2h' });
  expect(request.steps.map((s) => s.approvers.map((p) => p.id))).toEqual([[d()], [c.who.dana]]);
});

test('who leaves while two are wanted is made up for', async () => {
  await setRules(c, [{ when: {}, steps: [{ named: [a(), b()], approvals: 2 }] }]);
  const request = await ask(c, asker, { what: 'web1:reports', for: '2h' });
  await c.setState(a(), 'leaver');
  await c.house.settle();
  await approve(c, request.id, b());
  const open = (await show(c, request.id)).steps.find((s) => s.state === 'open');
  expect(open?.approvers.map((p) => p.id)).toEqual([c.who.dana]);
  expect((await approve(c, request.id, c.who.dana)).state).toBe('approved');
});

const automatic = [
  { when: { risk: ['low'], privileged: false }, steps: 'automatic', longestSeconds: 7200 },
  { when: {}, steps: ['manager'] },
];
test('low risk is given at once where the policy says so, on the record; anything more is asked', async () => {
  await setRules(c, automatic);
  const request = await ask(c, asker, { what: 'web1:reports', for: '2h' });
  expect({ state: request.state, steps: request.steps }).toEqual({ state: 'approved', steps: [] });
  expect(await grantsOf(c, asker)).toHaveLength(1);
  const events = await c.house.db.many<{ type: string }>(
    sql`select type from audit_event where data ->> 'requestId' = ${request.id} and type like 'request.%' order by id`,
  );
  expect(events.map((e) => e.type)).toEqual(['request.submitted', 'request.approved']);
  expect((await ask(c, asker, { what: c.what.deploy, for: '2h' })).state).toBe('pending');
  expect(await outcome(ask(c, c.who.lena, { what: 'web1:reports', for: '3h' }))).toBe('request.too_long');
});

test('what would be given at once waits where it is asked for with something that is not', async () => {
  await setRules(c, automatic);
  const lines = [
    { what: 'web1:reports', for: '1h' },
    { what: c.what.deploy, for: '1h' },
  ];
  const request = await ask(c, asker, { lines });
  expect(request.state).toBe('pending');
  expect(request.steps).toHaveLength(1);
  expect((await approve(c, request.id, c.who.tomas)).lines.map((l) => l.state)).toEqual(['granted', 'granted']);
});

test('a role is no way around the data class of what it brings', async () => {
  const secret = await c.entitlement('git', `pay${n}`, { risk: 'low' });
  await c.build(async (ctx, permit) => {
    await describeEntitlement(ctx, permit, { entitlementId: secret, dataClass: 'restricted', tags: ['payroll'] });
  });
  const role = await c.build(async (ctx, permit) => {
    const made = await createRole(ctx, permit, {
      name: `Payer ${n}`,
      description: 'pays',
      ownerId: c.who.omar,
      requestable: true,
    });
    await setRoleContent(ctx, permit, { roleId: made.id, entitlementIds: [secret], roleIds: [] });
    return made.id;
  });
  await setRules(c, [
    { when: { dataClass: ['restricted'], tags: ['payroll'] }, steps: ['manager', { named: [a()] }] },
    ...automatic,
  ]);
  for (const what of [secret, role])
    expect((await preview(c, asker, { what, for: '1h' })).steps.map((s) => s.kind)).toEqual(['manager', 'named']);
});

test('duration, kind of who it is for and time of day choose the steps', async () => {
  await setRules(c, [
    { when: { longerThanSeconds: 86_400 }, steps: ['manager', 'owner'] },
    { when: { identityKinds: ['vendor'] }, steps: ['owner'] },
    { when: { time: { from: '18:00', to: '06:00', timeZone: 'UTC' } }, steps: [{ named: [a()] }] },
    { when: {}, steps: ['manager'] },
  ]);
  const kinds = async (as: string, time: Record<string, unknown>): Promise<string[]> =>
    (await preview(c, as, { what: 'web1:reports', ...time })).steps.map((s) => s.kind);
  const vendor = await c.person(`vendor${n}`, { ownerId: c.who.tomas }, [], 'vendor');
  expect(await kinds(asker, { for: '2d' })).toEqual(['manager', 'owner']);
  expect(await kinds(asker, {})).toEqual(['manager', 'owner']);
  expect(await kinds(vendor, { for: '1h' })).toEqual(['owner']);
  const found = new Set<string>();
  for (let hour = 0; hour < 24; hour += 6) {
    found.add((await kinds(asker, { for: '1h' })).join());
    c.house.clock.advance(6 * 3_600_000);
  }
  expect(found).toEqual(new Set(['manager', 'named']));
});

test('a request finishes under the version it began with, whatever is put in force meanwhile', async () => {
  const { number } = await setRules(c, [{ when: {}, steps: ['manager'] }]);
  const request = await ask(c, asker, { what: 'web1:reports', for: '2h' });
  await setRules(c, [{ when: {}, steps: ['manager', { named: three, approvals: 3 }] }]);
  await everyMinute(c);
  expect((await approve(c, request.id, c.who.tomas)).state).toBe('approved');
  const kept = await c.house.db.one<{ policyNumber: number }>(
    sql`select policy_number from request where id = ${request.id}`,
  );
  expect(kept.policyNumber).toBe(number);
});

test('the database refuses open steps of two stages, whatever the code does', async () => {
  await setRules(c, [{ when: {}, steps: ['manager', 'owner'] }]);
  const request = await ask(c, asker, { what: 'web1:reports', for: '2h' });
  const open = c.house.db.run(
    sql`update approval_step set state = 'open', opened_at = reeve_now(), due_at = reeve_now() where request_id = ${request.id} and n = 2`,
  );
  expect(await outcome(open)).toBe('open_steps_are_of_one_stage');
});

const wrong: readonly (readonly [string, string, string])[] = [
  ['an unknown condition', 'rules: [{when: {privlieged: true}, steps: [manager]}]', 'privlieged'],
  ['an unknown step', 'rules: [{when: {}, steps: [boss]}]', 'one to five steps: manager, owner'],
  ['a person nobody knows', 'rules: [{when: {}, steps: [{named: [nobody]}]}]', 'there is no person nobody'],
  ['no step', 'rules: [{when: {}, steps: []}]', 'nothing is given unasked'],
  [
    'more approvals than people',
    'rules: [{when: {}, steps: [{named: [mara], approvals: 2}]}]',
    'wants 2 approvals of 1',
  ],
  ['approvals without number', 'rules: [{when: {}, steps: [{named: [mara], approvals: 9007199254740991}]}]', '5'],
  ['unasked high risk', 'rules: [{when: {risk: [high]}, steps: automatic}]', 'must be [low]'],
  ['unasked privilege', 'rules: [{when: {risk: [low]}, steps: automatic}]', 'must be false'],
  ['a time zone nobody keeps', 'rules: [{when: {time: {timeZone: Mars/Base}}, steps: [manager]}]', 'is no time zone'],
  ['no YAML', 'rules: [', 'is no YAML'],
];
test.each(wrong)('a policy with %s is refused, saying where', async (_, rules, saying) => {
  const yaml = `${rules}\ndueHours: 24\nescalateHours: 24\nexpireDays: 14\n`;
  const error = await c.house.perform('approvalPolicy.change', { yaml }, c.who.joaquin).then(
    () => undefined,
    (e: unknown) => e as { code: string; message: string; errors: { pointer: string }[] },
  );
  expect(error?.code).toBe('approval_policy.unreadable');
  expect(error?.message).toContain(saying);
});

test('a policy read as a file is the policy put in force, and versions are kept', async () => {
  const { yaml, number } = await c.house.perform<{ yaml: string; number: number }>(
    'approvalPolicy.show',
    {},
    c.who.dana,
  );
  const changed = yaml.replace('dueHours: 24', 'dueHours: 12').replace('escalateHours', 'escalateHours');
  const next = await putInForce(c, { yaml: changed });
  expect(next).toMatchObject({ number: number + 1, rules: { dueHours: 12 }, tried: { against: number } });
  const versions = await c.house.perform<{ items: { number: number; yaml: string }[] }>(
    'approvalPolicy.versions',
    {},
    c.who.ines,
  );
  expect(versions.items.slice(0, 2).map((v) => v.number)).toEqual([number + 1, number]);
  expect(versions.items[1]?.yaml).toBe(yaml);
  for (const who of [c.who.dana, c.who.ines, asker])
    expect(await outcome(c.house.perform('approvalPolicy.change', { yaml: changed }, who))).toBe('policy.denied');
});

test('who administers is not asked twice because they are named too', async () => {
  await setRules(c, [{ when: {}, steps: [{ named: [c.who.dana] }, { holdersOf: ADMIN_ROLES.administrator }] }]);
  const request = await ask(c, asker, { what: 'web1:reports', for: '2h' });
  expect(request.steps.map((s) => s.approvers.map((p) => p.id))).toEqual([[c.who.dana], [c.who.joaquin]]);
});

test('a policy is put in force only with what trying it came to, which is worked out again and kept with it', async () => {
  const rules = { rules: [{ when: {}, steps: ['owner'] }], dueHours: 24, escalateHours: 24, expireDays: 14 };
  const trying = (more: Record<string, unknown> = {}): Promise<{ trial: string; changed: number; against: number }> =>
    c.house.perform('approvalPolicy.try', { rules, ...more }, c.who.joaquin);
  const change = (more: Record<string, unknown>): Promise<{ number: number; tried: unknown }> =>
    c.house.perform('approvalPolicy.change', { rules, ...more }, c.who.joaquin);
  await setRules(c, [{ when: {}, steps: ['manager'] }]);
  const before = await ask(c, asker, { what: 'web1:reports', for: '2h' });
  const tried = await trying();
  expect(tried.changed).toBeGreaterThan(0);
  const refusal = await change({}).catch((e: unknown) => e);
  expect(refusal).toMatchObject({ code: 'input.invalid', errors: [{ pointer: '/trial' }] });
  expect(await outcome(change({ trial: `100.${'x'.repeat(43)}` }))).toBe('approval_policy.tried_otherwise');
  expect(await outcome(change({ trial: (await trying({ last: 5 })).trial }))).toBe('input.invalid');
  // Another draft than the one that was tried, and the same after one more request that would come out otherwise.
  const other = { ...rules, rules: [{ when: {}, steps: ['manager', 'owner'] }] };
  expect(await outcome(change({ rules: other, trial: tried.trial }))).toBe('approval_policy.tried_otherwise');
  await ask(c, c.who.lena, { what: c.what.approve, for: '2h' });
  expect(await outcome(change({ trial: tried.trial }))).toBe('approval_policy.tried_otherwise');
  const again = await trying();
  const version = await change({ trial: again.trial });
  expect(version.tried).toMatchObject({ against: tried.against });
  expect((version.tried as { changed: number[] }).changed).toContain(Number(before.number.slice(2)));
  const [event] = await c.house.db.many<{ data: unknown }>(
    sql`select data from audit_event where type = 'approval_policy.changed' order by id desc limit 1`,
  );
  expect(event?.data).toMatchObject({ number: version.number, tried: version.tried });
});
