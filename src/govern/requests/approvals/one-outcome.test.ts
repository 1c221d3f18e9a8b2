import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { approve, ask, deny, grantsOf, outcome, show, tally, withdraw } from '../testing/ask.ts';
import { smallCompany, type SmallCompany } from '../testing/small-company.ts';

let c: SmallCompany;
let asker: string;
let n = 0;
beforeAll(async () => {
  c = await smallCompany();
});
afterAll(() => c.house.close());
beforeEach(async () => {
  n += 1;
  asker = await c.person(`asker${n}`, { managerId: c.who.tomas });
});
const fifty = <T>(call: (i: number) => Promise<T>): Promise<string[]> =>
  Promise.all(Array.from({ length: 50 }, (_, i) => outcome(call(i))));
const endings = (id: string): Promise<{ type: string }[]> =>
  c.house.db.many(sql`
    select type from audit_event where data ->> 'requestId' = ${id}
       and type in ('request.approved', 'request.denied', 'request.withdrawn', 'request.expired')`);

test('fifty approvals at once decide the step once and give the access once', async () => {
  const request = await ask(c, asker, { what: 'web1:reports', for: '2h' });
  const outcomes = tally(await fifty(() => approve(c, request.id, c.who.tomas)));
  expect(outcomes['done']).toBe(1);
  expect(Object.keys(outcomes).filter((o) => !['done', 'request.over', 'policy.denied'].includes(o))).toEqual([]);
  expect(await grantsOf(c, asker)).toHaveLength(1);
  expect(await endings(request.id)).toHaveLength(1);
});

test('approving, denying and taking back at once end in one way, with a grant exactly when it is approved', async () => {
  const ends = new Set<string>();
  for (let round = 0; round < 6; round += 1) {
    const who = await c.person(`racer${n}x${round}`, { managerId: c.who.tomas });
    const request = await ask(c, who, { what: 'web1:reports', for: '2h' });
    const outcomes = await fifty((i) =>
      (i + round) % 3 === 0
        ? approve(c, request.id, c.who.tomas)
        : (i + round) % 3 === 1
          ? withdraw(c, request.id, who)
          : deny(c, request.id, c.who.tomas),
    );
    expect(outcomes.filter((o) => o === 'done')).toHaveLength(1);
    const { state } = await show(c, request.id);
    ends.add(state);
    expect(await grantsOf(c, who)).toHaveLength(state === 'approved' ? 1 : 0);
    expect((await endings(request.id)).map((e) => e.type)).toEqual([`request.${state}`]);
  }
  expect([...ends].every((s) => ['approved', 'denied', 'withdrawn'].includes(s))).toBe(true);
});

test('two people who may both decide a step decide it once, and neither the next', async () => {
  const [a, b] = [await c.person(`adm${n}a`, {}, ['administrator']), await c.person(`adm${n}b`, {}, ['administrator'])];
  const alone = await c.person(`alone${n}`);
  const request = await ask(c, alone, { what: 'web1:reports', for: '2h' });
  expect(request.steps[0]?.approvers.map((p) => p.id)).toEqual(expect.arrayContaining([a, b]));
  const outcomes = await fifty((i) => approve(c, request.id, i % 2 === 0 ? a : b));
  expect(outcomes.filter((o) => o === 'done')).toHaveLength(1);
  expect(await grantsOf(c, alone)).toHaveLength(1);
});

test('fifty submissions of the same thing at once make one request', async () => {
  const outcomes = tally(await fifty(() => ask(c, asker, { what: 'web1:reports', for: '2h' })));
  expect(outcomes).toEqual({ done: 1, 'request.asked_already': 49 });
});

test('two last approvals of what one person may not combine give one of the two', async () => {
  const rounds = [];
  for (let round = 0; round < 5; round += 1) {
    const who = await c.person(`both${n}x${round}`, { managerId: c.who.tomas });
    const one = await ask(c, who, { what: c.what.deploy, for: '2h' });
    const other = await ask(c, who, { what: c.what.approve, for: '2h' });
    rounds.push({ who, one, other });
  }
  // Only now, since what is asked for already keeps the other from being asked for.
  await c.house.perform(
    'sod.createRule',
    {
      name: `Deploy and approve ${n}`,
      severity: 'high',
      mode: 'enforce',
      functions: [
        { name: 'deploy', entitlementIds: [c.what.deploy] },
        { name: 'approve', entitlementIds: [c.what.approve] },
      ],
    },
    c.who.joaquin,
  );
  for (const { who, one, other } of rounds) {
    await Promise.all([approve(c, one.id, c.who.tomas), approve(c, other.id, c.who.tomas)]);
    expect(await grantsOf(c, who)).toHaveLength(1);
    expect([(await show(c, one.id)).state, (await show(c, other.id)).state].sort()).toEqual(['approved', 'denied']);
  }
});

test('fifty who give the same access back at once end it once', async () => {
  const request = await ask(c, asker, { what: 'web1:reports', for: '2h' });
  const { lines } = await approve(c, request.id, c.who.tomas);
  const outcomes = tally(await fifty(() => c.house.perform('grants.giveBack', { id: lines[0]?.grant?.id }, asker)));
  expect(outcomes).toEqual({ done: 1, 'grant.already_ended': 49 });
});

test('an approval whose answer was lost is answered again, though nobody decides twice', async () => {
  const request = await ask(c, asker, { what: 'web1:reports', for: '2h' });
  const decider = request.steps[0]?.approvers[0]?.id ?? '';
  const operation = c.house.registry.operations.get('requests.approve');
  if (operation === undefined) throw new Error('no such operation');
  const say = (idempotencyKey: string) =>
    c.house.operator.perform(
      operation,
      { id: request.id },
      { principal: { kind: 'identity', id: decider }, origin: { via: 'api', address: '127.0.0.1' }, trace: newId() },
      { idempotencyKey },
    );
  const key = newId();
  const first = await say(key);
  const again = await say(key);
  expect(again.output).toEqual(JSON.parse(JSON.stringify(first.output)));
  expect(again.eventIds).toEqual([]);
  await expect(say(newId())).rejects.toMatchObject({ code: 'policy.denied' });
});
