import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { openReviews } from '#govern/certifications/openings/open-reviews.ts';
import { birthrightChanges, feedUndo, lifecycleModule } from '#govern/lifecycle/index.ts';
import { massChangesModule } from '#spine/mass-changes/index.ts';
import { noTargets, reviewedCompany, type ReviewedCompany } from './world.ts';

let c: ReviewedCompany;
beforeAll(async () => {
  c = await reviewedCompany(() => [
    massChangesModule([birthrightChanges, feedUndo]),
    lifecycleModule({ targets: noTargets }),
  ]);
  await c.house.perform(
    'reviews.putPolicy',
    { policy: { out_of_band_grant: { on: true, reviewer: 'manager' }, collectMinutes: 10 }, reason: 'test' },
    c.who.dana,
  );
});
afterAll(() => c.house.close());

const waiting = (): Promise<{ identityId: string; grantId: string; live: boolean }[]> =>
  c.house.db.many(sql`
    select w.identity_id, w.grant_id, g.valid_to is null as live from review_wanted w join access_grant g on g.id = w.grant_id
     where w.campaign_id is null order by g.entitlement_id`);

test('what waits to be reviewed is about the grant that goes on when somebody turns out to be another, and about it once', async () => {
  const { who, what, house } = c;
  const double = await c.person('double', { managerId: who.tomas });
  const survivor = await c.person('survivor', { managerId: who.tomas });
  // One both have, which waits for both, and one that only the double has.
  for (const [identity, entitlement] of [
    [double, what.reports],
    [survivor, what.reports],
    [double, what.deploy],
  ] as const)
    await c.give(identity, entitlement);
  await house.settle(60_000);
  expect(await waiting()).toHaveLength(3);
  house.clock.advance(1000);
  await house.perform('identities.merge', { identity: double, into: survivor, because: 'the same face' }, who.dana);
  await house.settle(60_000);
  const rows = await waiting();
  expect(rows.map((r) => [r.identityId, r.live])).toEqual([
    [survivor, true],
    [survivor, true],
  ]);
  house.clock.advance(11 * 60_000);
  await openReviews(house.as('certifications'));
  await house.settle(60_000);
  const [review] = await house.db.many<{ id: string }>(
    sql`select id from campaign where opened_by = 'out_of_band_grant'`,
  );
  const items = await c.items(review?.id ?? '');
  expect(items.map((i) => [i.identityId, i.reviewerId])).toEqual([
    [survivor, who.tomas],
    [survivor, who.tomas],
  ]);
  expect(new Set(items.map((i) => i.grantId))).toEqual(new Set(rows.map((r) => r.grantId)));
});
