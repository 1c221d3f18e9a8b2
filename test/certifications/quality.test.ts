import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { outcome } from '#govern/requests/testing/ask.ts';
import { reviewedCompany, type Item, type ReviewedCompany } from './world.ts';

let c: ReviewedCompany;
let thing: string;
let reviewer: string;
let people: string[];
let n = 0;
beforeAll(async () => {
  c = await reviewedCompany();
});
afterAll(() => c.house.close());
beforeEach(async () => {
  n += 1;
  reviewer = await c.person(`rowan${n}`);
  thing = await c.entitlement('git', `quality-${n}`, { ownerId: reviewer });
  people = [];
  for (let i = 0; i < 12; i += 1) people.push(await c.person(`staff${n}-${i}`));
  for (const id of people) await c.give(id, thing);
});

interface Answer {
  readonly kept: number;
  readonly revoked: number;
  readonly held?: { readonly outcome: string | null; readonly because: string; readonly items: number };
}
const launch = (review: object): Promise<string> => {
  c.house.clock.advance(1000);
  return c.launch({ scope: { text: `-${n}` }, reviewerRule: 'owner', review: { holdFrom: 8, ...review } });
};
const mine = async (id: string): Promise<Item[]> => (await c.items(id, reviewer)).filter((i) => i.state === 'open');
/** Decides one after another, so many milliseconds each. */
const decideAll = async (id: string, each: number, how: (item: Item) => string = () => 'keep'): Promise<number> => {
  const items = await mine(id);
  for (const item of items) {
    c.house.clock.advance(each);
    await c.house.perform('items.decide', { id: item.id, decision: how(item) }, reviewer);
  }
  return items.length;
};
const sign = (id: string, as = reviewer): Promise<Answer> => c.house.perform<Answer>('campaigns.sign', { id }, as);
const isReal = async (item: Item): Promise<boolean> =>
  (await c.house.db.maybe(sql`select 1 from access_grant where id = ${item.grantId}`)) !== undefined;
const noticesTo = (who: string): Promise<unknown[]> =>
  c.house.db.many(
    sql`select 1 from audit_event where type = 'notice.wanted' and data ->> 'template' = 'review.held' and data -> 'to' ? ${who}`,
  );

test('decisions at the pace of somebody who looks are signed', async () => {
  const id = await launch({});
  await decideAll(id, 4_000);
  expect(await sign(id)).toEqual({ kept: 12, revoked: 0 });
});

test('alike and faster than anybody reads: it is held, the owner is told and lets it go, and nothing counts before', async () => {
  const { who, house } = c;
  const id = await launch({});
  await decideAll(id, 500);
  const before = (await noticesTo(who.dana)).length;
  expect(await sign(id)).toMatchObject({ kept: 0, revoked: 0, held: { outcome: null, items: 12 } });
  expect(await noticesTo(who.dana)).toHaveLength(before + 1);
  expect((await c.items(id)).every((i) => i.state === 'held')).toBe(true);
  const [item] = await c.items(id);
  expect(await outcome(house.perform('items.decide', { id: item?.id, decision: 'undo' }, reviewer))).toBe(
    'campaign_item.held',
  );
  const { items: holds } = await house.perform<{ items: { id: string }[] }>('campaigns.holds', { id }, who.dana);
  expect(holds).toMatchObject([{ reviewerId: reviewer, decisions: 12, alike: 12, canaries: 0, outcome: null }]);
  const settle = (as: string, how: string): Promise<string> =>
    outcome(house.perform('campaigns.settleHold', { id, holdId: holds[0]?.id, outcome: how, because: 'seen' }, as));
  expect(await settle(reviewer, 'release')).not.toBe('done');
  expect(await settle(who.dana, 'release')).toBe('done');
  expect(await settle(who.dana, 'reopen')).toBe('campaign_hold.settled');
  expect((await c.items(id)).every((i) => i.state === 'kept' && i.decidedBy === reviewer)).toBe(true);
});

