import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { signinModule } from '#platform/signin/index.ts';
import { codeApp, type CodeApp } from '#test/harness/one-time-codes.ts';
import { softPasskey, type SoftPasskey } from '#test/harness/soft-passkey.ts';
import { approve, ask, deny, grantsOf, inbox, outcome, setRules, show, tally } from '../testing/ask.ts';
import { smallCompany, type SmallCompany } from '../testing/small-company.ts';

const SITE = { origin: 'http://localhost:8470', rpId: 'localhost' };
let c: SmallCompany;
let app: CodeApp;
let key: SoftPasskey;
let asker: string;
let n = 0;

beforeAll(async () => {
  c = await smallCompany((parts) => [signinModule({ ...parts, publicUrl: SITE.origin })]);
  app = await withCodes(c.who.tomas);
  key = softPasskey(SITE);
});
afterAll(() => c.house.close());
beforeEach(async () => {
  n += 1;
  c.house.clock.advance(60_000);
  asker = await c.person(`asker${n}`, { managerId: c.who.tomas });
  await setRules(c, [
    { when: { privileged: true }, steps: ['manager'], stepUp: true },
    { when: {}, steps: ['manager'] },
  ]);
});

const withCodes = (id: string): Promise<CodeApp> => codeApp(c.house, id);
const begin = (as: string, resourceId: string, more: Record<string, unknown> = {}) =>
  c.house.perform<{ challengeId: string; options: { challenge: string } | null }>(
    'signin.askStepUp',
    { action: 'request.approve', resourceId, ...more },
    as,
  );
const prove = (as: string, challengeId: string, given: Record<string, unknown>): Promise<unknown> =>
  c.house.perform('signin.stepUp', { challengeId, ...given }, as);
const proveByCode = async (resourceId: string, more: Record<string, unknown> = {}): Promise<void> => {
  const { challengeId } = await begin(c.who.tomas, resourceId, more);
  await prove(c.who.tomas, challengeId, { code: app.code() });
};
const privileged = () => ask(c, asker, { what: 'web1:sudo:ALL', for: '1h' });

test('where the policy says so, an approval needs a fresh proof for that request, which is kept with it and on the record', async () => {
  const request = await privileged();
  const waiting = await inbox(c, c.who.tomas);
  expect(waiting.find((i) => i.request.id === request.id)).toMatchObject({ stepUp: true });
  expect(await outcome(approve(c, request.id, c.who.tomas))).toBe('step_up.required');
  const refused = await approve(c, request.id, c.who.tomas).catch((e: unknown) => e);
  expect(refused).toMatchObject({
    status: 401,
    extra: { step_up: { action: 'request.approve', resource_id: request.id } },
  });
  await proveByCode(request.id);
  const done = await approve(c, request.id, c.who.tomas);
  expect([done.state, done.steps[0]]).toMatchObject(['approved', { stepUp: { method: 'totp' } }]);
  const [event] = await c.house.db.many<{ data: unknown }>(
    sql`select data from audit_event where type = 'request.step_approved' and data ->> 'requestId' = ${request.id}`,
  );
  expect(event?.data).toMatchObject({ stepUp: { method: 'totp' } });
  expect((await show(c, request.id)).timeline.map((t) => t.text)).toContain(
    'approved as manager, proved by a one-time code',
  );
});

test('what is not privileged is approved without', async () => {
  const request = await ask(c, asker, { what: 'web1:reports', for: '1h' });
  const done = await approve(c, request.id, c.who.tomas);
  expect([done.state, done.steps[0]]).toMatchObject(['approved', { stepUp: null }]);
});

test('a proof is good for one request, one act and one time', async () => {
  const [one, other] = [await privileged(), await ask(c, c.who.omar, { what: 'web1:sudo:ALL', for: '1h' })];
  await proveByCode(one.id);
  expect(await outcome(approve(c, other.id, c.who.tomas))).toBe('step_up.required');
  expect(await outcome(deny(c, one.id, c.who.tomas))).toBe('step_up.required');
  await approve(c, one.id, c.who.tomas);
  await deny(c, other.id, c.who.tomas).catch(() => undefined);
  expect((await show(c, other.id)).state).toBe('pending');
  await proveByCode(other.id, { action: 'request.deny' });
  expect((await deny(c, other.id, c.who.tomas)).state).toBe('denied');
});

test('a proof is over after five minutes, and belongs to whoever made it and the sign-in they came with', async () => {
  const request = await privileged();
  await proveByCode(request.id);
  c.house.clock.advance(300_000);
  expect(await outcome(approve(c, request.id, c.who.tomas))).toBe('step_up.required');
  await proveByCode(request.id);
  const found = c.house.registry.operations.get('requests.approve');
  if (found === undefined) throw new Error('no such operation');
  const byAnotherSignIn = c.house.operator.perform(
    found,
    { id: request.id },
    {
      principal: { kind: 'identity', id: c.who.tomas },
      origin: { via: 'api', signinId: newId() },
      trace: newId(),
    },
  );
  expect(await outcome(byAnotherSignIn)).toBe('step_up.required');
  const { challengeId } = await begin(c.who.tomas, request.id);
  await withCodes(c.who.priya);
  expect(await outcome(prove(c.who.priya, challengeId, { code: '123456' }))).toBe('step_up.over');
});

