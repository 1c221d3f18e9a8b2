import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import {
  addEdge,
  createRole,
  describeEntitlement,
  effectiveAccess,
  endGrant,
  layOutEligibility,
  setRoleContent,
  startGrant,
} from '#spine/graph/index.ts';
import { approve, ask, outcome, preview, setRules, show, type Shown } from '../testing/ask.ts';
import { smallCompany, type SmallCompany } from '../testing/small-company.ts';

const HOUR = 3_600_000;
let c: SmallCompany;
let asker: string;
let thing: string;
let n = 0;
let changed = true;
const RULES = [
  {
    when: { risk: ['critical'] },
    steps: ['manager', 'owner'],
    activation: { steps: ['owner'], longestSeconds: 3600 },
  },
  { when: { eligibility: true }, steps: ['owner'] },
  { when: { risk: ['high'] }, steps: ['manager'], controls: { sessionSeconds: 1800 }, activation: { stepUp: true } },
  { when: {}, steps: ['manager'] },
];
beforeAll(async () => {
  c = await smallCompany();
});
afterAll(() => c.house.close());
beforeEach(async () => {
  n += 1;
  c.house.clock.advance(60_000);
  if (changed) await setRules(c, RULES);
  changed = false;
  asker = await c.person(`asker${n}`, { managerId: c.who.tomas });
  thing = await c.entitlement('git', `thing${n}`, { risk: 'medium', maxSeconds: 4 * 3600 });
});

const change = async (rules: readonly Record<string, unknown>[]): Promise<void> => {
  changed = true;
  await setRules(c, rules);
};
interface Mine {
  eligibilityId: string;
  what: { id: string; name: string };
  until: string | null;
  longestSeconds: number;
  approvals: number;
  active: { grantId: string; until: string } | null;
  waiting: { number: string } | null;
}
const mine = async (as = asker): Promise<Mine[]> =>
  (await c.house.perform<{ items: Mine[] }>('eligibilities.list', {}, as)).items;
const activate = async (what: string, time = '1h', as = asker): Promise<Shown> =>
  (await c.house.perform<{ request: Shown }>('eligibilities.activate', { what, for: time, reason: 'test' }, as))
    .request;
const makeEligible = async (time = '90d'): Promise<Mine> => {
  const asked = await ask(c, asker, { what: thing, eligible: true, for: time });
  expect((await approve(c, asked.id, c.who.priya)).state).toBe('approved');
  const [found] = await mine();
  if (found === undefined) throw new Error('nobody is eligible');
  return found;
};
const reaches = (id = thing): Promise<boolean> =>
  c.house.db.tx(async (tx) => (await effectiveAccess(tx, asker)).some((a) => a.entitlementId === id));
const setRisk = (risk: 'high' | 'critical'): Promise<void> =>
  c.build(async (ctx, permit) => void (await describeEntitlement(ctx, permit, { entitlementId: thing, risk })));

test('who is eligible has nothing until they activate it, and nothing again when its time is over', async () => {
  const found = await makeEligible();
  expect(found).toMatchObject({ what: { id: thing }, active: null, approvals: 0, longestSeconds: 4 * 3600 });
  expect(await reaches()).toBe(false);
  const request = await activate(`git:thing${n}`);
  expect(request).toMatchObject({ state: 'approved', summary: `activate thing${n} on git for 1 h` });
  expect(await reaches()).toBe(true);
  expect((await mine())[0]?.active).toMatchObject({
    until: new Date(c.house.clock.now().getTime() + HOUR).toISOString(),
  });
  const grant = await c.house.db.one<{ origin: string; originId: string }>(
    sql`select origin, origin_id from access_grant where identity_id = ${asker} and entitlement_id = ${thing}`,
  );
  expect(grant).toEqual({ origin: 'jit', originId: request.id });
  c.house.clock.advance(HOUR);
  expect(await reaches()).toBe(false);
  expect((await mine())[0]).toMatchObject({ what: { id: thing } });
});

test('a preview tells what being eligible takes and leaves no eligibility behind', async () => {
  const before = await c.house.db.one<{ n: number }>(sql`select count(*)::int as n from eligibility`);
  const seen = await preview(c, asker, { what: thing, eligible: true, for: '90d' });
  expect(seen).toMatchObject({
    submittable: true,
    lines: [{ verdict: 'allowed', what: { name: `Eligible for thing${n} on git`, systemName: 'git', risk: 'medium' } }],
    steps: [{ kind: 'owner' }],
  });
  expect(await c.house.db.one(sql`select count(*)::int as n from eligibility`)).toEqual(before);
  const long = await preview(c, asker, { what: thing, eligible: true });
  expect(long.lines[0]).toMatchObject({ verdict: 'too_long' });
});

