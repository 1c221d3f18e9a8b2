import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { openReviews } from '#govern/certifications/openings/open-reviews.ts';
import { launchDue } from '#govern/certifications/openings/schedules.ts';
import { outcome } from '#govern/requests/testing/ask.ts';
import { reviewedCompany, type ReviewedCompany } from './world.ts';

const DAY = 86_400_000;
let c: ReviewedCompany;
beforeAll(async () => {
  c = await reviewedCompany();
});
afterAll(() => c.house.close());

const STRICT = {
  stages: [
    { by: ['manager'], vote: 'all_accept' },
    { by: ['owner'], vote: 'all_accept' },
  ],
  reciprocal: 'reroute',
  holdFrom: 40,
  canaries: 0,
  challengeDays: 3,
  challengePrivileged: true,
} as const;
const PLAIN = {
  stages: null,
  reciprocal: 'allow',
  holdFrom: 20,
  canaries: 0,
  challengeDays: 0,
  challengePrivileged: false,
};
const campaignBy = async (where: 'opened_by' | 'schedule_id', value: string): Promise<Record<string, unknown>> => {
  const { id } = await c.house.db.one<{ id: string }>(
    sql`select id from campaign where ${sql.id(where)}::text = ${value} order by id desc limit 1`,
  );
  return await c.house.perform('campaigns.show', { id }, c.who.dana);
};
const schedule = (more: object): Promise<{ id: string; review: unknown }> =>
  c.house.perform(
    'schedules.make',
    {
      name: 'again and again',
      scope: { entitlementId: c.what.deploy },
      everyMonths: 1,
      firstAt: new Date(c.house.clock.now().getTime() + DAY).toISOString(),
      ...more,
    },
    c.who.dana,
  );

test('a repeated campaign is reviewed as its schedule says, each time, and by one reviewer where it says nothing', async () => {
  const { who, what, house } = c;
  await c.give(who.omar, what.deploy);
  const made = await schedule({ review: STRICT, delta: true });
  expect(made.review).toEqual(STRICT);
  const plain = await schedule({});
  house.clock.advance(2 * DAY);
  await launchDue(house.as('certifications'));
  await house.settle(60_000);
  expect(await campaignBy('schedule_id', made.id)).toMatchObject({ review: STRICT, delta: true, state: 'open' });
  expect(await campaignBy('schedule_id', plain.id)).toMatchObject({ review: PLAIN });
  const { id } = (await campaignBy('schedule_id', made.id)) as { id: string };
  expect((await c.items(id)).map((i) => `${i.stage} ${i.state}`).sort()).toEqual(['1 open', '2 waiting']);
});

test('a review that opens by itself is reviewed as the policy says', async () => {
  const { who, what, house } = c;
  const policy = {
    out_of_band_grant: { on: true, reviewer: 'owner', delta: true, review: { ...STRICT, stages: null } },
    collectMinutes: 0,
  };
  await house.perform('reviews.putPolicy', { policy, reason: 'test' }, who.dana);
  await c.give(who.lena, what.reports);
  await house.settle(60_000);
  await openReviews(house.as('certifications'));
  await house.settle(60_000);
  expect(await campaignBy('opened_by', 'out_of_band_grant')).toMatchObject({
    review: { ...STRICT, stages: null },
    delta: true,
  });
});

test('a policy from before how it is reviewed could be said goes on as it was', async () => {
  const { who, house } = c;
  await house.db.run(sql`
    update review_policy set policy = policy #- '{out_of_band_grant,review}' #- '{clock,delta}'`);
  expect(await house.perform('reviews.policy', {}, who.dana)).toMatchObject({
    policy: { out_of_band_grant: { on: true, review: PLAIN }, clock: { delta: true }, mover: { delta: false } },
  });
});

test('what no review could meet is refused where it is said, naming the field', async () => {
  const { who, house } = c;
  const put = (trigger: string, more: object): Promise<unknown> =>
    house.perform('reviews.putPolicy', { policy: { [trigger]: { on: true, ...more } }, reason: 'x' }, who.dana);
  for (const [asked, pointer] of [
    [() => put('mover', { review: { stages: [{ by: ['named'] }] } }), '/policy/mover/reviewerId'],
    [() => schedule({ kind: 'orphan_accounts', scope: {}, review: { canaries: 1 } }), '/review/canaries'],
    [() => schedule({ review: { canaries: 9 } }), '/review/canaries'],
    [() => schedule({ review: { stages: [{ by: ['named'] }] } }), '/scope/reviewerId'],
  ] as const)
    await expect(asked()).rejects.toMatchObject({ code: 'input.invalid', errors: [{ pointer }] });
  expect(await outcome(schedule({ review: { holdFrom: 1 } }))).toBe('input.invalid');
});
