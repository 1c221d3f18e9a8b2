import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { ADMIN_ROLES, describeEntitlement, endGrant, listGrants } from '#spine/graph/index.ts';
import { approve, ask, everyMinute, grantsOf, outcome, preview, show } from '../testing/ask.ts';
import { smallCompany, type SmallCompany } from '../testing/small-company.ts';

const HOUR = 3_600_000;
let c: SmallCompany;
let boss: string;
let chief: string;
let asker: string;
let n = 0;
beforeAll(async () => {
  c = await smallCompany();
  await c.house.db.run(sql`
    insert into calendar (site, time_zone, hours, changed_at, changed_by) values ('house', 'UTC', '{mon-fri 09:00-17:00}', reeve_now(), 'test')`);
});
afterAll(() => c.house.close());
beforeEach(async () => {
  n += 1;
  chief = await c.person(`chief${n}`);
  boss = await c.person(`boss${n}`, { managerId: chief });
  asker = await c.person(`asker${n}`, { managerId: boss });
});
const later = async (ms: number): Promise<void> => {
  c.house.clock.advance(ms);
  await everyMinute(c);
};
const names = (step: { approvers: { name: string }[] } | undefined): string[] =>
  (step?.approvers ?? []).map((a) => a.name).sort();
const notices = async (id: string): Promise<{ template: string; to: string[] }[]> =>
  (
    await c.house.db.many<{ data: { template: string; to: string[] } }>(
      sql`select data from audit_event where type = 'notice.wanted' and data ->> 'path' = ${`/requests/${id}`} order by id`,
    )
  ).map((r) => ({ template: r.data.template, to: r.data.to }));

test('who is asked is told, reminded when late, and then the next in line is asked too; either may decide', async () => {
  const request = await ask(c, asker, { what: 'web1:reports', for: '2h' });
  await later(7 * HOUR);
  expect(await notices(request.id)).toEqual([{ template: 'approval.wanted', to: [boss] }]);
  await later(HOUR);
  await later(HOUR);
  expect(await notices(request.id)).toEqual([
    { template: 'approval.wanted', to: [boss] },
    { template: 'approval.reminder', to: [boss] },
  ]);
  await later(23 * HOUR);
  expect(names((await show(c, request.id)).steps[0])).toEqual([`Boss${n} Example`, `Chief${n} Example`]);
  expect((await notices(request.id)).at(-1)).toEqual({ template: 'approval.wanted', to: [chief] });
  expect((await approve(c, request.id, boss)).state).toBe('approved');
});

test('in the end administrators and security officers are asked too, and after fourteen days it expires and gives nothing', async () => {
  const request = await ask(c, asker, { what: 'web1:reports', for: '2h' });
  for (let day = 0; day < 13; day += 1) await later(24 * HOUR);
  const waiting = await show(c, request.id);
  expect(names(waiting.steps[0])).toEqual([`Boss${n} Example`, `Chief${n} Example`, 'Dana Example', 'Joaquin Example']);
  expect(waiting.state).toBe('pending');
  await later(24 * HOUR);
  const over = await show(c, request.id);
  expect(over.state).toBe('expired');
  expect(over.steps.map((s) => s.state)).toEqual(['skipped']);
  expect((await notices(request.id)).at(-1)).toEqual({ template: 'request.expired', to: [asker] });
  expect(await outcome(approve(c, request.id, boss))).toBe('policy.denied');
  expect(await grantsOf(c, asker)).toEqual([]);
});

test('a manager on leave is passed over when asking, and replaced when leaving while it waits', async () => {
  await c.setState(boss, 'leave');
  expect(names((await preview(c, asker, { what: 'web1:reports', for: '2h' })).steps[0])).toEqual([`Chief${n} Example`]);
  await c.setState(boss, 'active');
  const request = await ask(c, asker, { what: 'web1:reports', for: '2h' });
  await c.setState(boss, 'leaver');
  await c.house.settle();
  const after = await show(c, request.id);
  expect(names(after.steps[0])).toEqual([`Chief${n} Example`]);
  expect(after.timeline.at(-1)?.text).toBe(
    `waits for Chief${n} Example instead (a manager further up, because those nearer cannot decide)`,
  );
  expect((await notices(request.id)).at(-1)).toEqual({ template: 'approval.wanted', to: [chief] });
});

