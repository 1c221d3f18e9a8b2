import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { testDatabase, type TestDatabase } from '#kit/testing/index.ts';
import { liveRules, passOverEverybody, standingConflicts, standingConflictsOf } from '#spine/decide/index.ts';
import { DAY, history, RandomWorld } from '#spine/graph/closure/random-world.ts';
import { peopleInConflict } from './find-violations.ts';
import { peopleBackwards } from './testing/people-backwards.ts';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});
afterAll(() => t.drop());

const someEntitlements = fc.array(fc.nat({ max: 5 }), { minLength: 2, maxLength: 6 });
const rules = fc.array(
  fc.record({
    sides: fc.array(someEntitlements, { minLength: 2, maxLength: 3 }),
    system: fc.option(fc.nat({ max: 1 }), { freq: 4 }),
  }),
  { minLength: 2, maxLength: 5 },
);
const exceptions = fc.array(
  fc.record({ who: fc.nat({ max: 2 }), rule: fc.nat({ max: 4 }), lasts: fc.integer({ min: 1, max: 5 }) }),
  { maxLength: 6 },
);

test(
  'everybody read at once, each entitlement asked backwards, and each person judged alone find the same',
  { timeout: 300_000 },
  async () => {
    let [found, tolerated] = [0, 0];
    await fc.assert(
      fc.asyncProperty(history, rules, exceptions, async (steps, drawn, excepted) => {
        const world = new RandomWorld(t.db, t.clock);
        await world.begin();
        // Most of what is given here lasts, so that there is something to find after all of it happened.
        for (const step of steps) {
          if (step.do === 'edge') await world.take(step.b % 3 === 0 ? step : { ...step, lasts: null });
          else if (step.do !== 'end' || step.which % 3 === 0) await world.take(step);
        }
        await t.db.tx(async (tx) => {
          await tx.run(sql`update sod_rule set valid_to = ${tx.now} where valid_to is null`);
          const ids: string[] = [];
          for (const rule of drawn) {
            const id = newId();
            ids.push(id);
            const systems = rule.system === null ? null : [world.systems[rule.system] ?? ''];
            await tx.run(sql`insert into sod_rule (id, name, severity, mode, system_ids, valid_from)
            values (${id}, ${id}, 'high', 'record', ${systems}::uuid[], ${new Date(tx.now.getTime() - DAY)})`);
            for (const [i, side] of rule.sides.entries())
              for (const n of new Set(side))
                await tx.run(sql`insert into sod_rule_function (rule_id, position, name, entitlement_id)
                values (${id}, ${i + 1}, ${`f${i}`}, ${world.entitlements[n]})`);
          }
          for (const { who, rule, lasts } of excepted)
            if (ids[rule] !== undefined)
              await tx.run(sql`insert into sod_exception (id, rule_id, identity_id, reason, control, approved_by, valid_from, valid_to)
              values (${newId()}, ${ids[rule]}, ${world.identities[who]}, 'r', 'c', 'test', ${tx.now}, ${new Date(tx.now.getTime() + lasts * DAY)})`);
        });
        await t.db.tx(
          async (tx) => {
            const live = await liveRules(tx);
            const mine = (ids: Iterable<string>): string[] => [...ids].filter((id) => world.identities.includes(id));
            const backwards = await peopleBackwards(tx, live);
            expect(await peopleInConflict(tx, live)).toEqual(backwards);
            const passed = await passOverEverybody(
              tx,
              live.map((rule) => ({ rule })),
            );
            const many = await standingConflictsOf(tx, world.identities);
            for (const id of world.identities) {
              const alone = await standingConflicts(tx, id);
              expect(many.get(id)?.conflicts ?? []).toEqual(alone);
              const now = alone.filter(({ validFrom }) => validFrom <= tx.now).map(({ rule }) => rule.id);
              expect(passed.get(id) ?? []).toEqual(now);
              found += now.length;
            }
            expect(mine(passed.keys()).every((id) => backwards.includes(id))).toBe(true);
            tolerated += mine(backwards).length - mine(passed.keys()).length;
          },
          { readOnly: true },
        );
      }),
      { numRuns: 120 },
    );
    expect(found).toBeGreaterThan(20);
    expect(tolerated).toBeGreaterThan(0);
  },
);
