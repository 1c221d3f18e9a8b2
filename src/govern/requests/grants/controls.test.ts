import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { describeEntitlement } from '#spine/graph/index.ts';
import { approve, ask, grantsOf, outcome, putInForce, setRules, show } from '../testing/ask.ts';
import { smallCompany, type SmallCompany } from '../testing/small-company.ts';
import { judgeGrantsAgain } from './judge-grants-again.ts';

const NONE = { stepUpSeconds: null, sessionSeconds: null, oneSession: false, idleSeconds: null, observerSeconds: null };
const STRICT = { stepUpSeconds: 900, sessionSeconds: 3600, oneSession: true, idleSeconds: 600, observerSeconds: 300 };
let c: SmallCompany;
let asker: string;
let thing: string;
let n = 0;
beforeAll(async () => {
  c = await smallCompany();
  await setRules(c, [
    { when: { risk: ['critical'] }, steps: ['manager', 'owner'], controls: STRICT },
    { when: { risk: ['high'] }, steps: ['manager'], controls: { stepUpSeconds: 900 } },
    { when: { risk: ['medium'] }, steps: ['manager'], controls: { stepUpSeconds: 3600, oneSession: true } },
    { when: {}, steps: ['manager'] },
  ]);
});
afterAll(() => c.house.close());
beforeEach(async () => {
  n += 1;
  c.house.clock.advance(60_000);
  asker = await c.person(`asker${n}`, { managerId: c.who.tomas });
  thing = await c.entitlement('git', `thing${n}`, { risk: 'low' });
});

const setRisk = (risk: 'low' | 'medium' | 'high' | 'critical'): Promise<void> =>
  c.build(async (ctx, permit) => void (await describeEntitlement(ctx, permit, { entitlementId: thing, risk })));
const grantOf = async (): Promise<{ id: string; controls: unknown }> => {
  const [grant] = await grantsOf(c, asker);
  return await c.house.perform('graph.showGrant', { id: grant?.id ?? '' }, c.who.dana);
};
const atTheDoor = async (): Promise<void> => judgeGrantsAgain(() => c.house.as('requests'))([(await grantOf()).id]);
const added = (): Promise<{ data: unknown }[]> =>
  c.house.db.many(sql`
    select data - 'grantId' - 'identityId' as data from audit_event
     where type = 'grant.controlled' and data ->> 'identityId' = ${asker} order by at, id`);

test('what a rule asks of sessions is said before, kept with the grant, and on the record', async () => {
  await setRisk('high');
  const seen = await c.house.perform<{ lines: { controls: unknown }[] }>(
    'requests.preview',
    { what: thing, for: '1h' },
    asker,
  );
  expect(seen.lines[0]?.controls).toEqual({ ...NONE, stepUpSeconds: 900 });
  const request = await ask(c, asker, { what: thing, for: '1h' });
  expect(request.lines[0]?.controls).toEqual({ ...NONE, stepUpSeconds: 900 });
  const done = await approve(c, request.id, c.who.tomas);
  expect(done.lines[0]?.controls).toEqual({ ...NONE, stepUpSeconds: 900 });
  expect((await grantOf()).controls).toEqual({ ...NONE, stepUpSeconds: 900 });
  expect((await added()).map((e) => e.data)).toEqual([
    { stepUpSeconds: 900, because: expect.stringMatching(/^approval policy \d+, rule 2$/) },
  ]);
  expect((await show(c, request.id)).timeline.map((t) => t.text).join()).toContain(
    'under a sign-in at most 15 min before each session',
  );
});

test('where nothing is asked, the grant is under nothing', async () => {
  await approve(c, (await ask(c, asker, { what: thing, for: '1h' })).id, c.who.tomas);
  expect((await grantOf()).controls).toEqual(NONE);
  expect(await added()).toEqual([]);
});

test('what became riskier before it was given is given under what it was asked for under and what holds by now', async () => {
  await setRisk('medium');
  const request = await ask(c, asker, { what: thing, for: '1h' });
  await setRisk('high');
  await approve(c, request.id, c.who.tomas);
  expect((await grantOf()).controls).toEqual({ ...NONE, stepUpSeconds: 900, oneSession: true });
});

