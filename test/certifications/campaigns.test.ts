import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { finishClosing } from '#govern/certifications/close-campaign.ts';
import { ADMIN_ROLES, changeIdentityFacts } from '#spine/graph/index.ts';
import { outcome } from '#govern/requests/testing/ask.ts';
import { reviewedCompany, type ReviewedCompany } from './world.ts';

let c: ReviewedCompany;
beforeAll(async () => {
  c = await reviewedCompany();
});
afterAll(() => c.house.close());

const DAY = 86_400_000;

test('a preview says how many each would get and whom the rest falls to, and the launch does just that', async () => {
  const { who, what, house } = c;
  // Priya owns git and lena's manager is tomas; what mara has, nobody manages.
  await c.give(who.lena, what.deploy);
  await c.give(who.mara, what.deploy);
  await c.give(who.priya, what.deploy);
  const dueAt = new Date(house.clock.now().getTime() + DAY).toISOString();
  const { id } = await house.perform<{ id: string }>(
    'campaigns.create',
    { name: 'deploy', kind: 'manager', scope: { entitlementId: what.deploy }, dueAt },
    who.dana,
  );
  const preview = await house.perform<{
    items: number;
    rerouted: number;
    withoutReviewer: number;
    reviewers: { identityId: string; items: number; fellTo: number }[];
    routes: { routed: string; items: number }[];
  }>('campaigns.preview', { id }, who.dana);
  expect(preview).toMatchObject({ items: 3, withoutReviewer: 0 });
  await house.perform('campaigns.launch', { id }, who.dana);
  await house.settle(60_000);
  const items = await c.items(id);
  const counted = (of: readonly string[]): Record<string, number> =>
    Object.fromEntries([...new Set(of)].map((x) => [x, of.filter((y) => y === x).length]));
  expect(counted(items.map((i) => i.reviewerId))).toEqual(
    Object.fromEntries(preview.reviewers.map((r) => [r.identityId, r.items])),
  );
  expect(counted(items.map((i) => i.routed))).toEqual(
    Object.fromEntries(preview.routes.map((r) => [r.routed, r.items])),
  );
  expect(items.filter((i) => i.routed !== 'manager')).toHaveLength(preview.rerouted);
  expect(items.every((i) => i.reviewerId !== i.identityId)).toBe(true);
});

test('nobody reviews what they asked for: it goes to the next before anybody sees it', async () => {
  const { who, house } = c;
  const asked = await c.entitlement('git', 'asked-for', { ownerId: who.priya });
  const requestId = await c.build(async (ctx) => {
    const { id } = await ctx.tx.one<{ id: string }>(sql`
      insert into request (id, requester_id, beneficiary_id, reason, state, policy_number, submitted_at, expires_at, decided_at)
      select gen_random_uuid(), ${who.tomas}, ${who.lena}, 'test', 'approved', (select max(number) from approval_policy), ${ctx.now},
             ${ctx.now}::timestamptz + interval '1 day', ${ctx.now} returning id`);
    return id;
  });
  await c.give(who.lena, asked, { origin: 'request', originId: requestId });
  house.clock.advance(1000);
  const id = await c.launch({ scope: { entitlementId: asked }, reviewerRule: 'manager' });
  expect(await c.items(id)).toMatchObject([{ identityId: who.lena, reviewerId: who.priya, routed: 'owner' }]);
});

test('kinds look at what they are named for', async () => {
  const { who, what } = c;
  const robot = await c.person('robot', { ownerId: who.tomas }, [], 'service');
  const vendor = await c.person('vendor', { ownerId: who.tomas }, [], 'vendor');
  await c.give(robot, what.reports);
  await c.give(vendor, what.reports);
  c.house.clock.advance(1000);
  const of = async (kind: string, scope: object = {}): Promise<string[]> =>
    (await c.items(await c.launch({ kind, scope }))).map((i) => i.identityId);
  expect(new Set(await of('service_accounts'))).toEqual(new Set([robot]));
  expect(new Set(await of('vendors'))).toEqual(new Set([vendor]));
  expect(await of('ad_hoc', { managerId: who.tomas, text: 'DEPLOY' })).toEqual([who.lena]);
  expect(await outcome(c.launch({ kind: 'role_membership' }))).toBe('campaign.empty');
  expect(await outcome(c.launch({ kind: 'system' }))).toBe('input.invalid');
});