test('an owner who leaves before his step comes is replaced when it opens', async () => {
  const owner = await c.person(`owner${n}`, { managerId: chief });
  const thing = await c.entitlement('git', `thing${n}`, { ownerId: owner, risk: 'high' });
  const request = await ask(c, asker, { what: thing, for: '1h' });
  await c.setState(owner, 'suspended');
  await approve(c, request.id, boss);
  expect(names((await show(c, request.id)).steps[1])).toEqual(['Priya Example']);
});

test('without anybody who could decide nothing can be submitted, and it says so before', async () => {
  const alone = await smallCompany();
  try {
    const only = alone.who.dana;
    await alone.build(async (ctx, permit) => {
      const officers = await listGrants(ctx.tx, { filter: { entitlementId: ADMIN_ROLES.security_officer } });
      for (const grant of officers.items) await endGrant(ctx, permit, { grantId: grant.id, because: 'test' });
    });
    alone.house.clock.advance(1000);
    const seen = await preview(alone, only, { what: 'web1:reports', for: '2h' });
    expect(seen).toMatchObject({ submittable: false, lines: [{ verdict: 'allowed' }] });
    expect(seen.stuck).toContain('nobody is there');
    expect(await outcome(ask(alone, only, { what: 'web1:reports', for: '2h' }))).toBe('request.nobody_can_approve');
  } finally {
    await alone.house.close();
  }
});

test('what became privileged while it waited is not given with the approvals of before', async () => {
  const thing = await c.entitlement('git', `grew${n}`, { risk: 'low' });
  const request = await ask(c, asker, { what: thing, for: '1h' });
  expect(request.steps).toHaveLength(1);
  await c.build(
    async (ctx, permit) => void (await describeEntitlement(ctx, permit, { entitlementId: thing, risk: 'critical' })),
  );
  const after = await approve(c, request.id, boss);
  expect([after.state, after.steps.map((s) => `${s.kind} ${s.state}`)]).toEqual([
    'pending',
    ['manager approved', 'owner open'],
  ]);
  expect((await show(c, request.id)).timeline.map((t) => t.text)).toContain(
    'sent it back for 1 more approval: its risk went from low to critical',
  );
  expect((await approve(c, request.id, after.steps[1]?.approvers[0]?.id ?? '')).state).toBe('approved');
});

test('what its owner closed while it waited is not given', async () => {
  const thing = await c.entitlement('git', `closed${n}`, { risk: 'low' });
  const request = await ask(c, asker, { what: thing, for: '1h' });
  await c.build(
    async (ctx, permit) => void (await describeEntitlement(ctx, permit, { entitlementId: thing, requestable: false })),
  );
  expect(await approve(c, request.id, boss)).toMatchObject({ state: 'denied', lines: [{ state: 'refused' }] });
});

test('an end that passed while it waited gives nothing', async () => {
  const until = new Date(c.house.clock.now().getTime() + 2 * HOUR).toISOString();
  const request = await ask(c, asker, { what: 'web1:reports', until });
  c.house.clock.advance(3 * HOUR);
  expect(await approve(c, request.id, boss)).toMatchObject({
    state: 'denied',
    endedBecause: 'the time it was asked for has passed',
  });
});

test('nothing is given to somebody who left while it waited', async () => {
  const request = await ask(c, asker, { what: 'web1:reports', for: '2h' });
  await c.setState(asker, 'leaver');
  expect(await approve(c, request.id, boss)).toMatchObject({
    state: 'denied',
    endedBecause: 'whoever it was for has left',
  });
});
