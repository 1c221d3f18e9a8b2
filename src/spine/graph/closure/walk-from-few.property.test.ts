import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '#kit/testing/index.ts';
import { history, RandomWorld } from './random-world.ts';
import { walkFrom, walkFromFew } from './read-edges.ts';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});
afterAll(() => t.drop());

const some = fc.array(fc.nat({ max: 5 }), { maxLength: 4 });
const origins = fc.record({ identities: some, entitlements: some, roles: some, accounts: some });
const window = fc.record({ day: fc.integer({ min: 0, max: 12 }), lasts: fc.constantFrom(0, 3, 3650) });

test(
  'the walk that is kept planned finds what the walk by any knowledge finds, in the same order',
  {
    timeout: 240_000,
  },
  async () => {
    let found = 0;
    await fc.assert(
      fc.asyncProperty(
        history,
        fc.array(fc.tuple(origins, window), { minLength: 3, maxLength: 6 }),
        async (steps, asked) => {
          const world = new RandomWorld(t.db, t.clock);
          await world.begin();
          for (const step of steps) await world.take(step);
          const ids = (known: readonly string[], chosen: readonly number[]): string[] =>
            chosen.flatMap((n) => known[n] ?? []);
          await t.db.tx(
            async (tx) => {
              for (const [from, { day, lasts }] of asked) {
                const where = {
                  identityIds: ids(world.identities, from.identities),
                  entitlementIds: ids(world.entitlements, from.entitlements),
                  roleIds: ids(world.roles, from.roles),
                  accountIds: ids(world.accounts, from.accounts),
                };
                const moment = {
                  at: new Date(world.at(day)),
                  through: new Date(world.at(day + lasts)),
                  knownAt: undefined,
                };
                const few = await walkFromFew(tx, where, moment);
                expect(few).toEqual(await walkFrom(tx, where, moment));
                found += few.length;
              }
            },
            { readOnly: true },
          );
        },
      ),
      { numRuns: 60 },
    );
    expect(found).toBeGreaterThan(300);
  },
);
