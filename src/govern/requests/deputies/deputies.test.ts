import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { appoint, approve, ask, deny, everyMinute, grantsOf, inbox, outcome, setRules, show } from '../testing/ask.ts';
import { smallCompany, type SmallCompany } from '../testing/small-company.ts';

const DAY = 86_400_000;
let c: SmallCompany;
let boss: string;
let deputy: string;
let asker: string;
let n = 0;
beforeAll(async () => {
  c = await smallCompany();
});
afterAll(() => c.house.close());
beforeEach(async () => {
  n += 1;
  const chief = await c.person(`chief${n}`);
  boss = await c.person(`boss${n}`, { managerId: chief });
  deputy = await c.person(`deputy${n}`);
  asker = await c.person(`asker${n}`, { managerId: boss });
  await setRules(c, [
    { when: { risk: ['low'] }, steps: ['manager'] },
    { when: {}, steps: ['manager', 'owner'] },
  ]);
});
const askFor = (what = 'web1:reports', as = asker, more: Record<string, unknown> = {}) =>
  ask(c, as, { what, for: '2h', ...more });
const mine = async (who: string, id: string) => (await inbox(c, who)).find((i) => i.request.id === id);
/** How a decision is refused, whether policy, the lock or not being shown it comes first. */
const REFUSED = [
  'policy.denied',
  'request.not_found',
  'request.not_asked',
  'request.own_benefit',
  'request.decided_before',
];
const refused = async (id: string, as: string): Promise<void> => {
  expect(REFUSED).toContain(await outcome(approve(c, id, as)));
  expect(REFUSED).toContain(await outcome(deny(c, id, as)));
  expect(await mine(as, id)).toBeUndefined();
};

test('a deputy decides in the name of who was asked, also about what waited already; both names are on the record', async () => {
  const request = await askFor();
  await refused(request.id, deputy);
  await appoint(c, boss, deputy);
  expect((await mine(deputy, request.id))?.onBehalfOf?.id).toBe(boss);
  expect((await mine(boss, request.id))?.onBehalfOf).toBeNull();
  expect((await show(c, request.id)).steps[0]?.deputies.map((d) => [d.id, d.of.id])).toEqual([[deputy, boss]]);
  const done = await approve(c, request.id, deputy);
  expect([done.state, done.steps[0]?.decidedBy?.id, done.steps[0]?.decidedFor?.id]).toEqual(['approved', deputy, boss]);
  expect((await show(c, request.id)).timeline.map((t) => t.text)).toContain(
    `approved as manager, in the name of Boss${n} Example`,
  );
  const [event] = await c.house.db.many<{ actorId: string; behalf: string }>(
    sql`select actor_id, data ->> 'onBehalfOf' as behalf from audit_event where type = 'request.step_approved' and data ->> 'requestId' = ${request.id}`,
  );
  expect(event).toEqual({ actorId: deputy, behalf: boss });
  await refused(request.id, boss);
});

test('a deputy decides until the end, and until it is ended, and not before it begins', async () => {
  const request = await askFor();
  const at = (days: number) => new Date(c.house.clock.now().getTime() + days * DAY).toISOString();
  await appoint(c, boss, deputy, { startsAt: at(1), endsAt: at(2) });
  await refused(request.id, deputy);
  c.house.clock.advance(DAY);
  expect(await mine(deputy, request.id)).toBeDefined();
  c.house.clock.advance(DAY);
  await refused(request.id, deputy);
  const { id } = await appoint(c, boss, deputy);
  expect(await mine(deputy, request.id)).toBeDefined();
  expect(await outcome(c.house.perform('deputies.end', { id }, asker))).toMatch(/denied|not_found/);
  await c.house.perform('deputies.end', { id }, deputy);
  await refused(request.id, deputy);
});