test('what is active ends with what somebody is eligible for, and never later', async () => {
  await makeEligible('30m');
  const { lines } = await activate(thing, '2h');
  expect(lines[0]?.grant?.validTo).toBe(new Date(c.house.clock.now().getTime() + HOUR / 2).toISOString());
});

test('nobody activates what they are not eligible for, and what is not there reads alike', async () => {
  await makeEligible();
  const other = await c.entitlement('git', `other${n}`);
  const refused = async (what: string): Promise<unknown> =>
    c.house
      .perform('eligibilities.activate', { what, for: '1h', reason: 'test' }, asker)
      .catch((error: { errors: unknown }) => error.errors);
  for (const what of [other, 'git:nothing', 'role:Nobody'])
    expect(await refused(what)).toMatchObject([
      { pointer: '/what', detail: `is nothing you are eligible for: ${what}` },
    ]);
  expect(await outcome(activate(thing, '1h', c.who.omar))).toBe('input.invalid');
  expect(await outcome(activate(thing, '5h'))).toBe('request.too_long');
});

test('risk is judged as it is at activation: critical by now asks the owner, and for an hour at most', async () => {
  const { eligibilityId } = await makeEligible();
  await setRisk('critical');
  expect((await mine())[0]).toMatchObject({ approvals: 1, longestSeconds: 3600 });
  expect(await outcome(activate(thing, '2h'))).toBe('request.too_long');
  const request = await activate(eligibilityId);
  expect(request).toMatchObject({ state: 'pending', steps: [{ kind: 'owner', state: 'open' }] });
  expect(await reaches()).toBe(false);
  expect((await mine())[0]?.waiting).toMatchObject({ number: request.number });
  c.house.clock.advance(HOUR / 2);
  expect((await approve(c, request.id, c.who.priya)).state).toBe('approved');
  expect((await mine())[0]?.active?.until).toBe(new Date(c.house.clock.now().getTime() + HOUR).toISOString());
});

test('what grew riskier while an activation waited goes back to whom it asks by now', async () => {
  await makeEligible();
  await change([
    { when: { risk: ['critical'] }, steps: ['manager'], activation: { steps: ['manager', 'owner'] } },
    { when: {}, steps: ['manager'], activation: { steps: ['manager'] } },
  ]);
  const request = await activate(thing);
  await setRisk('critical');
  const back = await approve(c, request.id, c.who.tomas);
  expect([back.state, back.steps.map((s) => `${s.kind} ${s.state}`)]).toEqual([
    'pending',
    ['manager approved', 'owner open'],
  ]);
  expect(await reaches()).toBe(false);
});

test('where the rule says so, activating takes a fresh proof; sessions are under its controls and those of the eligibility', async () => {
  await change([
    { when: { risk: ['high'] }, steps: ['manager'], activation: { stepUp: true }, controls: { sessionSeconds: 1800 } },
    { when: {}, steps: ['owner'], controls: { oneSession: true } },
  ]);
  await makeEligible();
  await setRisk('high');
  expect(await outcome(activate(thing))).toBe('step_up.required');
  await change([
    { when: { risk: ['high'] }, steps: ['manager'], controls: { sessionSeconds: 1800 } },
    { when: {}, steps: ['owner'] },
  ]);
  const request = await activate(thing);
  expect(request.lines[0]?.controls).toMatchObject({ stepUpSeconds: null, sessionSeconds: 1800, oneSession: true });
});

test('on a system that is locked nothing is activated, and again once the lock is lifted', async () => {
  await makeEligible();
  await c.house.db.run(sql`
    insert into access_lock (id, scope, system_id, reason, placed_by, placed_at)
    select gen_random_uuid(), 'system', system_id, 'test', ${c.who.priya}, ${c.house.clock.now()} from entitlement where id = ${thing}`);
  expect(await outcome(activate(thing))).toBe('access.locked');
  await c.house.db.run(
    sql`update access_lock set lifted_at = ${c.house.clock.now()}, lifted_by = placed_by, lifted_because = 'test'`,
  );
  expect((await activate(thing)).state).toBe('approved');
});

test('an approval that comes after the eligibility ended gives nothing', async () => {
  const { eligibilityId } = await makeEligible();
  await change([{ when: {}, steps: ['manager'], activation: { steps: ['manager'] } }]);
  const request = await activate(thing);
  const held = await c.house.db.one<{ id: string }>(
    sql`select id from access_grant where identity_id = ${asker} and entitlement_id = ${eligibilityId}`,
  );
  await c.build(async (ctx, permit) => void (await endGrant(ctx, permit, { grantId: held.id, because: 'revoked' })));
  const after = await approve(c, request.id, c.who.tomas);
  expect(after).toMatchObject({
    state: 'denied',
    lines: [{ because: 'whoever it is for is no longer eligible for it' }],
  });
  expect((await show(c, request.id)).state).toBe('denied');
  expect(await reaches()).toBe(false);
});