test('what has not changed since it was kept is one group; every change stands alone and is named', async () => {
  const { who, house } = c;
  const thing = await c.entitlement('git', 'yearly', { ownerId: who.priya });
  for (const id of [who.lena, who.omar, who.tomas]) await c.give(id, thing);
  house.clock.advance(1000);
  const scope = { entitlementId: thing };
  const first = await c.launch({ scope, reviewerRule: 'owner' });
  const all = await c.items(first);
  expect(all.map((i) => [i.unchanged, i.lastKeptBy])).toEqual([
    [false, null],
    [false, null],
    [false, null],
  ]);
  await house.perform('campaigns.decide', { id: first, decision: 'keep', items: all.map((i) => i.id) }, who.priya);
  expect(await house.perform('campaigns.sign', { id: first }, who.priya)).toEqual({ kept: 3, revoked: 0 });
  house.clock.advance(DAY);
  await c.build((ctx, permit) =>
    changeIdentityFacts(ctx, permit, { identityId: who.omar, change: { department: 'Elsewhere' } }),
  );
  await c.build(async (ctx) => {
    const { id } = await ctx.tx.one<{ id: string }>(
      sql`select id from access_grant where identity_id = ${who.tomas} and entitlement_id = ${thing}`,
    );
    const system = await ctx.tx.one<{ systemId: string }>(sql`select system_id from entitlement where id = ${thing}`);
    const account = await ctx.tx.one<{ id: string }>(sql`
      insert into account (id, system_id, native_id, name, identity_id, valid_from)
      values (gen_random_uuid(), ${system.systemId}, 'tomas', 'tomas', ${who.tomas}, ${ctx.now}) returning id`);
    await ctx.tx.run(sql`
      insert into access_use (id, identity_id, account_id, system_id, grant_ids, protocol, started_at, recorded)
      values (gen_random_uuid(), ${who.tomas}, ${account.id}, ${system.systemId}, array[${id}::uuid], 'ssh', ${ctx.now}, true)`);
  });
  house.clock.advance(1000);
  const second = await c.launch({ scope, reviewerRule: 'owner', delta: true });
  const items = await c.items(second, who.priya);
  const of = (id: string) => items.find((i) => i.identityId === id);
  expect(of(who.lena)).toMatchObject({ unchanged: true, changes: [], lastKeptBy: who.priya });
  expect(of(who.omar)).toMatchObject({
    unchanged: false,
    changes: [{ what: 'department', was: null, is: 'Elsewhere' }],
  });
  expect(of(who.tomas)).toMatchObject({
    unchanged: false,
    changes: [{ what: 'use', was: 'unknown', is: 'used within 90 days' }],
    evidence: { uses: 1 },
  });
  expect((await c.items(second, who.priya, { group: 'unchanged' })).map((i) => i.identityId)).toEqual([who.lena]);
  expect(await house.perform('campaigns.decide', { id: second, decision: 'keep', unchanged: true }, who.priya)).toEqual(
    { decided: 1, left: 2 },
  );
});

test('silence at the deadline comes to the outcome that was named, and is never an approval', async () => {
  const { who, house } = c;
  const thing = await c.entitlement('git', 'silent', { ownerId: who.priya });
  for (const id of [who.lena, who.omar]) await c.give(id, thing);
  house.clock.advance(1000);
  const scope = { entitlementId: thing };
  const reported = await c.launch({ scope, reviewerRule: 'owner' });
  const ended = await c.launch({ scope, reviewerRule: 'owner', noResponse: 'revoke' });
  const [decided] = await c.items(ended, who.priya);
  // Decided and not signed is silence too.
  await house.perform('items.decide', { id: decided?.id, decision: 'keep' }, who.priya);
  house.clock.advance(8 * DAY);
  await house.tasks['certifications.close_due']?.({}, {} as never);
  await house.settle(60_000);
  expect(new Set((await c.items(reported)).map((i) => `${i.state} ${i.decision}`))).toEqual(
    new Set(['unanswered null']),
  );
  const silent = await c.items(ended);
  expect(silent.map((i) => [i.state, i.decision, i.noResponse])).toEqual([
    ['revoking', 'revoke', true],
    ['revoking', 'revoke', true],
  ]);
  const live = await house.db.one<{ n: number }>(
    sql`select count(*)::int as n from access_grant where entitlement_id = ${thing} and ended_because is null`,
  );
  expect(live.n).toBe(0);
  expect(
    await outcome(
      house.db.tx((tx) => tx.run(sql`update campaign_item set state = 'kept' where campaign_id = ${ended}`)),
    ),
  ).toBe('silence_is_never_an_approval');
});