test('a passkey proves it too, and a prompt of one works once whatever was answered', async () => {
  const { challengeId: adding, options } = await c.house.perform<{
    challengeId: string;
    options: { challenge: string };
  }>('passkeys.begin', {}, c.who.tomas);
  const response = key.register(options.challenge);
  await c.house.perform('passkeys.add', { challengeId: adding, response, name: 'a key' }, c.who.tomas);
  const request = await privileged();
  const wrong = await begin(c.who.tomas, request.id);
  const lie = key.answer(wrong.options?.challenge ?? '', { userVerified: false });
  expect(await outcome(prove(c.who.tomas, wrong.challengeId, { response: lie }))).toBe('step_up.refused');
  const late = key.answer(wrong.options?.challenge ?? '');
  expect(await outcome(prove(c.who.tomas, wrong.challengeId, { response: late }))).toBe('step_up.over');
  const asked = await begin(c.who.tomas, request.id);
  await prove(c.who.tomas, asked.challengeId, { response: key.answer(asked.options?.challenge ?? '') });
  expect((await approve(c, request.id, c.who.tomas)).steps[0]).toMatchObject({ stepUp: { method: 'passkey' } });
  expect((await begin(c.who.tomas, request.id, { byCode: true })).options).toBeNull();
});

test('of ten approvals at the same instant with one proof one goes through, and ten guesses are slowed', async () => {
  const request = await privileged();
  await proveByCode(request.id, { byCode: true });
  const at = await Promise.all(Array.from({ length: 10 }, () => outcome(approve(c, request.id, c.who.tomas))));
  expect(tally(at)['done']).toBe(1);
  expect(await grantsOf(c, asker)).toHaveLength(1);
  const other = await ask(c, c.who.lena, { what: 'web1:sudo:ALL', for: '1h' });
  const guesses: string[] = [];
  for (let i = 0; i < 3; i += 1) {
    const { challengeId } = await begin(c.who.tomas, other.id, { byCode: true });
    for (let j = 0; j < 6; j += 1) guesses.push(await outcome(prove(c.who.tomas, challengeId, { code: `00000${j}` })));
  }
  expect(tally(guesses)['signin.too_many_tries']).toBeGreaterThan(5);
  expect(tally(guesses)['step_up.refused']).toBeLessThanOrEqual(5);
});

test('what became privileged after it was approved without a proof is asked for again, with one', async () => {
  await setRules(c, [
    { when: { privileged: true }, steps: ['manager', 'owner'], stepUp: true },
    { when: {}, steps: ['manager', 'owner'] },
  ]);
  const thing = await c.entitlement('git', `rises${n}`);
  const request = await ask(c, asker, { what: thing, for: '1h' });
  await approve(c, request.id, c.who.tomas);
  await c.entitlement('git', `rises${n}`, { markedPrivileged: true });
  await withCodes(c.who.priya).catch(() => undefined);
  expect(await outcome(approve(c, request.id, c.who.priya))).toBe('step_up.required');
  await c.house.db.run(sql`
    insert into step_up (id, identity_id, action, resource_id, asked_at, ends_at, method, proved_at)
    values (${newId()}, ${c.who.priya}, 'request.approve', ${request.id}, ${c.house.clock.now()},
            ${new Date(c.house.clock.now().getTime() + 60_000)}, 'totp', ${c.house.clock.now()})`);
  const done = await approve(c, request.id, c.who.priya);
  expect([done.state, done.steps.map((s) => `${s.kind} ${s.state}`)]).toEqual([
    'pending',
    ['manager open', 'owner approved'],
  ]);
  expect(await grantsOf(c, asker)).toEqual([]);
  expect(await outcome(approve(c, request.id, c.who.tomas))).toBe('step_up.required');
  await proveByCode(request.id, { byCode: true });
  expect((await approve(c, request.id, c.who.tomas)).state).toBe('approved');
});

test('the database refuses half a proof, and one that belongs to no decision', async () => {
  const request = await privileged();
  const half = c.house.db.run(sql`update approval_step set step_up_method = 'totp' where request_id = ${request.id}`);
  expect(await outcome(half)).toBe('approval_step_step_up_is_whole');
  const loose = c.house.db.run(
    sql`update approval_step set step_up_method = 'totp', step_up_at = reeve_now() where request_id = ${request.id}`,
  );
  expect(await outcome(loose)).toBe('approval_step_step_up_is_of_its_decision');
});