test('duties are judged of the window: standing access on the other side refuses it, and being eligible is only judged by rules that name it', async () => {
  const other = await c.entitlement('git', `books${n}`);
  const rule = await c.house.perform<{ id: string }>(
    'sod.createRule',
    {
      name: `Thing ${n} and books`,
      severity: 'high',
      mode: 'enforce',
      functions: [
        { name: 'thing', entitlementIds: [thing] },
        { name: 'books', entitlementIds: [other] },
      ],
    },
    c.who.joaquin,
  );
  await c.build(
    async (ctx, permit) =>
      void (await startGrant(ctx, permit, {
        identityId: asker,
        entitlementId: other,
        validTo: new Date(ctx.now.getTime() + 2 * HOUR),
        origin: 'admin',
        reason: 'test',
      })),
  );
  const { eligibilityId } = await makeEligible();
  expect(await outcome(activate(thing))).toBe('request.conflict');
  const judged = await c.house.db.many<{ data: { way: string } }>(
    sql`select data from audit_event where type = 'sod.judged' and data ->> 'identityId' = ${asker}`,
  );
  expect(judged.map(({ data }) => data.way)).toContain('activation');
  c.house.clock.advance(2 * HOUR);
  expect((await activate(thing)).state, 'the other side is over').toBe('approved');
  await c.house.perform('sod.changeRule', { rule: rule.id, mode: 'record' }, c.who.joaquin);
  const strict = {
    name: `Being eligible for thing ${n} and books`,
    severity: 'high',
    mode: 'enforce',
    functions: [
      { name: 'thing', entitlementIds: [eligibilityId] },
      { name: 'books', entitlementIds: [other] },
    ],
  };
  await c.house.perform('sod.createRule', strict, c.who.joaquin);
  expect((await preview(c, asker, { what: other, for: '1h' })).lines[0]?.verdict).toBe('conflict');
});

test('a role may make eligible, and whoever loses the role is eligible no more', async () => {
  const role = await c.build(async (ctx, permit) => {
    const { entitlementId } = await layOutEligibility(ctx.tx, thing);
    const { id } = await createRole(ctx, permit, { name: `On call ${n}` });
    await setRoleContent(ctx, permit, { roleId: id, entitlementIds: [entitlementId], roleIds: [] });
    return (await startGrant(ctx, permit, { identityId: asker, roleId: id, origin: 'admin', reason: 'test' })).id;
  });
  expect((await mine()).map((m) => m.what.id)).toEqual([thing]);
  expect(await reaches()).toBe(false);
  expect((await activate(thing)).state).toBe('approved');
  await c.build(async (ctx, permit) => void (await endGrant(ctx, permit, { grantId: role, because: 'moved' })));
  expect(await mine()).toEqual([]);
  expect(await outcome(activate(thing))).toBe('input.invalid');
});

test('its owner opens being eligible without opening the access, and nobody else does', async () => {
  const shut = await c.entitlement('git', `shut${n}`, { requestable: false });
  expect((await preview(c, asker, { what: shut, eligible: true, for: '1d' })).lines[0]?.verdict).toBe(
    'not_requestable',
  );
  expect(await outcome(c.house.perform('eligibilities.open', { what: shut }, asker))).toBe('policy.denied');
  await c.house.perform('eligibilities.open', { what: shut, longestDays: 30 }, c.who.priya);
  expect((await preview(c, asker, { what: shut, for: '1d' })).lines[0]?.verdict).toBe('not_requestable');
  const lines = async (time: string) =>
    (await preview(c, asker, { what: shut, eligible: true, for: time })).lines[0]?.verdict;
  expect([await lines('30d'), await lines('31d')]).toEqual(['allowed', 'too_long']);
});

test('the database lets nothing hang below an eligibility, nor anybody be eligible for being eligible', async () => {
  const { eligibilityId } = await makeEligible();
  const below = c.build((ctx, permit) => addEdge(ctx, permit, { parentId: eligibilityId, childId: thing }));
  expect(await outcome(below)).toBe('graph.eligibility_gives_nothing');
  const twice = c.build((ctx) => layOutEligibility(ctx.tx, eligibilityId));
  expect(await outcome(twice)).toBe('graph.eligibility_is_not_for_eligibility');
  const moved = c.house.db.run(
    sql`update eligibility set for_entitlement_id = ${c.what.sudo} where entitlement_id = ${eligibilityId}`,
  );
  expect(await outcome(moved)).toBe('eligibility_stays_for_what_it_is_for');
});

test('others see what somebody is eligible for only where they see what they have', async () => {
  await makeEligible();
  const seen = (as: string) =>
    c.house.perform<{ items: Mine[] }>('eligibilities.list', { forIdentity: `asker${n}` }, as);
  expect((await seen(c.who.tomas)).items).toHaveLength(1);
  expect((await seen(c.who.ines)).items).toHaveLength(1);
  expect(await outcome(seen(c.who.omar))).not.toBe('done');
});
