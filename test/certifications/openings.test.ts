import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { runClock } from '#govern/certifications/openings/clock.ts';
import { openReviews } from '#govern/certifications/openings/open-reviews.ts';
import { launchDue } from '#govern/certifications/openings/schedules.ts';
import { describeEntitlement, identityMoved, startGrants } from '#spine/graph/index.ts';
import { outcome } from '#govern/requests/testing/ask.ts';
import { reviewedCompany, type ReviewedCompany } from './world.ts';

let c: ReviewedCompany;
beforeAll(async () => {
  c = await reviewedCompany();
});
afterAll(() => c.house.close());

const DAY = 86_400_000;
const on = (more: object = {}): object => ({ on: true, ...more });
const put = (policy: object): Promise<unknown> =>
  c.house.perform('reviews.putPolicy', { policy, reason: 'test' }, c.who.dana);
const open = async (): Promise<void> => {
  await openReviews(c.house.as('certifications'));
  await c.house.settle(60_000);
};
interface Opened {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly openedBy: string;
  readonly dueAt: Date;
}
const opened = (by: string): Promise<Opened[]> =>
  c.house.db.many<Opened>(
    sql`select id, kind, state, opened_by, due_at from campaign where opened_by = ${by} order by id`,
  );
const move = (identityId: string, changed: readonly string[]): Promise<unknown> =>
  c.build((ctx, permit) =>
    ctx.record(permit, {
      event: identityMoved,
      subject: identityId,
      data: { identityId, receiptId: identityId, effectiveAt: ctx.now.toISOString(), changed: [...changed] },
    }),
  );

test('nothing opens by itself until somebody said what does, and who said so is kept', async () => {
  const { who, what, house } = c;
  await c.give(who.lena, what.reports);
  await move(who.lena, ['department']);
  await house.settle();
  await open();
  expect(await house.db.many(sql`select 1 from review_wanted`)).toEqual([]);
  expect(await house.perform('reviews.policy', {}, who.dana)).toMatchObject({ number: 0 });
  expect(await outcome(put({ mover: { on: true, reviewer: 'named' } }))).toBe('input.invalid');
  expect(await outcome(house.perform('reviews.putPolicy', { policy: {}, reason: 'mine' }, who.lena))).toBe(
    'policy.denied',
  );
  await put({ mover: on(), collectMinutes: 10 });
  await put({ mover: on({ days: 7 }), collectMinutes: 10 });
  const { items } = await house.perform<{ items: { number: number; madeBy: string }[] }>(
    'reviews.policies',
    {},
    who.dana,
  );
  expect(items.map((p) => [p.number, p.madeBy])).toEqual([
    [2, who.dana],
    [1, who.dana],
  ]);
});

test('a mover’s access that no rule gives is asked about by the new manager; a thousand movers open one review', async () => {
  const { who, what, house } = c;
  const [kept] = [await c.give(who.omar, what.deploy)];
  await c.give(who.omar, what.approve, { origin: 'birthright' });
  await move(who.omar, ['jobTitle']);
  const many = await Promise.all(Array.from({ length: 40 }, (_, n) => c.person(`mover${n}`, { managerId: who.tomas })));
  await c.build((ctx, permit) =>
    startGrants(ctx, permit, {
      origin: 'import',
      grants: many.flatMap((identityId) =>
        [what.reports, what.deploy].map((entitlementId) => ({
          identityId,
          entitlementId,
          roleId: null,
          originId: null,
          reason: 'test',
        })),
      ),
    }),
  );
  for (const identityId of [...many, who.omar]) await move(identityId, ['department', 'managerId']);
  await house.settle(60_000);
  await move(who.omar, ['managerId']);
  await house.settle();
  await open();
  expect(await opened('mover')).toEqual([]);
  house.clock.advance(11 * 60_000);
  await open();
  await open();
  const reviews = await opened('mover');
  expect(reviews).toMatchObject([{ kind: 'event', state: 'open' }]);
  expect(Math.round((Number(reviews[0]?.dueAt) - house.clock.now().getTime()) / DAY)).toBe(7);
  const items = await c.items(reviews[0]?.id ?? '');
  expect(items).toHaveLength(81);
  expect(new Set(items.map((i) => i.reviewerId))).toEqual(new Set([who.tomas]));
  expect(items.filter((i) => i.identityId === who.omar)).toMatchObject([
    { grantId: kept, routed: 'manager', evidence: { about: { 'asked because': 'moved: department, managerId' } } },
  ]);
  // What is being asked about is not asked about twice.
  await move(who.omar, ['department']);
  await house.settle();
  house.clock.advance(11 * 60_000);
  await open();
  expect(await opened('mover')).toHaveLength(1);
});

