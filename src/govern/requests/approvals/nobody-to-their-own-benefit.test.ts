import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { ADMIN_ROLES, changeIdentityFacts, describeEntitlement, startGrant } from '#spine/graph/index.ts';
import { approve, ask, deny, grantsOf, outcome, preview, show } from '../testing/ask.ts';
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
const own = (entitlementId: string, ownerId: string) =>
  c.build(async (ctx, permit) => void (await describeEntitlement(ctx, permit, { entitlementId, ownerId })));
const names = (step: { approvers: { name: string }[] } | undefined): string[] =>
  (step?.approvers ?? []).map((a) => a.name);

test('who asks cannot approve or deny, and hears why', async () => {
  const request = await ask(c, asker, { what: 'web1:reports', for: '2h' });
  expect(await outcome(approve(c, request.id, asker))).toBe('policy.denied');
  expect(await outcome(deny(c, request.id, asker))).toBe('policy.denied');
});

test('a manager who asks for a report does not approve what she asked for; the next manager does', async () => {
  const request = await ask(c, c.who.tomas, { what: 'web1:reports', for: '2h', forIdentity: `asker${n}` });
  expect(names(request.steps[0])).toEqual(['Mara Example']);
  expect(await outcome(approve(c, request.id, c.who.tomas))).toBe('policy.denied');
  expect(await outcome(approve(c, request.id, asker))).toBe('policy.denied');
  expect((await approve(c, request.id, c.who.mara)).state).toBe('approved');
  expect(await grantsOf(c, asker)).toHaveLength(1);
});

test('an owner who asks for her own entitlement does not decide as its owner', async () => {
  const request = await ask(c, c.who.priya, { what: 'web1:sudo:ALL', for: '1h' });
  expect(request.steps.map(names)).toEqual([['Mara Example'], ['Dana Example']]);
  expect(await outcome(approve(c, request.id, c.who.priya))).toBe('policy.denied');
  await approve(c, request.id, c.who.mara);
  expect(await outcome(approve(c, request.id, c.who.priya))).toBe('policy.denied');
  expect((await approve(c, request.id, c.who.dana)).state).toBe('approved');
});

test('an administrator who asks for herself decides nothing of it, alone or as administrator', async () => {
  const { steps } = await preview(c, c.who.dana, { what: 'web1:sudo:ALL', for: '1h' });
  expect(steps.map(names)).toEqual([['Joaquin Example'], ['Priya Example']]);
});

test('whoever answers for a service does not decide about what it gets', async () => {
  const service = await c.person(`svc${n}`, { ownerId: c.who.tomas }, [], 'service');
  const request = await ask(c, c.who.dana, { what: 'web1:reports', for: '2h', forIdentity: service });
  expect(names(request.steps[0])).toEqual(['Mara Example']);
  expect(await outcome(approve(c, request.id, c.who.tomas))).toBe('request.not_found');
});

test('the owner of a service asks for it, and another decides', async () => {
  const service = await c.person(`svc${n}`, { ownerId: c.who.omar }, [], 'service');
  const request = await ask(c, c.who.omar, { what: 'web1:reports', for: '2h', forIdentity: service });
  expect(names(request.steps[0])).toEqual(['Tomas Example']);
  expect(await outcome(ask(c, c.who.lena, { what: 'web1:reports', for: '2h', forIdentity: service }))).toBe(
    'identity.not_found',
  );
});

test('a service is nobody to approve, though it owns what is asked for', async () => {
  const service = await c.person(`svc${n}`, { ownerId: asker }, [], 'service');
  const thing = await c.entitlement('git', `thing${n}`, { ownerId: service, risk: 'high' });
  const { steps } = await preview(c, asker, { what: thing, for: '1h' });
  expect(names(steps[1])).toEqual(['Priya Example']);
});

