import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { mergingHouse, type MergingHouse } from '../testing/merging-house.ts';

let house: MergingHouse;
let entitlements: readonly string[];
beforeAll(async () => {
  house = await mergingHouse();
  entitlements = [await house.entitlement('a'), await house.entitlement('b'), await house.entitlement('c')];
});
afterAll(async () => {
  await house?.settle(30_000);
  await house?.close();
});

interface Given {
  readonly grants: readonly { readonly what: number; readonly days: number | null; readonly asked: boolean }[];
  readonly accounts: readonly (readonly number[])[];
}
const what = fc.integer({ min: 0, max: 2 });
const given: fc.Arbitrary<Given> = fc.record({
  grants: fc.array(fc.record({ what, days: fc.option(fc.integer({ min: 1, max: 9 })), asked: fc.boolean() }), {
    maxLength: 4,
  }),
  accounts: fc.array(fc.uniqueArray(what, { maxLength: 2 }), { maxLength: 2 }),
});

let n = 0;
async function make({ grants, accounts }: Given): Promise<string> {
  n += 1;
  const name = `p${n}`;
  const id = await house.person(name);
  for (const { what: i, days, asked } of grants)
    await house.grant(id, entitlements[i] ?? '', {
      origin: asked ? 'request' : 'admin',
      ...(days === null ? {} : { validTo: new Date(house.clock.now().getTime() + days * 86_400_000) }),
    });
  for (const [i, holds] of accounts.entries())
    await house.account(
      `${name}-${i}`,
      id,
      holds.map((h) => entitlements[h] ?? ''),
    );
  return id;
}
/** When each grant that has not ended ends; open-ended last. */
const ends = async (...of: string[]): Promise<ReadonlyMap<string, number>> => {
  const rows = await house.db.many<{ id: string; until: Date | null }>(sql`
    select entitlement_id as id, case when bool_or(valid_to is null) then null else max(valid_to) end as until
      from access_grant where identity_id = any(${of}::uuid[]) and ended_because is null group by entitlement_id`);
  return new Map(rows.map((r) => [r.id, r.until?.getTime() ?? Infinity]));
};

test('a merge gives the survivor what both reached and nothing for longer; taken back, both reach what they did', async () => {
  await fc.assert(
    fc.asyncProperty(given, given, fc.boolean(), async (one, two, later) => {
      const [survivor, duplicate] = [await make(one), await make(two)];
      const before = [await house.reach(survivor), await house.reach(duplicate)] as const;
      const until = await ends(survivor, duplicate);
      await house.merge(duplicate, survivor);
      expect(await house.reach(duplicate)).toEqual([]);
      const union = new Set([...before[0], ...before[1]].map((r) => `${r.name} ${r.via}`));
      expect(new Set((await house.reach(survivor)).map((r) => `${r.name} ${r.via}`))).toEqual(union);
      expect(await ends(survivor)).toEqual(until);
      if (later) house.clock.advance(1000);
      await house.unmerge(duplicate);
      expect(await house.reach(survivor)).toEqual(before[0]);
      expect(await house.reach(duplicate)).toEqual(before[1]);
    }),
    { numRuns: 40 },
  );
  await house.settle(30_000);
});
