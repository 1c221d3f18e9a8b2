import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { barOf, notIndependent } from '#govern/certifications/reviewing/independence.ts';
import { roleVersionsModule } from '#govern/role-versions/index.ts';
import { ask, outcome } from '#govern/requests/testing/ask.ts';
import { createRole, linkAccount, setRoleContent, startGrant } from '#spine/graph/index.ts';
import { reviewedCompany, type Item, type ReviewedCompany } from './world.ts';

const DAY = 86_400_000;
let c: ReviewedCompany;
let n = 0;
beforeAll(async () => {
  c = await reviewedCompany(({ decide }) => [
    roleVersionsModule({ decide, sessionsEnding: () => Promise.resolve([]) }),
  ]);
});
afterAll(() => c.house.close());

/** An exception of somebody from a rule of its own. */
const except = async (identity: string, ownerId: string): Promise<string> => {
  const { who, what, house } = c;
  const rule = await house.perform<{ id: string }>(
    'sod.createRule',
    {
      name: `rule ${(n += 1)}`,
      severity: 'high',
      ownerId,
      functions: [
        { name: 'one', entitlementIds: [what.deploy] },
        { name: 'two', entitlementIds: [what.approve] },
      ],
    },
    who.joaquin,
  );
  const validTo = new Date(house.clock.now().getTime() + 90 * DAY).toISOString();
  const asked = { rule: rule.id, identity, reason: 'small team', control: 'a log is read', validTo };
  const { id } = await house.perform<{ id: string }>('sod.grantException', asked, who.joaquin);
  house.clock.advance(1000);
  return id;
};
/** A role of priya with one part, which is on a system of hers. */
const roleOf = (name: string): Promise<string> =>
  c.build(async (ctx, permit) => {
    const made = await createRole(ctx, permit, { name, ownerId: c.who.priya, description: 'x', requestable: true });
    await setRoleContent(ctx, permit, { roleId: made.id, entitlementIds: [c.what.reports], roleIds: [] });
    return made.id;
  });
const orphan = async (name: string): Promise<string> => {
  const { id } = await c.house.db.one<{ id: string }>(sql`
    insert into account (id, system_id, native_id, name, kind, valid_from)
    select gen_random_uuid(), id, ${name}, ${name}, 'personal', ${c.house.clock.now()} from system where name = 'web1' returning id`);
  c.house.clock.advance(1000);
  return id;
};
const stagesOf = async (id: string): Promise<string[]> =>
  (await c.items(id)).map((i) => `${i.stage} ${i.state} ${i.decision}`).sort();
const vote = async (id: string, as: string, decision: string): Promise<void> => {
  const [item] = (await c.items(id)).filter((i) => i.reviewerId === as);
  await c.house.perform('items.decide', { id: item?.id, decision, comment: 'because' }, as);
  await c.house.perform('campaigns.sign', { id }, as);
  await c.house.settle(60_000);
};
const mine = async (id: string, as: string): Promise<Item> => {
  const [item] = (await c.items(id)).filter((i) => i.reviewerId === as);
  if (item === undefined) throw new Error('no item of theirs');
  return item;
};

test('an exception is voted about in stages: who is asked second sees nothing before, and who revokes ends it', async () => {
  const { who } = c;
  const exception = await except(who.lena, who.priya);
  const id = await c.launch({
    kind: 'sod_exceptions',
    scope: { identityId: who.lena },
    review: { stages: [{ by: ['owner'] }, { by: ['manager'] }] },
  });
  expect(await stagesOf(id)).toEqual(['1 open null', '2 waiting null']);
  await vote(id, who.priya, 'keep');
  expect(await stagesOf(id)).toEqual(['1 voted keep', '2 open null']);
  await vote(id, who.tomas, 'revoke');
  expect(await stagesOf(id)).toEqual(['1 voted keep', '2 revoked revoke']);
  const { over } = await c.house.db.one<{ over: boolean }>(
    sql`select valid_to <= reeve_now() as over from sod_exception where id = ${exception}`,
  );
  expect(over).toBe(true);
});

