import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { noticeWanted } from '#spine/events/index.ts';
import { reviewedCompany, type ReviewedCompany } from './world.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
let c: ReviewedCompany;
beforeAll(async () => {
  c = await reviewedCompany();
  await c.house.db.run(sql`insert into calendar (site, time_zone, hours, changed_at, changed_by)
    values ('house', 'Europe/Amsterdam', '{mon-fri 09:00-17:00}', now(), 'test')
    on conflict (site) do update set time_zone = excluded.time_zone, hours = excluded.hours`);
});
afterAll(() => c.house.close());

const told = async (): Promise<{ template: string; to: string[] }[]> =>
  await c.house.db.many(sql`
    select data ->> 'template' as template, data -> 'to' as "to" from audit_event
     where type = ${noticeWanted.type} and data ->> 'template' in ('review.due', 'review.silent') order by at, id`);
const remind = async (at: Date): Promise<void> => {
  c.house.clock.set(at);
  await c.house.tasks['certifications.remind']?.({}, {} as never);
};

test('who has not decided is reminded three days and one day before, once each and in their hours; then the owner hears who was silent', async () => {
  const { lena, tomas, dana } = c.who;
  const thing = await c.entitlement('git', 'reminded');
  await c.give(lena, thing);
  // A Tuesday: three days before it is a Saturday, one day before it a Monday.
  const dueAt = new Date('2030-01-15T16:00:00Z');
  c.house.clock.set('2030-01-08T09:00:00Z');
  const id = await c.launch({ scope: { entitlementId: thing }, dueAt: dueAt.toISOString() });
  await remind(new Date('2030-01-11T09:00:00Z'));
  expect(await told()).toEqual([]);
  await remind(new Date('2030-01-12T17:00:00Z'));
  expect(await told()).toEqual([]);
  await remind(new Date('2030-01-14T08:30:00Z'));
  await remind(new Date('2030-01-14T08:45:00Z'));
  expect(await told()).toEqual([{ template: 'review.due', to: [tomas] }]);
  await remind(new Date('2030-01-14T15:59:00Z'));
  expect(await told()).toHaveLength(1);
  await Promise.all([remind(new Date(dueAt.getTime() - 8 * HOUR)), remind(new Date(dueAt.getTime() - 8 * HOUR))]);
  expect(await told()).toHaveLength(2);
  c.house.clock.set(new Date(dueAt.getTime() + HOUR));
  await remind(c.house.clock.now());
  expect(await told()).toHaveLength(2);
  await c.house.tasks['certifications.close_due']?.({}, {} as never);
  await c.house.settle(60_000);
  await remind(c.house.clock.now());
  await remind(new Date(dueAt.getTime() + DAY));
  expect((await told()).slice(2)).toEqual([{ template: 'review.silent', to: [dana] }]);
  expect(await c.house.perform('campaigns.show', { id }, dana)).toMatchObject({ state: 'closed' });
});

test('whoever has decided is not reminded', async () => {
  const before = (await told()).length;
  const thing = await c.entitlement('git', 'decided');
  await c.give(c.who.lena, thing);
  c.house.clock.set('2030-02-04T09:00:00Z');
  const id = await c.launch({ scope: { entitlementId: thing }, dueAt: '2030-02-07T09:00:00.000Z' });
  const [item] = await c.items(id);
  await c.house.perform('items.decide', { id: item?.id, decision: 'keep' }, c.who.tomas);
  await remind(new Date('2030-02-05T10:00:00Z'));
  expect(await told()).toHaveLength(before);
});
