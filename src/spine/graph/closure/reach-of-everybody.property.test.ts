import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '#kit/testing/index.ts';
import { effectiveAccess } from './effective-access.ts';
import { history, RandomWorld } from './random-world.ts';
import { reachOfEverybody } from './reach-of-everybody.ts';
import { unite, type Interval } from './spread-intervals.ts';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});
afterAll(() => t.drop());

const entitlements = fc.array(fc.nat({ max: 5 }), { minLength: 4, maxLength: 9 });
const END = new Date('9999-12-31T00:00:00Z');

test('everybody read at once reaches what each reaches alone, and when', { timeout: 240_000 }, async () => {
  let [reached, timed] = [0, 0];
  await fc.assert(
    fc.asyncProperty(history, entitlements, fc.integer({ min: 0, max: 12 }), async (steps, asked, day) => {
      const world = new RandomWorld(t.db, t.clock);
      await world.begin();
      for (const step of steps) await world.take(step);
      const ids = [...new Set(asked)].flatMap((n) => world.entitlements[n] ?? []);
      await t.db.tx(
        async (tx) => {
          const window = { at: new Date(world.at(day)), through: END };
          const from = window.at.getTime();
          const expected = new Map<string, readonly Interval[]>();
          for (const identityId of world.identities) {
            for (const row of await effectiveAccess(tx, identityId, window)) {
              const n = ids.indexOf(row.entitlementId ?? '');
              const cut: Interval = [Math.max(+row.validFrom, from), row.validTo === null ? Infinity : +row.validTo];
              const key = `${identityId} ${n}`;
              if (n >= 0 && cut[0] < cut[1]) expected.set(key, unite(expected.get(key) ?? [], cut));
            }
          }
          const told = new Map<string, readonly Interval[]>();
          const order: string[] = [];
          await reachOfEverybody(tx, ids, window, (one) => {
            if (!world.identities.includes(one.identityId)) return;
            order.push(one.identityId);
            for (const n of one.throughout) told.set(`${one.identityId} ${n}`, [[from, Infinity]]);
            for (const [n, times] of one.timed) told.set(`${one.identityId} ${n}`, times);
            timed += one.timed.size;
          });
          expect(told).toEqual(expected);
          expect(order).toEqual(order.toSorted());
          reached += told.size;
        },
        { readOnly: true },
      );
    }),
    { numRuns: 150 },
  );
  expect(reached).toBeGreaterThan(60);
  expect(timed).toBeGreaterThan(10);
});
