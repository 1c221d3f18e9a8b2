import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { birthrightChanges, feedUndo, lifecycleModule } from '#govern/lifecycle/index.ts';
import { outcome } from '#govern/requests/testing/ask.ts';
import { massChangesModule } from '#spine/mass-changes/index.ts';
import { noTargets, reviewedCompany, type Item, type ReviewedCompany } from './world.ts';

const DAY = 86_400_000;
let c: ReviewedCompany;
let n = 0;
beforeAll(async () => {
  c = await reviewedCompany(() => [
    massChangesModule([birthrightChanges, feedUndo]),
    lifecycleModule({ targets: noTargets }),
  ]);
});
afterAll(() => c.house.close());

const thingOf = (ownerId: string): Promise<string> => c.entitlement('git', `merged-${(n += 1)}`, { ownerId });
/** A campaign about what some people have of one thing. */
const about = async (thing: string, people: readonly string[], more: Record<string, unknown> = {}): Promise<string> => {
  for (const person of people) await c.give(person, thing);
  c.house.clock.advance(1000);
  return await c.launch({ scope: { entitlementId: thing }, ...more });
};
const merge = async (identity: string, into: string): Promise<void> => {
  c.house.clock.advance(1000);
  await c.house.perform('identities.merge', { identity, into, because: 'the same face' }, c.who.dana);
  await c.house.settle(60_000);
};
const decide = (item: Item | undefined, decision: string, as: string): Promise<string> =>
  outcome(c.house.perform('items.decide', { id: item?.id, decision, comment: 'x' }, as));

test('what somebody has who turns out to be its reviewer goes to another, with what they had decided about it', async () => {
  const { who } = c;
  const double = await c.person('double-of-tomas', { managerId: who.tomas });
  const id = await about(await thingOf(who.priya), [double, who.lena]);
  for (const item of await c.items(id)) expect(await decide(item, 'keep', who.tomas)).toBe('done');
  await merge(double, who.tomas);
  const items = await c.items(id);
  expect(items.find((i) => i.identityId === who.lena)).toMatchObject({ reviewerId: who.tomas, state: 'decided' });
  expect(items.find((i) => i.identityId === who.tomas)).toMatchObject({
    reviewerId: who.priya,
    state: 'open',
    decision: null,
    reroutedBecause: 'not_independent',
  });
});

test('somebody who reviews what the other has, and turns out to be them, reviews it no more', async () => {
  const { who } = c;
  const double = await c.person('double-of-lena');
  const id = await about(await thingOf(double), [who.lena, who.omar], { reviewerRule: 'owner' });
  expect(new Set((await c.items(id)).map((i) => i.reviewerId))).toEqual(new Set([double]));
  for (const item of await c.items(id)) expect(await decide(item, 'revoke', double)).toBe('done');
  await merge(double, who.lena);
  const items = await c.items(id);
  expect(items.find((i) => i.identityId === who.omar)).toMatchObject({ reviewerId: who.lena });
  const own = items.find((i) => i.identityId === who.lena);
  expect(own).toMatchObject({ state: 'open', decision: null });
  expect(own?.reviewerId).not.toBe(who.lena);
  expect(own?.reviewerId).not.toBe(double);
});

test('before anything has followed, nobody decides about who they are now', async () => {
  const { who, house } = c;
  const double = await c.person('double-not-followed', { managerId: who.tomas });
  const id = await about(await thingOf(who.priya), [double]);
  const [item] = await c.items(id);
  await house.db.run(sql`
    insert into identity_merge (id, duplicate_id, survivor_id, now_id, because, merged_at, merged_by, moved)
    values (gen_random_uuid(), ${double}, ${who.tomas}, ${who.tomas}, 'x', ${house.clock.now()}, ${who.dana}, '{}')`);
  expect(await decide(item, 'keep', who.tomas)).toBe('campaign_item.not_independent');
});

test('an exception under review goes on as the other’s, and they do not review it', async () => {
  const { who, what, house } = c;
  const double = await c.person('double-excepted', { managerId: who.mara });
  const rule = await house.perform<{ id: string }>(
    'sod.createRule',
    {
      name: 'who excepts whom',
      severity: 'high',
      ownerId: who.priya,
      functions: [
        { name: 'one', entitlementIds: [what.deploy] },
        { name: 'two', entitlementIds: [what.approve] },
      ],
    },
    who.joaquin,
  );
  const validTo = new Date(house.clock.now().getTime() + 90 * DAY).toISOString();
  const asked = { rule: rule.id, identity: double, reason: 'small team', control: 'a log is read', validTo };
  await house.perform('sod.grantException', asked, who.joaquin);
  house.clock.advance(1000);
  const id = await c.launch({ kind: 'sod_exceptions', scope: { identityId: double } });
  expect(await c.items(id)).toMatchObject([{ reviewerId: who.priya, identityId: double }]);
  await merge(double, who.priya);
  const [item] = await c.items(id);
  expect(item).toMatchObject({ identityId: who.priya, subject: 'exception', state: 'open' });
  expect(item?.reviewerId).not.toBe(who.priya);
  const live = await house.db.one<{ identityId: string; live: boolean }>(sql`
    select x.identity_id, x.valid_to > reeve_now() as live from sod_exception x join campaign_item i on i.exception_id = x.id where i.id = ${item?.id}`);
  expect(live).toEqual({ identityId: who.priya, live: true });
});

test('two who vote about the same and turn out to be one have one vote', async () => {
  const { who } = c;
  const double = await c.person('double-voter');
  const second = await c.person('second-voter');
  const thing = await thingOf(double);
  const id = await about(thing, [who.omar], {
    scope: { entitlementId: thing, reviewerId: second },
    review: { stages: [{ by: ['owner', 'named'], vote: 'all_accept' }] },
  });
  const [theirs] = (await c.items(id)).filter((i) => i.reviewerId === double);
  expect(await decide(theirs, 'keep', double)).toBe('done');
  await c.house.perform('campaigns.sign', { id }, double);
  await merge(double, second);
  const open = (await c.items(id)).filter((i) => i.state === 'open');
  expect(open).toHaveLength(1);
  expect([double, second]).not.toContain(open[0]?.reviewerId);
});