test('a deputy for one system, one entitlement or one kind of step decides nothing beside it', async () => {
  const [web, git] = [await askFor(), await askFor(c.what.deploy)];
  const { id: web1 } = await c.house.db.one<{ id: string }>(sql`select id from system where name = 'web1'`);
  const scoped = async (scope: Record<string, unknown>): Promise<boolean[]> => {
    const { id } = await appoint(c, boss, deputy, scope);
    const seen = [web, git].map(async ({ id: request }) => (await mine(deputy, request)) !== undefined);
    const found = await Promise.all(seen);
    for (const [i, request] of [web, git].entries()) if (found[i] === false) await refused(request.id, deputy);
    await c.house.perform('deputies.end', { id }, boss);
    return found;
  };
  expect(await scoped({ systemIds: [web1] })).toEqual([true, false]);
  expect(await scoped({ targetIds: [c.what.deploy] })).toEqual([false, true]);
  expect(await scoped({ systemIds: [web1], targetIds: [c.what.deploy] })).toEqual([true, true]);
  expect(await scoped({ stepKinds: ['owner'] })).toEqual([false, false]);
  expect(await scoped({ stepKinds: ['manager'], systemIds: [web1] })).toEqual([true, false]);
});

test('a request for two things is not decided by a deputy for one of them', async () => {
  const { id } = await ask(c, asker, {
    lines: [
      { what: 'web1:reports', for: '1h' },
      { what: c.what.deploy, for: '1h' },
    ],
  });
  await appoint(c, boss, deputy, { targetIds: [c.what.deploy] });
  await refused(id, deputy);
});

test('a deputy of a deputy is not followed', async () => {
  const other = await c.person(`other${n}`);
  const request = await askFor();
  await appoint(c, boss, deputy);
  await appoint(c, deputy, other);
  await refused(request.id, other);
  await c.setState(deputy, 'leave');
  await c.house.settle();
  await refused(request.id, other);
});

test('who asked decides nothing as deputy of who is asked, nor does who benefits', async () => {
  await appoint(c, boss, asker);
  const own = await askFor();
  await refused(own.id, asker);
  const helper = await c.person(`helper${n}`);
  const service = await c.person(`svc${n}`, { ownerId: helper }, [], 'service');
  await appoint(c, boss, helper);
  const forService = await ask(c, c.who.dana, { what: 'web1:reports', for: '2h', forIdentity: service });
  for (const step of forService.steps) for (const { id } of step.approvers) await appoint(c, id, helper);
  await refused(forService.id, helper);
});

test('who is asked for by their own deputy does not decide it, and neither does who stands in for who asked', async () => {
  await appoint(c, asker, deputy);
  const request = await askFor();
  await refused(request.id, deputy);
  const bosss = await ask(c, boss, { what: 'web1:reports', for: '2h', forIdentity: `asker${n}` }).catch(
    () => undefined,
  );
  expect(bosss).toBeUndefined();
  const own = await askFor('web1:reports', boss);
  await appoint(c, boss, deputy);
  await refused(own.id, deputy);
});

test('nobody decides two steps of one request through a deputy, in either direction', async () => {
  const thing = await c.entitlement('git', `both${n}`, { ownerId: deputy, risk: 'high' });
  const request = await askFor(thing);
  await appoint(c, boss, deputy);
  await appoint(c, deputy, boss);
  // As deputy of the manager first: then not as owner, and the manager not as deputy of the owner.
  await approve(c, request.id, deputy);
  await refused(request.id, deputy);
  await refused(request.id, boss);
  const open = (await show(c, request.id)).steps[1];
  expect(open?.approvers.map((a) => a.id)).not.toContain(deputy);
  expect(open?.approvers.map((a) => a.id)).not.toContain(boss);
  expect((await approve(c, request.id, open?.approvers[0]?.id ?? '')).state).toBe('approved');
});

