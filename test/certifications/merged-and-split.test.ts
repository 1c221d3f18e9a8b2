import { afterAll, beforeAll, expect, test } from 'vitest';
import { noteWanted } from '#govern/certifications/openings/note-events.ts';
import { openReviews } from '#govern/certifications/openings/open-reviews.ts';
import { birthrightChanges, feedUndo, lifecycleModule } from '#govern/lifecycle/index.ts';
import { outcome } from '#govern/requests/testing/ask.ts';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { massChangesModule } from '#spine/mass-changes/index.ts';
import { linkAccount, unlinkAccount } from '#spine/graph/index.ts';
import { noTargets, reviewedCompany, type Item, type ReviewedCompany } from './world.ts';

/** Two who are under review turn out to be one, or one to be two, while it is not decided yet. */

let c: ReviewedCompany;
let n = 0;
beforeAll(async () => {
  c = await reviewedCompany(() => [
    massChangesModule([birthrightChanges, feedUndo]),
    lifecycleModule({ targets: noTargets }),
  ]);
  const policy = { drift: { on: true, reviewer: 'manager', days: 7, noResponse: 'report' }, collectMinutes: 0 };
  await c.house.perform('reviews.putPolicy', { policy, reason: 'test' }, c.who.dana);
});
afterAll(() => c.house.close());

const thing = (): Promise<string> => c.entitlement('git', `both-${(n += 1)}`, { ownerId: c.who.priya });
const person = (name: string, managerId: string): Promise<string> => c.person(`${name}-${(n += 1)}`, { managerId });
const act = async (operation: string, input: object): Promise<void> => {
  c.house.clock.advance(1000);
  await c.house.perform(operation, { because: 'looked at', ...input }, c.who.dana);
  await c.house.settle(60_000);
};
const merge = (identity: string, into: string): Promise<void> => act('identities.merge', { identity, into });
const decide = async (item: Item | undefined, decision: string): Promise<void> => {
  const input = { id: item?.id, decision, comment: 'x' };
  expect(await outcome(c.house.perform('items.decide', input, item?.reviewerId ?? ''))).toBe('done');
};
const of = async (campaign: string, identityId: string): Promise<Item | undefined> =>
  (await c.items(campaign)).find((item) => item.identityId === identityId);
const launch = async (scope: object): Promise<string> => {
  c.house.clock.advance(1000);
  return await c.launch({ scope });
};
const has = async (identityId: string, entitlementId: string): Promise<boolean> =>
  (
    await c.house.db.many(sql`
      select 1 from access_grant where identity_id = ${identityId} and entitlement_id = ${entitlementId} and ended_because is null`)
  ).length > 0;

test('where both were asked about for the same thing it is asked once, and anew where the answers differ', async () => {
  const { who } = c;
  const what = await thing();
  const [one, double] = [await person('one', who.tomas), await person('double', who.mara)];
  for (const identity of [one, double]) await c.give(identity, what);
  const campaign = await launch({ entitlementId: what });
  await decide(await of(campaign, one), 'keep');
  await decide(await of(campaign, double), 'revoke');
  await merge(double, one);
  expect(await of(campaign, double)).toMatchObject({ state: 'spared', decision: null });
  expect(await of(campaign, one)).toMatchObject({ state: 'open', decision: null, reviewerId: who.tomas });
  expect(await outcome(c.house.perform('campaigns.sign', { id: campaign }, who.mara))).toBe('campaign.not_found');
  await decide(await of(campaign, one), 'keep');
  await c.house.perform('campaigns.sign', { id: campaign }, who.tomas);
  expect(await has(one, what)).toBe(true);
});

test('where both were answered for alike, the answer stays', async () => {
  const { who } = c;
  const what = await thing();
  const [one, double] = [await person('one', who.tomas), await person('double', who.mara)];
  for (const identity of [one, double]) await c.give(identity, what);
  const campaign = await launch({ entitlementId: what });
  for (const identity of [one, double]) await decide(await of(campaign, identity), 'revoke');
  await merge(double, one);
  expect(await of(campaign, one)).toMatchObject({ state: 'decided', decision: 'revoke' });
  expect(await of(campaign, double)).toMatchObject({ state: 'spared' });
  await c.house.perform('campaigns.sign', { id: campaign }, who.tomas);
  expect(await has(one, what)).toBe(false);
});