test('many in one act without having looked are held as well; what is unchanged since last time is not', async () => {
  const { house } = c;
  const id = await launch({});
  const items = await mine(id);
  await house.perform('campaigns.decide', { id, decision: 'keep', items: items.map((i) => i.id) }, reviewer);
  expect(await sign(id)).toMatchObject({ held: { outcome: null } });
  const { items: holds } = await house.perform<{ items: { id: string }[] }>('campaigns.holds', { id }, c.who.dana);
  await house.perform(
    'campaigns.settleHold',
    { id, holdId: holds[0]?.id, outcome: 'release', because: 'known' },
    c.who.dana,
  );
  c.house.clock.advance(86_400_000);
  const again = await c.launch({
    scope: { text: `-${n}` },
    reviewerRule: 'owner',
    delta: true,
    review: { holdFrom: 8 },
  });
  await house.perform('campaigns.decide', { id: again, decision: 'keep', unchanged: true }, reviewer);
  expect(await sign(again)).toEqual({ kept: 12, revoked: 0 });
});

test('canaries look like the rest, follow from the seed, and lead to nothing even when everything is revoked', async () => {
  const { who, house } = c;
  // Something nobody among them has, so that there is a line known to be wrong.
  const other = await c.entitlement('git', `secret-${n}`, { ownerId: who.mara });
  await c.give(who.omar, other);
  const id = await launch({ canaries: 2 });
  const items = await mine(id);
  const canaries: Item[] = [];
  for (const item of items) if (!(await isReal(item))) canaries.push(item);
  expect(canaries).toHaveLength(2);
  expect(canaries.every((i) => people.includes(i.identityId) && i.what.includes(`secret-${n}`) && !i.canary)).toBe(
    true,
  );
  expect(Object.keys(canaries[0] ?? {}).sort()).toEqual(
    Object.keys(items.find((i) => !canaries.includes(i)) ?? {}).sort(),
  );
  await decideAll(id, 4_000, () => 'revoke');
  expect(await sign(id)).toEqual({ kept: 0, revoked: 12 });
  await house.settle(60_000);
  const marked = (await c.items(id)).filter((i) => i.canary);
  expect(marked.map((i) => [i.state, i.canaryFound])).toEqual([
    ['checked', true],
    ['checked', true],
  ]);
  const ended = await house.db.one<{ n: number }>(
    sql`select count(*)::int as n from access_grant where entitlement_id = ${other} and ended_because is not null`,
  );
  expect(ended.n).toBe(0);
  const { items: reviewers } = await house.perform<{ items: object[] }>('campaigns.reviewers', { id }, who.dana);
  expect(reviewers).toContainEqual(
    expect.objectContaining({
      identityId: reviewer,
      canariesFound: 2,
      canariesMissed: 0,
      total: 12,
      paceMs: 4000,
      alike: 14,
    }),
  );
});

test('a batch with a canary kept is open again and says why; the second time it goes to somebody else', async () => {
  const { who, house } = c;
  await c.give(who.omar, await c.entitlement('git', `hidden-${n}`, { ownerId: who.mara }));
  const id = await launch({ canaries: 1 });
  await decideAll(id, 300);
  const first = await sign(id);
  expect(first).toMatchObject({ kept: 0, held: { outcome: 'reopened' } });
  expect(first.held?.because).toContain('1 of 1 lines known to be wrong were kept');
  const open = await mine(id);
  expect(open.length).toBeGreaterThanOrEqual(12);
  expect(open.filter((i) => i.reroutedBecause === 'quality')).toHaveLength(12);
  expect((await c.items(id, reviewer)).filter((i) => i.canary)).toMatchObject([{ canaryFound: false }]);
  await decideAll(id, 300);
  expect(await sign(id)).toMatchObject({ kept: 0, held: { outcome: 'rerouted' } });
  const after = (await c.items(id)).filter((i) => i.what.includes(`quality-${n}`));
  expect(after).toHaveLength(12);
  expect(after.every((i) => i.state === 'open' && i.reviewerId !== reviewer)).toBe(true);
  const events = await house.db.many<{ data: { outcome: string } }>(
    sql`select data from audit_event where type = 'campaign_batch.settled' and data ->> 'campaignId' = ${id} order by id`,
  );
  expect(events.map((e) => e.data.outcome)).toEqual(['reopened', 'rerouted']);
});