test('two of two are not one person and their deputy', async () => {
  const other = await c.person(`other${n}`);
  await setRules(c, [{ when: {}, steps: [{ named: [boss, other], approvals: 2 }] }]);
  const request = await askFor('web1:reports', await c.person(`lone${n}`));
  await appoint(c, boss, deputy);
  await approve(c, request.id, boss);
  await refused(request.id, deputy);
  await appoint(c, other, deputy);
  expect((await mine(deputy, request.id))?.onBehalfOf?.id).toBe(other);
  expect((await approve(c, request.id, deputy)).state).toBe('approved');
});

test('who is on leave is asked through a deputy; without one, others are asked, also when the deputy’s time is over', async () => {
  await appoint(c, boss, deputy, { endsAt: new Date(c.house.clock.now().getTime() + DAY / 2).toISOString() });
  await c.setState(boss, 'leave');
  const request = await askFor();
  expect(request.steps[0]?.approvers.map((a) => a.id)).toEqual([boss]);
  const told = await c.house.db.many<{ to: string[] }>(
    sql`select data -> 'to' as to from audit_event where type = 'notice.wanted' and data ->> 'path' = ${`/requests/${request.id}`}`,
  );
  expect(told.flatMap((t) => t.to)).toContain(deputy);
  c.house.clock.advance(DAY / 2);
  await everyMinute(c);
  const after = await show(c, request.id);
  expect(after.steps[0]?.approvers.map((a) => a.name)).toEqual([`Chief${n} Example`]);
  await refused(request.id, deputy);
});

test('who was suspended or left speaks through nobody', async () => {
  const request = await askFor();
  await appoint(c, boss, deputy);
  await c.setState(boss, 'suspended');
  await refused(request.id, deputy);
  await c.house.settle();
  expect((await show(c, request.id)).steps[0]?.approvers.map((a) => a.name)).toEqual([`Chief${n} Example`]);
});

test('one appoints for oneself only, somebody else, who is here, for a year at most; an officer not themselves', async () => {
  const call = (as: string, deputy: string, more: Record<string, unknown> = {}) =>
    outcome(appoint(c, as, deputy, more));
  expect(await call(boss, boss)).toBe('input.invalid');
  expect(await call(boss, 'nobody')).toBe('input.invalid');
  expect(await call(boss, deputy, { endsAt: c.house.clock.now().toISOString() })).toBe('input.invalid');
  expect(await call(boss, deputy, { endsAt: new Date(c.house.clock.now().getTime() + 400 * DAY).toISOString() })).toBe(
    'input.invalid',
  );
  expect(await call(boss, deputy, { systemIds: [boss] })).toBe('input.invalid');
  expect(await call(asker, deputy, { forIdentity: boss })).toMatch(/denied|not_found/);
  expect(await call(c.who.joaquin, c.who.joaquin, { forIdentity: boss })).toBe('input.invalid');
  expect(await call(c.who.joaquin, deputy, { forIdentity: boss })).toBe('done');
  const service = await c.person(`svc${n}`, { ownerId: boss }, [], 'service');
  expect(await call(boss, service)).toBe('input.invalid');
});

test('the database refuses a decision in the name of who benefits, whatever the code does', async () => {
  const request = await askFor(c.what.deploy);
  const as = (step: number, by: string, behalf: string) =>
    outcome(
      c.house.db.run(sql`
        update approval_step set state = 'approved', decided_by = ${by}, decided_for = ${behalf}, decided_at = reeve_now(),
               candidates = candidates || ${behalf}::uuid where request_id = ${request.id} and n = ${step}`),
    );
  expect(await as(1, deputy, asker)).toBe('nobody_approves_what_benefits_them');
  expect(await as(1, asker, boss)).toBe('nobody_approves_what_benefits_them');
  expect(await as(1, boss, boss)).toBe('approval_step_is_decided_for_another');
  expect(await as(1, deputy, boss)).toBe('done');
  expect(await as(2, c.who.priya, boss)).toBe('approval_step_decider_is_another_each_time');
  expect(await as(2, deputy, c.who.priya)).toBe('approval_step_decider_is_another_each_time');
  expect(await grantsOf(c, asker)).toEqual([]);
});