test('what became less risky stays under what it was approved under', async () => {
  await setRisk('high');
  const request = await ask(c, asker, { what: thing, for: '1h' });
  await setRisk('low');
  await approve(c, request.id, c.who.tomas);
  expect((await grantOf()).controls).toEqual({ ...NONE, stepUpSeconds: 900 });
});

test('what needs another approval by now goes back for it, and is given under the stronger controls', async () => {
  const request = await ask(c, asker, { what: thing, for: '1h' });
  await setRisk('critical');
  const back = await approve(c, request.id, c.who.tomas);
  expect([back.state, back.steps.map((s) => `${s.kind} ${s.state}`)]).toEqual([
    'pending',
    ['manager approved', 'owner open'],
  ]);
  expect(await grantsOf(c, asker)).toEqual([]);
  expect((await approve(c, request.id, c.who.priya)).state).toBe('approved');
  expect((await grantOf()).controls).toEqual(STRICT);
  const { data } = await c.house.db.one<{ data: unknown }>(
    sql`select data from audit_event where type = 'request.sent_back' and data ->> 'requestId' = ${request.id}`,
  );
  expect(data).toMatchObject({ asked: 1, dropped: [], because: 'its risk went from low to critical' });
});

test('what is given later is under stronger controls where it became riskier by then', async () => {
  const startsAt = new Date(c.house.clock.now().getTime() + 3_600_000).toISOString();
  const request = await ask(c, asker, { what: thing, for: '1h', startsAt });
  await approve(c, request.id, c.who.tomas);
  await setRisk('high');
  c.house.clock.advance(3_600_000);
  const job = c.house.registry.jobs.get('requests.beginScheduled');
  await job?.run(c.house.as('requests'), {});
  expect((await grantOf()).controls).toEqual({ ...NONE, stepUpSeconds: 900 });
  expect((await added()).map((e) => e.data)).toMatchObject([
    { because: expect.stringContaining('its risk went from low to high') },
  ]);
});

test('at the door what became riskier is put under stronger controls once, and never under weaker ones', async () => {
  const request = await ask(c, asker, { what: thing, for: '1h' });
  await approve(c, request.id, c.who.tomas);
  await atTheDoor();
  expect(await added()).toEqual([]);
  await setRisk('medium');
  await atTheDoor();
  await setRisk('critical');
  await Promise.all([atTheDoor(), atTheDoor()]);
  await setRisk('low');
  await atTheDoor();
  expect((await grantOf()).controls).toEqual(STRICT);
  expect((await added()).map((e) => e.data)).toMatchObject([
    { stepUpSeconds: 3600, oneSession: true },
    { stepUpSeconds: 900, sessionSeconds: 3600 },
  ]);
  expect((await show(c, request.id)).timeline.map((t) => t.text).join()).toContain(
    'its risk went from low to critical',
  );
});

test('a grant stays under its own version of the policy, whatever is in force by then', async () => {
  const before = await c.house.db.one<{ rules: Record<string, unknown> }>(
    sql`select rules from approval_policy order by number desc limit 1`,
  );
  await approve(c, (await ask(c, asker, { what: thing, for: '1h' })).id, c.who.tomas);
  await setRules(c, [{ when: {}, steps: ['manager'], controls: STRICT }]);
  await atTheDoor();
  expect((await grantOf()).controls).toEqual(NONE);
  await putInForce(c, { rules: before.rules });
});

test('the database takes nothing away from what a grant is under, and a policy that asks for what cannot be is refused', async () => {
  await setRisk('high');
  await approve(c, (await ask(c, asker, { what: thing, for: '1h' })).id, c.who.tomas);
  const { id } = await grantOf();
  const weaker = 'grant_controls_only_become_stricter';
  expect(await outcome(c.house.db.run(sql`delete from grant_control where grant_id = ${id}`))).toBe(weaker);
  expect(await outcome(c.house.db.run(sql`update grant_control set value = 9999 where grant_id = ${id}`))).toBe(weaker);
  for (const controls of [
    { stepUpSeconds: 10 },
    { stepUpSeconds: 100_000 },
    { oneSession: false },
    { observer: 'x' },
    { observerSeconds: 5 },
    { idleSeconds: 1 },
  ])
    expect(await outcome(setRules(c, [{ when: {}, steps: ['manager'], controls }]))).toBe('input.invalid');
});