test('nobody decides two steps of one request, though they are both manager and owner', async () => {
  const thing = await c.entitlement('git', `both${n}`, { ownerId: c.who.tomas, risk: 'high' });
  const request = await ask(c, asker, { what: thing, for: '1h' });
  expect(request.steps.map(names)).toEqual([['Tomas Example'], ['Priya Example']]);
  await approve(c, request.id, c.who.tomas);
  expect(await outcome(approve(c, request.id, c.who.tomas))).toBe('policy.denied');
});

test('who decided the first step and then becomes owner is passed over in the second', async () => {
  const thing = await c.entitlement('git', `later${n}`, { ownerId: c.who.priya, risk: 'high' });
  const request = await ask(c, asker, { what: thing, for: '1h' });
  await own(thing, c.who.tomas);
  const after = await approve(c, request.id, c.who.tomas);
  expect(names(after.steps[1])).toEqual(['Priya Example']);
});

test('who stops to be owner or administrator while a request waits decides it no more, at once', async () => {
  const thing = await c.entitlement('git', `lost${n}`, { ownerId: c.who.omar, risk: 'high' });
  const request = await ask(c, asker, { what: thing, for: '1h' });
  await approve(c, request.id, c.who.tomas);
  await own(thing, c.who.ines);
  expect(['request.not_asked', 'request.not_found']).toContain(await outcome(approve(c, request.id, c.who.omar)));
  await c.house.settle();
  expect(names((await show(c, request.id)).steps[1])).toEqual(['Ines Example']);
  expect((await approve(c, request.id, c.who.ines)).state).toBe('approved');
});

test('making a friend one’s manager after the manager has approved gives the friend no say', async () => {
  const thing = await c.entitlement('git', `friend${n}`, { ownerId: c.who.priya, risk: 'high' });
  const request = await ask(c, asker, { what: thing, for: '1h' });
  await approve(c, request.id, c.who.tomas);
  await c.build(
    async (ctx, permit) =>
      void (await changeIdentityFacts(ctx, permit, { identityId: asker, change: { managerId: c.who.omar } })),
  );
  await c.house.settle();
  expect(await outcome(approve(c, request.id, c.who.omar))).toBe('policy.denied');
});

test('becoming administrator after asking gives no say in it', async () => {
  const request = await ask(c, asker, { what: 'web1:reports', for: '2h' });
  await c.build(async (ctx, permit) => {
    await startGrant(ctx, permit, {
      identityId: asker,
      entitlementId: ADMIN_ROLES.administrator,
      origin: 'admin',
      reason: 'test',
    });
  });
  expect(await outcome(approve(c, request.id, asker))).toBe('policy.denied');
});

test('the database refuses a decision by who asked, by who benefits and twice by one, whatever the code does', async () => {
  const request = await ask(c, asker, { what: 'web1:sudo:ALL', for: '2h' });
  const decideAs = (step: number, id: string): Promise<string> =>
    outcome(
      c.house.db.run(sql`
        update approval_step set state = 'approved', decided_by = ${id}, decided_at = reeve_now(), candidates = candidates || ${id}::uuid
         where request_id = ${request.id} and n = ${step}`),
    );
  expect(await decideAs(1, asker)).toBe('nobody_approves_what_benefits_them');
  const state = await c.house.db.many<{ state: string }>(
    sql`select state from approval_step where request_id = ${request.id} order by n`,
  );
  expect(state.map((s) => s.state)).toEqual(['open', 'waiting']);
  expect(await decideAs(1, c.who.mara)).toBe('done');
  expect(await decideAs(2, c.who.mara)).toBe('approval_step_decider_is_another_each_time');
});

test('a vendor’s sponsor decides as a manager would, and a vendor decides nothing', async () => {
  const vendor = await c.person(`vendor${n}`, { ownerId: c.who.tomas }, [], 'vendor');
  const request = await ask(c, vendor, { what: 'web1:reports', for: '2h' });
  expect(names(request.steps[0])).toEqual(['Tomas Example']);
  const thing = await c.entitlement('git', `vendors${n}`, { ownerId: vendor, risk: 'high' });
  expect(names((await preview(c, asker, { what: thing, for: '1h' })).steps[1])).toEqual(['Priya Example']);
});