test('each vote about a part of a role is another person’s, and silence about it changes no role', async () => {
  const { who, house } = c;
  const role = await roleOf('voted about');
  house.clock.advance(1000);
  const id = await c.launch({
    kind: 'role_composition',
    scope: { roleId: role },
    noResponse: 'revoke',
    review: { stages: [{ by: ['owner', 'system_owner'], vote: 'all_accept' }] },
  });
  const seats = await c.items(id);
  // The owner of the role owns the system too: the second vote goes to the next in line.
  expect(new Set(seats.map((i) => i.reviewerId))).toEqual(new Set([who.priya, who.dana]));
  const [second] = seats.filter((i) => i.reviewerId === who.dana);
  const reassign = { id, items: [second?.id], to: who.priya, reason: 'hers', scope: 'all' };
  expect(await outcome(house.perform('campaigns.reassign', reassign, who.joaquin))).toBe('campaign_item.second_vote');
  await vote(id, who.priya, 'keep');
  await house.perform('campaigns.close', { id }, who.dana);
  await house.settle(60_000);
  expect(await stagesOf(id)).toEqual(['1 unanswered null', '1 voted keep']);
  expect(await house.db.many(sql`select 1 from role_version where role_id = ${role}`)).toEqual([]);
});

test('where several vote about an account, none of them names its owner; where one does, never themselves', async () => {
  const { who, house } = c;
  await orphan('of-nobody');
  const scope = { text: 'of-nobody' };
  const staged = await c.launch({
    kind: 'orphan_accounts',
    scope: { ...scope, reviewerId: who.mara },
    review: { stages: [{ by: ['system_owner'] }, { by: ['named'] }] },
  });
  const name = (item: Item, identity: string) =>
    outcome(house.perform('items.nameOwner', { id: item.id, identity, because: 'said so' }, who.priya));
  expect(await name(await mine(staged, who.priya), 'lena')).toBe('campaign_item.several_vote');
  const alone = await c.launch({ kind: 'orphan_accounts', scope });
  expect(await name(await mine(alone, who.priya), 'priya')).toBe('account.own_benefit');
  await house.perform('campaigns.close', { id: alone }, who.dana);
  expect(await name(await mine(alone, who.priya), 'lena')).toBe('campaign.closed');
});

test('whoever comes to have a part in it decides nothing: the role, the account, the exception of who is theirs', async () => {
  const { who, house, build } = c;
  const [had, askedFor] = [await roleOf('had since'), await roleOf('asked for since')];
  const account = await orphan('linked-since');
  house.clock.advance(1000);
  const part = await c.launch({ kind: 'role_composition', scope: { roleId: had } });
  const wanted = await c.launch({ kind: 'role_composition', scope: { roleId: askedFor } });
  const nobodys = await c.launch({ kind: 'orphan_accounts', scope: { text: 'linked-since' } });
  const robot = await c.person('excepted-robot', {}, [], 'service');
  await except(robot, who.priya);
  const excepted = await c.launch({ kind: 'sod_exceptions', scope: { identityId: robot } });
  await build(async (ctx, permit) => {
    // Within another role, which is enough.
    const outer = await createRole(ctx, permit, { name: 'around it', ownerId: who.omar, description: 'x' });
    await setRoleContent(ctx, permit, { roleId: outer.id, entitlementIds: [], roleIds: [had] });
    await startGrant(ctx, permit, { identityId: who.priya, roleId: outer.id, origin: 'admin', reason: 'x' });
    await linkAccount(ctx, permit, { accountId: account, identityId: who.priya, because: 'x', said: 'x' });
  });
  await ask(c, who.priya, { lines: [{ roleId: askedFor }] });
  await house.db.run(sql`update identity_facts set owner_id = ${who.priya} where identity_id = ${robot}`);
  house.clock.advance(1000);
  for (const id of [part, wanted, nobodys, excepted]) {
    const item = await mine(id, who.priya);
    expect(
      await outcome(house.perform('items.decide', { id: item.id, decision: 'keep', comment: 'x' }, who.priya)),
    ).toBe('campaign_item.not_independent');
    expect(
      await outcome(house.perform('campaigns.decide', { id, decision: 'revoke', items: [item.id] }, who.priya)),
    ).toBe('campaign_item.not_independent');
    expect(await outcome(house.perform('items.choose', { id: item.id, action: 'person' }, who.priya))).toBe(
      'campaign_item.not_independent',
    );
  }
  // And nobody is asked who has a part in it from the beginning.
  expect(await c.items(await c.launch({ kind: 'role_composition', scope: { roleId: had } }))).toMatchObject([
    { reviewerId: who.dana },
  ]);
  expect(await c.items(await c.launch({ kind: 'role_composition', scope: { roleId: askedFor } }))).toMatchObject([
    { reviewerId: who.dana },
  ]);
});