test('a batch whose canaries were all found goes on, fast as it was', async () => {
  await c.give(c.who.omar, await c.entitlement('git', `found-${n}`, { ownerId: c.who.mara }));
  const id = await launch({ canaries: 1 });
  const items = await mine(id);
  const real = new Map<string, boolean>();
  for (const item of items) real.set(item.id, await isReal(item));
  await decideAll(id, 300, (item) => (real.get(item.id) === true ? 'keep' : 'revoke'));
  expect(await sign(id)).toMatchObject({ kept: 12, revoked: 0, held: { outcome: 'released' } });
});

test('what is kept in a batch that is held when the campaign closes is silence', async () => {
  const id = await launch({});
  await decideAll(id, 300);
  await sign(id);
  await c.house.perform('campaigns.close', { id }, c.who.dana);
  expect((await c.items(id)).every((i) => i.state === 'unanswered')).toBe(true);
  expect(await c.house.perform('campaigns.holds', { id }, c.who.dana)).toMatchObject({
    items: [{ outcome: 'closed' }],
  });
});

test('what is revoked in a batch that is held when the campaign closes is revoked, and both sides were told before', async () => {
  const { house, who } = c;
  const id = await launch({});
  const items = await decideAll(id, 300, () => 'revoke');
  expect(await sign(id)).toMatchObject({ held: { outcome: null }, revoked: 0 });
  const told = async (template: string, to: string): Promise<number> =>
    (
      await house.db.many(sql`
        select 1 from audit_event where type = 'notice.wanted' and data ->> 'template' = ${template} and data -> 'to' ? ${to}
           and data ->> 'path' like ${`%${id}%`}`)
    ).length;
  expect(await told('review.held_from_you', reviewer)).toBe(1);
  const { dueAt } = await house.db.one<{ dueAt: Date }>(sql`select due_at from campaign where id = ${id}`);
  const remind = async (): Promise<void> => {
    for (const _ of [1, 2]) await house.registry.jobs.get('certifications.remind')?.run(house.as('certifications'), {});
  };
  house.clock.set(new Date(dueAt.getTime() - 2 * 86_400_000));
  await remind();
  house.clock.set(new Date(dueAt.getTime() - 86_400_000 / 2));
  await remind();
  expect(await told('review.held_from_you', reviewer)).toBe(3);
  expect(await told('review.held_ends', who.dana)).toBe(2);
  house.clock.set(dueAt);
  await house.registry.jobs.get('certifications.close_due')?.run(house.as('certifications'), {});
  await house.settle(60_000);
  const after = await c.items(id);
  expect(after).toHaveLength(items);
  expect(
    after.every((i) => ['revoking', 'revoked'].includes(i.state) && i.decision === 'revoke' && !i.noResponse),
  ).toBe(true);
  expect(after.every((i) => i.decidedBy === reviewer)).toBe(true);
  expect(await house.perform('campaigns.holds', { id }, who.dana)).toMatchObject({
    items: [
      {
        outcome: 'closed',
        because: `the certification was closed: ${items} revocations were carried out, 0 decisions to keep count as no answer`,
      },
    ],
  });
});

test('what is signed while a batch is held is held with it, and settled together', async () => {
  const { house, who } = c;
  const id = await launch({});
  const [one, ...rest] = await mine(id);
  await house.perform('campaigns.decide', { id, decision: 'keep', items: rest.map((i) => i.id) }, reviewer);
  expect(await sign(id)).toMatchObject({ held: { outcome: null, items: 11 } });
  house.clock.advance(60_000);
  await house.perform('items.decide', { id: one?.id, decision: 'keep' }, reviewer);
  expect(await sign(id)).toMatchObject({ held: { outcome: null, items: 1 } });
  const { items: holds } = await house.perform<{ items: { id: string }[] }>('campaigns.holds', { id }, who.dana);
  expect(holds).toMatchObject([{ decisions: 12, outcome: null }]);
  await house.perform(
    'campaigns.settleHold',
    { id, holdId: holds[0]?.id, outcome: 'reroute', because: 'nobody looked' },
    who.dana,
  );
  expect((await c.items(id)).every((i) => i.state === 'open' && i.reviewerId !== reviewer)).toBe(true);
});
