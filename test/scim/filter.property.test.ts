import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bindFilter } from '#govern/scim/filter/bind-filter.ts';
import { filterSql } from '#govern/scim/filter/filter-sql.ts';
import { matches } from '#govern/scim/filter/match.ts';
import { parseFilter } from '#govern/scim/filter/parse-filter.ts';
import { insertRow } from '#govern/scim/resources/store.ts';
import type { Body, Json, JsonObject } from '#govern/scim/schema/json.ts';
import { USERS } from '#govern/scim/schema/resource-kind.ts';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { testDatabase, type TestDatabase } from '#kit/testing/index.ts';
import { ENTERPRISE, USER } from './scim-house.ts';

const WORDS = ['a', 'A', 'ab', 'Äb', 'äB', 'b', '', 'x%_', 'a"b', "a'b\\", '😀', 'ﬀ', 'ß'];
const word = fc.constantFrom(...WORDS);
const maybe = <T>(arb: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arb, { nil: undefined });
const without = (o: Readonly<Record<string, Json | undefined>>): JsonObject =>
  Object.fromEntries(Object.entries(o).filter((e): e is [string, Json] => e[1] !== undefined));

const email = fc
  .record({ value: maybe(word), type: maybe(fc.constantFrom('work', 'Home')), primary: maybe(fc.boolean()) })
  .map(without)
  .filter((e) => Object.keys(e).length > 0);
const body = fc
  .record({
    title: maybe(word),
    externalId: maybe(word),
    active: maybe(fc.boolean()),
    name: maybe(fc.record({ familyName: word })),
    emails: maybe(fc.array(email, { minLength: 1, maxLength: 3 })),
    [ENTERPRISE]: maybe(fc.record({ department: word })),
  })
  .map((b) => without({ schemas: [USER], userName: '', ...b }) as Body);

const quoted = word.map((w) => JSON.stringify(w));
const TEXTS = [
  'userName',
  'title',
  'externalId',
  'name.familyName',
  'emails',
  'emails.value',
  'Emails.TYPE',
  `${ENTERPRISE}:department`,
];
const HOWS = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le', 'EQ'];
const comparison = (paths: readonly string[]) =>
  fc.tuple(fc.constantFrom(...paths), fc.constantFrom(...HOWS), quoted).map((parts) => parts.join(' '));
const leaf = fc.oneof(
  comparison(TEXTS),
  fc.constantFrom(...TEXTS, 'active', 'name', 'meta.created').map((path) => `${path} pr`),
  fc
    .tuple(fc.constantFrom('active', 'emails.primary'), fc.constantFrom('eq', 'ne'), fc.constantFrom('true', 'false'))
    .map((p) => p.join(' ')),
  fc.tuple(fc.constantFrom('title', 'active', 'emails'), fc.constantFrom('eq null', 'ne null')).map((p) => p.join(' ')),
);
const joined = (arb: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 3, arbitrary: arb },
    fc.tuple(arb, fc.constantFrom('and', 'or', 'AND'), arb).map((p) => p.join(' ')),
    fc.tuple(arb, fc.constantFrom('and', 'or'), arb).map((p) => `(${p.join(' ')})`),
    arb.map((a) => `not (${a})`),
  );
const inside = joined(joined(fc.oneof(comparison(['value', 'type']), fc.constantFrom('primary eq true', 'value pr'))));
const filter = joined(
  joined(
    fc.oneof(
      { weight: 3, arbitrary: leaf },
      inside.map((i) => `emails[${i}]`),
    ),
  ),
);

let t: TestDatabase;
let sourceId: string;
beforeAll(async () => {
  t = await testDatabase();
  sourceId = newId();
  await t.db.run(sql`
    insert into people_source (id, name, kind, time_zone, mapping, limits, terms)
    values (${sourceId}, 'entra', 'scim', 'UTC', '{}', '{}', '{}')`);
});
afterAll(() => t?.drop());

test('the database finds by any filter just what reading each resource finds', async () => {
  const people = fc
    .sample(body, { numRuns: 120, seed: 7 })
    .map((b, i) => ({ ...b, userName: `${WORDS[i % WORDS.length] || 'u'}${i}` }));
  const ids: string[] = [];
  const identities: string[] = [];
  await t.db.tx(async (tx) => {
    for (const one of people) {
      const id = newId();
      const identityId = newId();
      await tx.run(sql`insert into identity (id, kind) values (${identityId}, 'person')`);
      await insertRow(tx, USERS, { id, sourceId, identityId, body: one });
      ids.push(id);
      identities.push(identityId);
    }
  });
  let hits = 0;
  await fc.assert(
    fc.asyncProperty(filter, async (text) => {
      const bound = bindFilter(
        USERS,
        parseFilter(text, { bareWords: false, refuses: 'invalidFilter' }),
        'invalidFilter',
      );
      const rows = await t.db.many<{ id: string }>(sql`
        select r.id from scim_resource r where r.source_id = ${sourceId} and ${filterSql(USERS, bound)} order by r.id`);
      const found = new Set(rows.map((r) => r.id));
      const meta = { created: t.clock.now().toISOString() };
      const wrong = people.filter((p, i) => matches({ ...p, meta } as JsonObject, bound) !== found.has(ids[i] ?? ''));
      hits += found.size;
      expect(wrong.map((p) => JSON.stringify(p)).slice(0, 2), text).toEqual([]);
    }),
    { numRuns: 400, seed: 11 },
  );
  expect(hits).toBeGreaterThan(1000);
});

test('what is written in other words means the same', () => {
  const same = [
    ['title eq "a" or title eq "b" and active eq true', 'title eq "a" or (title eq "b" and active eq true)'],
    ['not (title pr) and active eq true', '(not (title pr)) and (active eq true)'],
    ['emails co "a"', 'emails.value co "a"'],
    ['USERNAME EQ "A"', `${USER}:userName eq "a"`],
  ];
  for (const [a, b] of same) {
    const [left, right] = [a, b].map((text) =>
      JSON.stringify(
        bindFilter(USERS, parseFilter(text ?? '', { bareWords: false, refuses: 'invalidFilter' }), 'invalidFilter'),
        (key, v: unknown) => (key === 'given' ? undefined : v),
      ),
    );
    expect(left).toBe(right);
  }
});
