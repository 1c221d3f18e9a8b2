import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import { generateCompany } from '#test/fixtures/company/index.ts';
import { csvOf, lifecycleHouse, TODAY, type LifecycleHouse, type RunAnswer } from '../testing/lifecycle-house.ts';
import { applyRun } from './apply-run.ts';

const WORKERS = 16;
const LIMIT = 50;
const { people } = generateCompany({ today: TODAY });
const leaving = people.filter((p) => p.status === 'active' && p.end_date === '').slice(10, 10 + LIMIT + 1);

let house: LifecycleHouse;
beforeAll(async () => {
  house = await lifecycleHouse();
  await house.feed(csvOf(people));
  const left = { percent: 100, free: LIMIT, most: LIMIT };
  await house.perform('sources.put', { source: 'hr', limits: { left } }, house.admin);
});
afterAll(() => house.close());

/** So many deliver the same feed at once, and each carries out what came of it. */
const deliver = async (gone: readonly (typeof people)[number][]): Promise<ReadonlySet<string>> => {
  const content = csvOf(people.map((p) => (gone.includes(p) ? { ...p, status: 'terminated' } : p)));
  const states = await Promise.all(
    Array.from({ length: WORKERS }, async () => {
      try {
        const run = await house.perform<RunAnswer>('sources.feed', { source: 'hr', content }, house.admin);
        await applyRun(house.as('lifecycle'), run.id);
        return run.state;
      } catch (error) {
        if (error instanceof AppError && error.code === 'feed.still_applying') return 'waits';
        throw error;
      }
    }),
  );
  await house.settle(60_000);
  return new Set(states);
};
const facts = (): Promise<unknown[]> =>
  house.db.many(sql`select * from identity_facts order by identity_id, valid_from`);
const leavers = async (): Promise<number> =>
  (
    await house.db.one<{ n: number }>(
      sql`select count(*)::int as n from identity_facts where state = 'leaver' and valid_to is null`,
    )
  ).n;

test('one leaver over the limit is none at all, whoever delivers and applies it beside whom', async () => {
  const [before, left] = [await facts(), await leavers()];
  expect(await deliver(leaving)).toEqual(new Set(['held']));
  expect(await facts()).toEqual(before);
  await deliver(leaving.slice(1));
  expect((await leavers()) - left).toBe(LIMIT);
});
