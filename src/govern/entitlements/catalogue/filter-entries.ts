import { sql, type Sql } from '#kit/db/index.ts';
import { DATA_CLASSES, RISKS, USES, type CatalogueFilter, type Facet } from './model.ts';

/** What is counted of an entry, by the bits of its number that say it. */
export const BITS: Readonly<
  Record<Exclude<Facet, 'system' | 'tag'>, { readonly from: number; readonly mask: number }>
> = {
  risk: { from: 0, mask: 3 },
  dataClass: { from: 2, mask: 7 },
  owned: { from: 5, mask: 1 },
  requestable: { from: 6, mask: 1 },
  described: { from: 7, mask: 1 },
  privileged: { from: 8, mask: 1 },
  used: { from: 9, mask: 3 },
};

/** The number a facet has in the bits of `facets`. */
export const bitsOf = (facet: keyof typeof BITS): Sql =>
  sql`((facets >> ${BITS[facet].from}::int) & ${BITS[facet].mask}::int)`;

const oneOf = (
  facet: keyof typeof BITS,
  asked: readonly string[] | undefined,
  all: readonly string[],
): Sql | undefined =>
  asked === undefined || asked.length === 0
    ? undefined
    : sql`${bitsOf(facet)} = any(${asked.map((one) => all.indexOf(one))}::int[])`;

const flag = (facet: keyof typeof BITS, asked: boolean | undefined): Sql | undefined =>
  asked === undefined ? undefined : sql`${bitsOf(facet)} = ${asked ? 1 : 0}::int`;

/** What each kind of narrowing asks of an entry, or of a kind of entries; a facet is counted under all but its own. */
export const conditionsOf = (filter: CatalogueFilter): Readonly<Record<Facet, Sql | undefined>> => ({
  system:
    (filter.systemIds ?? []).length === 0 ? undefined : sql`system_id = any(${[...(filter.systemIds ?? [])]}::uuid[])`,
  risk: oneOf('risk', filter.risks, RISKS),
  dataClass: oneOf('dataClass', filter.dataClasses, DATA_CLASSES),
  tag: (filter.tags ?? []).length === 0 ? undefined : sql`labels @> ${[...(filter.tags ?? [])]}::text[]`,
  owned: flag('owned', filter.owned),
  requestable: flag('requestable', filter.requestable),
  described: flag('described', filter.described),
  privileged: flag('privileged', filter.privileged),
  used: oneOf('used', filter.uses, USES),
});

/** All of these together; none means true. */
export const allOf = (conditions: readonly (Sql | undefined)[]): Sql => {
  const given = conditions.filter((c) => c !== undefined);
  return given.length === 0 ? sql`true` : sql.join(given, sql` and `);
};
