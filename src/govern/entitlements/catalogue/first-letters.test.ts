import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { testDatabase, type TestDatabase } from '#kit/testing/index.ts';
import { searchCatalogue, type CatalogueFilter } from '../index.ts';
import type { FoundPage } from './search-catalogue.ts';

let t: TestDatabase;
const MANY = 24_000;
const pallets = MANY / 3;
const search = (filter: CatalogueFilter, more: object = {}): Promise<FoundPage> =>
  t.db.tx((tx) => searchCatalogue(tx, { filter, limit: 4, facets: true, ...more }), { readOnly: true });

const [FEW, LARGE] = [newId(), newId()];
const put = async (system: string, rows: readonly (readonly [name: string, description: string | null])[]) => {
  await t.db.run(sql`
    insert into entitlement (id, system_id, kind, native_id, name, description, source, valid_from)
    select gen_random_uuid(), ${system}::uuid, 'group', gen_random_uuid()::text, n, d, 'reading', now() - interval '1 day'
      from unnest(${sql.array(rows.map(([n]) => n))}::text[], ${sql.array(rows.map(([, d]) => d))}::text[]) as r(n, d)`);
};
beforeAll(async () => {
  t = await testDatabase();
  await t.db.run(sql`insert into system (id, name, kind, valid_from)
    values (${FEW}, 'ledger', 'csv', now() - interval '1 day'), (${LARGE}, 'warehouse', 'csv', now() - interval '1 day')`);
  await put(FEW, [
    ['zeta rights', null],
    ['Zoo keepers', null],
    ['the zoo', null],
    ['a (zebra) b', null],
    ['nothing', 'opens the zoo'],
    ['anything', 'of zones'],
    ['azimuth', null],
  ]);
});
afterAll(() => t.drop());

describe('the first letters of a search', () => {
  test('find names that begin so first, then names with such a word, then all else, page by page without holes', async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: FoundPage = await search({ text: 'z' }, cursor === null ? { limit: 2 } : { limit: 2, cursor });
      seen.push(...page.items.map((e) => e.name));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen.slice(0, 2).toSorted()).toEqual(['Zoo keepers', 'zeta rights']);
    expect(seen.slice(2, 4).toSorted()).toEqual(['a (zebra) b', 'the zoo']);
    expect(seen.slice(4).toSorted()).toEqual(['anything', 'nothing']);
    expect((await search({ text: 'zo k' })).items.map((e) => e.name)).toEqual(['Zoo keepers']);
    expect((await search({ text: 'th z' })).items.map((e) => e.name)).toEqual(['the zoo', 'nothing']);
  });

  test('are counted one by one while the catalogue is not large', async () => {
    expect(await search({ text: 'z' })).toMatchObject({ total: 6, about: false });
  });

  test('are about right in a large catalogue and say so; counted when asked to be, when few, and from three letters on', async () => {
    await put(
      LARGE,
      Array.from({ length: MANY }, (_, n) => [`${n % 3 === 0 ? 'pallets' : 'crates'} ${n}`, null] as const),
    );
    await t.db.run(sql`analyze catalogue_entry`);
    const about = await search({ text: 'p', systemIds: [LARGE] });
    expect(about).toMatchObject({ about: true });
    expect(about.total / (MANY / 3)).toBeGreaterThan(0.8);
    expect(about.total / (MANY / 3)).toBeLessThan(1.2);
    expect(about.facets?.system).toContainEqual({ value: LARGE, name: 'warehouse', n: about.total });
    expect(await search({ text: 'p', systemIds: [LARGE] }, { exact: true })).toMatchObject({
      about: false,
      total: pallets,
    });
    expect(await search({ text: 'pal', systemIds: [LARGE] })).toMatchObject({ about: false, total: pallets });
    expect(await search({ text: 'z' })).toMatchObject({ about: false, total: 6 });
    expect(about.items.every((e) => e.name.startsWith('pallets'))).toBe(true);
  });
});
