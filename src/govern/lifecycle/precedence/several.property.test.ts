import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { getIdentities } from '#spine/graph/index.ts';
import { lifecycleHouse, type LifecycleHouse, type RunAnswer } from '../testing/lifecycle-house.ts';
import { differingFacts } from '../runs/facts-of.ts';
import { factsOfMerged } from './facts-of-merged.ts';
import { mergeRecords } from './merge-records.ts';
import { readSaid } from './read-said.ts';

/**
 * Deliveries of three sources in any order, with any ranks: after each, what is true of everybody is the merge of what
 * their sources say, and the same delivery again changes nothing.
 */
const NAMES = ['P1', 'P2', 'P3', 'P4'] as const;
const row = fc.record({
  email: fc.constantFrom('', 'x@x.example', 'y@x.example'),
  department: fc.constantFrom('', 'Ops', 'Care'),
  desk: fc.constantFrom('', '1', '2'),
  manager: fc.constantFrom('', ...NAMES),
  status: fc.constantFrom('active', 'leave', 'terminated'),
});
const delivery = fc.record({
  source: fc.constantFrom('a', 'b', 'c'),
  who: fc.shuffledSubarray([...NAMES], { minLength: 1 }),
  rows: fc.array(row, { minLength: 4, maxLength: 4 }),
});
const rank = fc.integer({ min: 1, max: 3 });
const terms = fc.record({ lifecycle: fc.boolean(), rank, ranks: fc.record({ email: rank, desk: rank }) });

const HEAD = 'employee_id,first_name,last_name,email,department,manager_employee_id,status,start_date,number,desk';
const ANY = { percent: 100, free: 1000, most: null };

let house: LifecycleHouse;
beforeAll(async () => {
  house = await lifecycleHouse();
});
afterAll(() => house.close());

let runs = 0;
test('what is true of everybody is the merge of what their sources say, in whatever order they speak', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(terms, terms, terms),
      fc.array(delivery, { minLength: 2, maxLength: 6 }),
      async (of, all) => {
        runs += 1;
        const prefix = `r${runs}`;
        const named = (source: string): string => `${prefix}-${source}`;
        for (const [i, source] of ['a', 'b', 'c'].entries())
          await house.perform(
            'sources.put',
            {
              source: named(source),
              mapping: {
                columns: {
                  preferredName: null,
                  username: null,
                  orgUnit: null,
                  jobTitle: null,
                  employmentType: null,
                  endDate: null,
                },
                attributes: { number: 'number', desk: 'desk' },
              },
              limits: { created: ANY, changed: ANY, left: ANY, missingRows: ANY, badRows: ANY, unknownManagers: ANY },
              // The first always decides: somebody has to bring people.
              terms: { ...of[i], ...(i === 0 ? { lifecycle: true } : {}), join: [{ fact: 'number', with: 'number' }] },
            },
            house.admin,
          );
        for (const { source, who, rows } of all) {
          const content = `${[HEAD, ...who.map((name, i) => lineOf(prefix, source, name, rows[i]))].join('\n')}\n`;
          const deliver = async (): Promise<RunAnswer> => {
            const made = await house.perform<RunAnswer>(
              'sources.feed',
              { source: named(source), content },
              house.admin,
            );
            await house.settle(30_000);
            const run = await house.run(made.id);
            expect([run.state, run.problems]).toEqual(['applied', expect.anything()]);
            return run;
          };
          await deliver();
          await agree(prefix);
          expect((await deliver()).counts).toMatchObject({ joined: 0, moved: 0, changed: 0, left: 0, returned: 0 });
          await agree(prefix);
        }
      },
    ),
    { numRuns: 8, endOnFailure: true },
  );
}, 180_000);

type Row = { email: string; department: string; desk: string; manager: string; status: string };

const lineOf = (prefix: string, source: string, name: string, r: Row | undefined): string =>
  [
    `${prefix}${source}${name}`,
    name,
    source,
    r?.email ?? '',
    r?.department ?? '',
    r === undefined || r.manager === '' || r.manager === name ? '' : `${prefix}${source}${r.manager}`,
    r?.status ?? 'active',
    '2020-01-01',
    `${prefix}${name}`,
    r?.desk ?? '',
  ].join(',');

/** Everybody's facts are the merge of their records. */
async function agree(prefix: string): Promise<void> {
  await house.db.tx(async (tx) => {
    const ids = await tx.many<{ id: string }>(sql`
      select distinct s.identity_id as id from source_record s join people_source p on p.id = s.source_id where p.name like ${`${prefix}-%`}`);
    const said = await readSaid(
      tx,
      ids.map((i) => i.id),
    );
    for (const identity of await getIdentities(
      tx,
      ids.map((i) => i.id),
    )) {
      const wanted = factsOfMerged(mergeRecords(said.get(identity.id) ?? [], tx.now), identity);
      expect([identity.displayName, differingFacts(identity, { ...identity, ...wanted })]).toEqual([
        identity.displayName,
        [],
      ]);
    }
  });
}