test('many are decided in one act or not at all, and only by whom they were given to', async () => {
  const { who, house } = c;
  const thing = await c.entitlement('git', 'many', { ownerId: who.priya });
  for (const id of [who.lena, who.omar, who.priya]) await c.give(id, thing);
  house.clock.advance(1000);
  const id = await c.launch({ scope: { entitlementId: thing }, reviewerRule: 'owner' });
  const items = await c.items(id);
  const mine = items.filter((i) => i.reviewerId === who.priya).map((i) => i.id);
  const all = items.map((i) => i.id);
  expect(mine).toHaveLength(2);
  const decide = (as: string, of: readonly string[]): Promise<string> =>
    outcome(house.perform('campaigns.decide', { id, decision: 'keep', items: of }, as));
  expect(await decide(who.priya, all)).toBe('campaign.not_all_to_decide');
  expect(await decide(who.lena, mine)).not.toBe('done');
  expect(await decide(who.priya, mine)).toBe('done');
  const events = await house.db.many<{ data: { items: { itemId: string }[] } }>(
    sql`select data from audit_event where type = 'campaign_items.decided' and data ->> 'campaignId' = ${id}`,
  );
  expect(events).toHaveLength(1);
  expect(new Set(events[0]?.data.items.map((i) => i.itemId))).toEqual(new Set(mine));
  const shown = await house.perform('campaigns.show', { id }, who.dana);
  expect(shown).toMatchObject({ total: 3, open: 1, decided: 2, frozen: 3 });
});

test('a close that died between pieces goes on to the same outcome, once, and spares who administers Reeve', async () => {
  const { who, house } = c;
  const thing = await c.entitlement('git', 'closing', { ownerId: who.priya });
  for (const id of [who.lena, who.omar, who.tomas]) await c.give(id, thing);
  house.clock.advance(1000);
  const id = await c.launch({ scope: { entitlementId: thing }, reviewerRule: 'owner', noResponse: 'revoke' });
  const admins = await c.launch({
    scope: { entitlementId: ADMIN_ROLES.administrator, reviewerId: who.joaquin },
    reviewerRule: 'named',
    noResponse: 'revoke',
  });
  await house.perform('campaigns.close', { id: admins }, who.dana);
  expect((await c.items(admins)).map((i) => [i.identityId, i.state, i.noResponse])).toEqual([
    [who.dana, 'unanswered', false],
  ]);
  await house.db.run(sql`update campaign set state = 'closing' where id = ${id}`);
  const job = house.as('certifications');
  let pieces = 0;
  const dies: typeof job = {
    ...job,
    act: (ask, work) => {
      pieces += 1;
      if (pieces > 1) throw new Error('killed');
      return job.act(ask, work);
    },
  };
  await expect(finishClosing(dies, id, { piece: 1 })).rejects.toThrow('killed');
  expect((await c.items(id)).filter((i) => i.noResponse)).toHaveLength(1);
  const [first] = await c.items(id, who.priya, { state: 'open' });
  expect(await outcome(house.perform('items.decide', { id: first?.id, decision: 'keep' }, who.priya))).toBe(
    'campaign.closed',
  );
  await Promise.all([finishClosing(job, id, { piece: 1 }), finishClosing(job, id, { piece: 2 })]);
  expect((await c.items(id)).map((i) => `${i.state} ${i.noResponse}`)).toEqual([
    'revoking true',
    'revoking true',
    'revoking true',
  ]);
  const ends = await house.db.many<{ id: string }>(sql`
    select data ->> 'grantId' as id from audit_event where type = 'grant.ended' and data ->> 'entitlementId' = ${thing}`);
  expect(new Set(ends.map((e) => e.id)).size).toBe(3);
  expect(ends).toHaveLength(3);
});