test('asked about one of them alone, it is about what the other had already, and revoked it is gone', async () => {
  const { who } = c;
  const what = await thing();
  const [one, double] = [await person('one', who.tomas), await person('double', who.mara)];
  for (const identity of [one, double]) await c.give(identity, what);
  const campaign = await launch({ identityId: double });
  await decide(await of(campaign, double), 'revoke');
  await merge(double, one);
  expect(await of(campaign, one)).toMatchObject({ state: 'decided', decision: 'revoke', reviewerId: who.mara });
  await c.house.perform('campaigns.sign', { id: campaign }, who.mara);
  expect(await has(one, what)).toBe(false);
});

test('taken back, each is asked about for their own again, with what an independent reviewer decided', async () => {
  const { who } = c;
  const [first, second] = [await thing(), await thing()];
  const [one, double] = [await person('one', who.tomas), await person('double', who.mara)];
  await c.give(one, first);
  await c.give(double, second);
  const campaign = await launch({ identityId: double });
  await decide(await of(campaign, double), 'keep');
  await merge(double, one);
  expect(await of(campaign, one)).toMatchObject({
    state: 'decided',
    what: expect.stringContaining('both-') as unknown,
  });
  await act('identities.unmerge', { identity: double });
  expect(await of(campaign, one)).toBeUndefined();
  const back = await of(campaign, double);
  expect(back).toMatchObject({ state: 'decided', decision: 'keep', reviewerId: who.mara });
  const grant = await c.house.db.one<{ identityId: string; endedBecause: string | null }>(
    sql`select identity_id, ended_because from access_grant where id = ${back?.grantId ?? ''}`,
  );
  expect(grant).toEqual({ identityId: double, endedBecause: null });
});

test('taken back where both were asked about for the same, both are asked again', async () => {
  const { who } = c;
  const what = await thing();
  const [one, double] = [await person('one', who.tomas), await person('double', who.mara)];
  for (const identity of [one, double]) await c.give(identity, what);
  const campaign = await launch({ entitlementId: what });
  await decide(await of(campaign, double), 'revoke');
  await merge(double, one);
  await decide(await of(campaign, one), 'keep');
  await act('identities.unmerge', { identity: double });
  expect(await of(campaign, one)).toMatchObject({ state: 'decided', decision: 'keep' });
  const again = await of(campaign, double);
  expect(again).toMatchObject({ state: 'open', reviewerId: who.mara });
  await decide(again, 'revoke');
  await c.house.perform('campaigns.sign', { id: campaign }, who.mara);
  expect([await has(one, what), await has(double, what)]).toEqual([true, false]);
});

test('asked about one of them alone and taken back, it is about theirs again', async () => {
  const { who } = c;
  const what = await thing();
  const [one, double] = [await person('one', who.tomas), await person('double', who.mara)];
  for (const identity of [one, double]) await c.give(identity, what);
  const campaign = await launch({ identityId: double });
  await decide(await of(campaign, double), 'revoke');
  await merge(double, one);
  await act('identities.unmerge', { identity: double });
  expect(await of(campaign, one)).toBeUndefined();
  expect(await of(campaign, double)).toMatchObject({ state: 'decided', decision: 'revoke' });
  await c.house.perform('campaigns.sign', { id: campaign }, who.mara);
  expect([await has(one, what), await has(double, what)]).toEqual([true, false]);
});

test('what goes to another is under review as theirs; the rest stays', async () => {
  const { who } = c;
  const [stays, goes] = [await thing(), await thing()];
  const both = await person('both', who.tomas);
  await c.give(both, stays);
  const given = await c.give(both, goes);
  const campaign = await launch({ identityId: both });
  for (const item of await c.items(campaign)) await decide(item, 'revoke');
  c.house.clock.advance(1000);
  const { otherId } = await c.house.perform<{ otherId: string }>(
    'identities.split',
    { identity: both, displayName: 'The Other', grantIds: [given], because: 'two faces' },
    who.dana,
  );
  await c.house.settle(60_000);
  expect(await of(campaign, both)).toMatchObject({ state: 'decided' });
  expect(await of(campaign, otherId)).toMatchObject({ state: 'decided', reviewerId: who.tomas });
  await c.house.perform('campaigns.sign', { id: campaign }, who.tomas);
  expect([await has(both, stays), await has(otherId, goes)]).toEqual([false, false]);
});

