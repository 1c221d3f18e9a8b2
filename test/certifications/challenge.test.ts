import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { outcome } from '#govern/requests/testing/ask.ts';
import { reviewedCompany, type ReviewedCompany } from './world.ts';

const DAY = 86_400_000;
let c: ReviewedCompany;
let thing: string;
let n = 0;
beforeAll(async () => {
  c = await reviewedCompany();
});
afterAll(() => c.house.close());
beforeEach(async () => {
  n += 1;
  thing = await c.entitlement('git', `answered-${n}`, { ownerId: c.who.priya });
});

/** Revokes what somebody has, in a campaign with three days to answer. Answers the item's id. */
const revoked = async (holder: string, review: object = {}): Promise<{ id: string; item: string }> => {
  await c.give(holder, thing);
  c.house.clock.advance(1000);
  const id = await c.launch({
    scope: { entitlementId: thing },
    reviewerRule: 'owner',
    review: { challengeDays: 3, ...review },
  });
  const [item] = await c.items(id, c.who.priya);
  await c.house.perform('items.decide', { id: item?.id, decision: 'revoke', comment: 'moved team' }, c.who.priya);
  await c.house.perform('campaigns.sign', { id }, c.who.priya);
  return { id, item: item?.id ?? '' };
};
const stateOf = async (id: string): Promise<string | undefined> => (await c.items(id))[0]?.state;
const lives = async (): Promise<boolean> =>
  (
    await c.house.db.one<{ n: number }>(
      sql`select count(*)::int as n from access_grant where entitlement_id = ${thing} and ended_because is null`,
    )
  ).n > 0;
const minutes = (): Promise<void> =>
  Promise.resolve(c.house.tasks['certifications.close_due']?.({}, {} as never)).then(() => undefined);
const mine = (as: string): Promise<{ items: { id: string; because: string | null }[] }> =>
  c.house.perform('items.aboutMe', {}, as);
const object = (as: string, id: string): Promise<string> =>
  outcome(c.house.perform('items.object', { id, words: 'I still run the monthly close' }, as));
const settle = (as: string, id: string, how: string): Promise<string> =>
  outcome(c.house.perform('items.settleObjection', { id, outcome: how, because: 'talked to them' }, as));

test('the person concerned is told first; their silence means the revocation goes on', async () => {
  const { id, item } = await revoked(c.who.lena);
  expect(await stateOf(id)).toBe('challenged');
  expect(await lives()).toBe(true);
  expect((await mine(c.who.lena)).items).toMatchObject([{ id: item, because: 'moved team' }]);
  expect((await mine(c.who.omar)).items).toEqual([]);
  c.house.clock.advance(3 * DAY - 1);
  await minutes();
  expect(await lives()).toBe(true);
  c.house.clock.advance(1);
  await minutes();
  expect(await lives()).toBe(false);
  expect(await stateOf(id)).toBe('revoking');
});

test('somebody answers once, in time, and only for themselves; the reviewer takes it back', async () => {
  const { who } = c;
  const { id, item } = await revoked(who.lena);
  expect(await object(who.omar, item)).not.toBe('done');
  expect(await settle(who.priya, item, 'withdraw')).toBe('campaign_item.no_objection');
  expect(await object(who.lena, item)).toBe('done');
  expect(await object(who.lena, item)).toBe('campaign_item.answered');
  expect(await settle(who.lena, item, 'withdraw')).not.toBe('done');
  expect(await settle(who.priya, item, 'withdraw')).toBe('done');
  expect(await c.items(id)).toMatchObject([{ state: 'kept', decision: 'keep', decidedBy: who.priya }]);
  expect(await lives()).toBe(true);
});

test('the reviewer stands by it and it ends at once; a reviewer who says nothing to an answer lets it go on', async () => {
  const upheld = await revoked(c.who.lena);
  await object(c.who.lena, upheld.item);
  expect(await settle(c.who.priya, upheld.item, 'uphold')).toBe('done');
  expect(await lives()).toBe(false);
  thing = await c.entitlement('git', `unheard-${n}`, { ownerId: c.who.priya });
  const unheard = await revoked(c.who.lena);
  c.house.clock.advance(2 * DAY);
  await object(c.who.lena, unheard.item);
  c.house.clock.advance(2 * DAY);
  await minutes();
  expect(await lives()).toBe(true);
  c.house.clock.advance(DAY);
  await minutes();
  expect(await lives()).toBe(false);
});

test('privileged access ends at once unless the campaign says otherwise, and so does all where nobody is to be heard', async () => {
  thing = await c.entitlement('web1', `root-${n}`, { ownerId: c.who.priya, markedPrivileged: true });
  expect(await stateOf((await revoked(c.who.lena)).id)).toBe('revoking');
  thing = await c.entitlement('web1', `wheel-${n}`, { ownerId: c.who.priya, markedPrivileged: true });
  expect(await stateOf((await revoked(c.who.lena, { challengePrivileged: true })).id)).toBe('challenged');
  thing = await c.entitlement('git', `at-once-${n}`, { ownerId: c.who.priya });
  expect(await stateOf((await revoked(c.who.lena, { challengeDays: 0 })).id)).toBe('revoking');
});

test('for a program, whoever answers for it is told and answers', async () => {
  const robot = await c.person(`robot${n}`, { ownerId: c.who.tomas }, [], 'service');
  const { item } = await revoked(robot);
  expect((await mine(c.who.tomas)).items.map((i) => i.id)).toEqual([item]);
  expect(await object(c.who.tomas, item)).toBe('done');
});

test('an answer comes too late once the time is over, also before anybody looked', async () => {
  const { item } = await revoked(c.who.lena);
  c.house.clock.advance(3 * DAY);
  expect(await object(c.who.lena, item)).toBe('campaign_item.too_late');
});