test('risk that was raised, and a grant past requests, are asked about; risk that was lowered is not', async () => {
  const { who, house } = c;
  await put({ risk: on(), out_of_band_grant: on({ noResponse: 'revoke' }), collectMinutes: 0 });
  const thing = await c.entitlement('git', 'risky', { ownerId: who.priya, risk: 'medium' });
  const asked = await c.give(who.lena, thing, { origin: 'request' });
  const rate = (risk: 'low' | 'high'): Promise<unknown> =>
    c.build((ctx, permit) => describeEntitlement(ctx, permit, { entitlementId: thing, risk }));
  house.clock.advance(1_000);
  await rate('low');
  await house.settle();
  await open();
  expect(await opened('risk')).toEqual([]);
  house.clock.advance(1_000);
  await rate('high');
  await house.settle();
  await open();
  const [risk] = await opened('risk');
  expect(await c.items(risk?.id ?? '')).toMatchObject([
    { grantId: asked, reviewerId: who.priya, evidence: { about: { 'asked because': 'risk raised from low to high' } } },
  ]);
  expect(await opened('out_of_band_grant')).toEqual([]);
  const byHand = await c.give(who.omar, thing, { origin: 'admin' });
  await house.settle();
  await open();
  const [hand] = await opened('out_of_band_grant');
  expect(await c.items(hand?.id ?? '')).toMatchObject([{ grantId: byHand, reviewerId: who.priya }]);
});

test('a grant is due so many days after it was kept, comes into one rolling review, and is overdue when nobody answers', async () => {
  const { who, house } = c;
  await put({ clock: on({ reviewer: 'owner', days: 5 }), everyDays: { critical: 30 } });
  const thing = await c.entitlement('web1', 'crown', { ownerId: who.priya, risk: 'critical' });
  const grants = [await c.give(who.lena, thing), await c.give(who.omar, thing)];
  const states = async (): Promise<readonly string[]> => {
    const { items } = await house.perform<{ items: { grantId: string; state: string }[] }>(
      'reviews.clock',
      { limit: 500 },
      who.dana,
    );
    return grants.map((id) => items.find((i) => i.grantId === id)?.state ?? 'none');
  };
  const tick = async (): Promise<void> => {
    await runClock(house.as('certifications'));
    await house.settle(60_000);
  };
  await tick();
  expect(await opened('clock')).toEqual([]);
  expect(await states()).toEqual(['certified', 'certified']);
  house.clock.advance(31 * DAY);
  expect(await states()).toEqual(['due', 'due']);
  await tick();
  await tick();
  const [rolling] = await opened('clock');
  expect(await opened('clock')).toHaveLength(1);
  expect(rolling).toMatchObject({ kind: 'continuous', state: 'open' });
  const items = await c.items(rolling?.id ?? '');
  expect(items.map((i) => i.grantId)).toEqual(expect.arrayContaining(grants));
  const lenas = items.find((i) => i.grantId === grants[0]);
  await house.perform('items.decide', { id: lenas?.id, decision: 'keep' }, who.priya);
  await house.perform('campaigns.sign', { id: rolling?.id }, who.priya);
  expect(await states()).toEqual(['certified', 'due']);
  house.clock.advance(6 * DAY);
  expect(await states()).toEqual(['certified', 'overdue']);
  expect(await house.perform('reviews.clockCounts', {}, who.dana)).toMatchObject({ certified: 1 });
  await house.perform('campaigns.close', { id: rolling?.id }, who.dana);
  await tick();
  expect(await opened('clock')).toHaveLength(2);
  const again = await c.items((await opened('clock'))[1]?.id ?? '');
  expect(again.map((i) => i.grantId)).toContain(grants[1]);
  expect(again.map((i) => i.grantId)).not.toContain(grants[0]);
});

test('a repeated campaign is launched once each time, at its day of the month, and one missed launch is one', async () => {
  const { who, what, house } = c;
  const firstAt = new Date('2027-01-31T08:00:00.000Z');
  house.clock.set(new Date('2027-01-01T00:00:00Z'));
  const made = await house.perform<{ id: string }>(
    'schedules.make',
    {
      name: 'Quarterly',
      kind: 'owner',
      scope: { entitlementId: what.deploy },
      everyMonths: 1,
      days: 10,
      firstAt: firstAt.toISOString(),
    },
    who.dana,
  );
  const due = async (at: string): Promise<void> => {
    house.clock.set(new Date(at));
    await Promise.all([launchDue(house.as('certifications')), launchDue(house.as('certifications'))]);
    await launchDue(house.as('certifications'));
    await house.settle(60_000);
  };
  const launched = (): Promise<{ occurrence: number; state: string; name: string }[]> =>
    house.db.many(sql`select occurrence, state, name from campaign where schedule_id = ${made.id} order by occurrence`);
  const next = async (): Promise<string> =>
    (
      await house.db.one<{ at: Date }>(sql`select next_at as at from campaign_schedule where id = ${made.id}`)
    ).at.toISOString();
  await due('2027-01-31T07:59:00Z');
  expect(await launched()).toEqual([]);
  await due('2027-01-31T08:00:00Z');
  expect(await launched()).toEqual([{ occurrence: 1, state: 'open', name: 'Quarterly, 2027-01-31' }]);
  expect(await next()).toBe('2027-02-28T08:00:00.000Z');
  await due('2027-02-28T08:01:00Z');
  expect(await next()).toBe('2027-03-31T08:00:00.000Z');
  await due('2027-06-15T00:00:00Z');
  expect((await launched()).map((l) => l.occurrence)).toEqual([1, 2, 3]);
  expect(await next()).toBe('2027-06-30T08:00:00.000Z');
  await house.perform('schedules.stop', { id: made.id }, who.dana);
  await due('2027-08-01T00:00:00Z');
  expect(await launched()).toHaveLength(3);
  expect(await outcome(house.perform('schedules.stop', { id: made.id }, who.dana))).toBe('campaign_schedule.stopped');
});