test('the deputy of who is excepted does not review the exception', async () => {
  const { who, house } = c;
  await except(who.omar, who.mara);
  const endsAt = new Date(house.clock.now().getTime() + 30 * DAY).toISOString();
  await house.perform('deputies.appoint', { deputy: who.mara, endsAt, reason: 'away' }, who.omar);
  house.clock.advance(1000);
  const id = await c.launch({ kind: 'sod_exceptions', scope: { identityId: who.omar, ownerId: who.mara } });
  expect(await c.items(id)).toMatchObject([{ reviewerId: who.dana, routed: 'campaign_owner' }]);
});

test('the person excepted is heard before it ends; of a part of a role there is nobody to hear', async () => {
  const { who, house } = c;
  await except(who.omar, who.priya);
  const role = await roleOf('with nobody to hear');
  house.clock.advance(1000);
  const review = { challengeDays: 3, challengePrivileged: true };
  const excepted = await c.launch({
    kind: 'sod_exceptions',
    scope: { identityId: who.omar, ownerId: who.priya },
    review,
  });
  const parts = await c.launch({ kind: 'role_composition', scope: { roleId: role }, review });
  await vote(excepted, who.priya, 'revoke');
  await vote(parts, who.priya, 'revoke');
  const [item] = await c.items(excepted);
  expect(item).toMatchObject({ state: 'challenged' });
  expect(await c.items(parts)).toMatchObject([{ state: 'revoking' }]);
  await house.perform('items.object', { id: item?.id, words: 'the team is still small' }, who.omar);
  await house.perform('items.settleObjection', { id: item?.id, outcome: 'withdraw', because: 'so it is' }, who.priya);
  expect(await c.items(excepted)).toMatchObject([{ state: 'kept' }]);
});

test('lines known to be wrong are about no account, in what is asked for and in the database', async () => {
  const { who, house } = c;
  const dueAt = new Date(house.clock.now().getTime() + DAY).toISOString();
  const draft = { name: 'x', dueAt, kind: 'orphan_accounts', review: { canaries: 1 } };
  expect(await outcome(house.perform('campaigns.create', draft, who.dana))).toBe('input.invalid');
  await orphan('no-canary');
  const id = await c.launch({ kind: 'orphan_accounts', scope: { text: 'no-canary' } });
  const canary = JSON.stringify({ grantId: id });
  for (const change of [
    sql`canary = ${canary}::jsonb`,
    sql`canary = ${canary}::jsonb, account_id = null, subject = 'grant'`,
  ])
    await expect(house.db.run(sql`update campaign_item set ${change} where campaign_id = ${id}`)).rejects.toThrow(
      'canary_never_touches_access',
    );
});

test('what is no grant has recommendations of its own, which unknown use is none of, and no replay', async () => {
  const { who, house } = c;
  await orphan('never-advised');
  const id = await c.launch({ kind: 'orphan_accounts', scope: { text: 'never-advised' } });
  const item = await mine(id, who.priya);
  expect(await house.perform('items.show', { id: item.id }, who.priya)).toMatchObject({ recommendation: null });
  expect(await house.perform('items.without', { id: item.id }, who.priya)).toMatchObject({ known: false });
  const stale = await orphan('not-used-for-long');
  await house.db.run(
    sql`update account set last_used_at = ${new Date(house.clock.now().getTime() - 200 * DAY)} where id = ${stale}`,
  );
  house.clock.advance(1000);
  const asked = await c.launch({ kind: 'orphan_accounts', scope: { text: 'not-used-for-long' } });
  expect(await house.perform('items.show', { id: (await mine(asked, who.priya)).id }, who.priya)).toMatchObject({
    recommendation: { what: 'revoke', rule: 'account.stale' },
  });
});

test('whatever items are about, who is barred looking together is barred looking one by one', async () => {
  const { who, house } = c;
  const seen = new Set<string>();
  await house.db.tx(async (tx) => {
    const items = (await tx.many<{ id: string }>(sql`select id from campaign_item`)).map((i) => i.id);
    for (const person of Object.values(who)) {
      const together = await notIndependent(tx, { who: person, items, now: house.clock.now() });
      const apart = await tx.many<{ itemId: string; bar: string }>(sql`
        select item_id, bar from (
          select i.id as item_id, ${barOf(sql`${person}::uuid`, house.clock.now())} as bar
            from campaign_item i join campaign c on c.id = i.campaign_id) b where bar is not null order by item_id`);
      expect(together).toEqual(apart);
      for (const { bar } of apart) seen.add(bar);
    }
  });
  expect([...seen].sort()).toEqual(
    expect.arrayContaining(['answers', 'holder', 'requester', 'subject', 'subject_deputy']),
  );
});