/** Something an account of somebody holds that nobody granted, under review. */
async function found(identityId: string): Promise<{ campaign: string; account: string; item: Item | undefined }> {
  const entitlementId = await thing();
  const account = newId();
  const { systemId } = await c.house.db.one<{ systemId: string }>(
    sql`select system_id from entitlement where id = ${entitlementId}`,
  );
  await c.house.db.run(sql`
    insert into account (id, system_id, native_id, name, identity_id, valid_from)
    values (${account}, ${systemId}, ${account}, ${`account-${n}`}, ${identityId}, ${c.house.clock.now()})`);
  await c.house.db.run(sql`
    insert into holding (account_id, entitlement_id, valid_from, observed_at)
    values (${account}, ${entitlementId}, ${c.house.clock.now()}, ${c.house.clock.now()})`);
  c.house.clock.advance(1000);
  await c.house.as('certifications').act({ action: 'campaign.open' }, (ctx, permit) =>
    noteWanted(ctx, permit, {
      trigger: 'drift',
      because: 'found there',
      found: sql`select null::uuid as grant_id, ${account}::uuid as account_id, ${entitlementId}::uuid as entitlement_id, ${identityId}::uuid as identity_id`,
      atOnce: false,
    }),
  );
  await openReviews(c.house.as('certifications'));
  await c.house.settle(60_000);
  const row = await c.house.db.one<{ id: string }>(
    sql`select campaign_id as id from campaign_item where account_id = ${account}`,
  );
  return { campaign: row.id, account, item: await of(row.id, identityId) };
}
const theItem = async (campaign: string, account: string): Promise<Item | undefined> => {
  const { id } = await c.house.db.one<{ id: string }>(sql`select id from campaign_item where account_id = ${account}`);
  return (await c.items(campaign)).find((item) => item.id === id);
};

test('a holding nobody granted is under review as whose the account is now, and they neither review nor have decided it', async () => {
  const { who } = c;
  const double = await person('double', who.tomas);
  const { campaign, account, item } = await found(double);
  expect(item).toMatchObject({ reviewerId: who.tomas, subject: 'holding' });
  await decide(item, 'keep');
  await merge(double, who.tomas);
  const merged = await theItem(campaign, account);
  expect(merged).toMatchObject({ identityId: who.tomas, state: 'open', decision: null });
  expect(merged?.reviewerId).not.toBe(who.tomas);
  await decide(merged, 'keep');
  await act('identities.unmerge', { identity: double });
  expect(await theItem(campaign, account)).toMatchObject({
    identityId: double,
    state: 'decided',
    reviewerId: merged?.reviewerId,
  });
});

test('an account that is made somebody else’s takes what is under review of it along', async () => {
  const { who } = c;
  const one = await person('one', who.tomas);
  const { campaign, account, item } = await found(one);
  await decide(item, 'keep');
  await c.build(async (ctx, permit) => {
    await unlinkAccount(ctx, permit, { accountId: account, because: 'not theirs' });
    await linkAccount(ctx, permit, { accountId: account, identityId: who.tomas, because: 'his' });
  });
  await c.house.settle(60_000);
  const now = await theItem(campaign, account);
  expect(now).toMatchObject({ identityId: who.tomas, state: 'open', decision: null });
  expect(now?.reviewerId).not.toBe(who.tomas);
});

test('before anything has followed, nobody decides about what an account of theirs holds', async () => {
  const { who } = c;
  const one = await person('one', who.tomas);
  const { account, item } = await found(one);
  await c.house.db.run(sql`update account set identity_id = ${who.tomas} where id = ${account}`);
  const answer = await outcome(c.house.perform('items.decide', { id: item?.id, decision: 'keep' }, who.tomas));
  expect(answer).toBe('campaign_item.not_independent');
});
