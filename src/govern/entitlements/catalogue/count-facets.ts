import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import { allOf, BITS, bitsOf, conditionsOf } from './filter-entries.ts';
import { DATA_CLASSES, FACETS, RISKS, USES, type CatalogueFilter, type Facet, type FacetCount } from './model.ts';

/** Tags and systems a search names, most frequent first. */
const MOST_VALUES = 50;

interface Row {
  readonly facet: Facet | 'all';
  readonly value: string | null;
  readonly n: number;
}

const NAMES: Partial<Record<Facet, readonly string[]>> = {
  risk: RISKS,
  dataClass: DATA_CLASSES,
  used: USES,
  owned: ['false', 'true'],
  requestable: ['false', 'true'],
  described: ['false', 'true'],
  privileged: ['false', 'true'],
};

/** How many entries of each kind there are, as the counting of facets reads them. */
interface Kinds {
  /** `system_id, facets, n`. */
  readonly kind: Sql;
  /** `label, system_id, facets, n`. */
  readonly labelled: Sql;
}

/** Of the whole catalogue: kept by trigger, so that nothing is counted while somebody types nothing. */
const KEPT: Kinds = {
  kind: sql`select system_id, facets, sum(n) as n from catalogue_kind where label is null group by 1, 2`,
  labelled: sql`select label, system_id, facets, n from catalogue_kind where label is not null`,
};

/** One entry in so many is looked at where counts are taken from a sample, as the index of migration 0043 has them. */
const SAMPLED = 16;
const IN_SAMPLE = sql`(uuid_hash(c.entitlement_id) & 15) = 0`;

/** A catalogue of more is counted from a sample where the first letters of a word find much of it. */
const MOST_COUNTED = 20_000;

/** Where the sample says that fewer were found, it says little, and counting them costs little. */
const FEWEST_ESTIMATED = 2000;

/** Whether the catalogue is so large that what finds much of it is not counted one by one. */
const isLarge = async (tx: Tx): Promise<boolean> =>
  (await tx.one<{ n: number }>(sql`select reltuples::int as n from pg_class where oid = 'catalogue_entry'::regclass`))
    .n > MOST_COUNTED;

/** A number of a sample as it is for all: no more digits than it can tell. */
const forAll = (n: number): number => Number((n * SAMPLED).toPrecision(2));

/** Of the entries that were found. */
const counted = (matching: Sql): { readonly hits: Sql } & Kinds => ({
  hits: sql`hit as materialized (select system_id, facets, labels from catalogue_entry c where ${matching}),`,
  kind: sql`select system_id, facets, count(*) as n from hit group by 1, 2`,
  labelled: sql`select l as label, system_id, facets, 1 as n from hit cross join unnest(labels) l`,
});

/** How many entries there are of each value, in all, and whether that is about right or exact. */
export interface Counted {
  readonly total: number;
  readonly facets: Readonly<Record<Facet, readonly FacetCount[]>>;
  readonly about: boolean;
}

/**
 * How many entries there are of each value: each facet under everything asked for but itself, so that a person sees what
 * choosing another value would give. Entries that are alike in all that is counted are counted once, as a kind.
 * `matching` is what narrows it besides: words, tags, an owner; undefined where nothing does. Exact, but where it may be
 * estimated and a large catalogue has many: then from one entry in sixteen, and a value that few have may be missing.
 */
export async function countFacets(
  tx: Tx,
  filter: CatalogueFilter,
  matching: Sql | undefined,
  mayEstimate = false,
): Promise<Counted> {
  if (matching !== undefined && mayEstimate && (await isLarge(tx))) {
    const estimated = await countOf(tx, filter, sql`${IN_SAMPLE} and ${matching}`, forAll);
    if (estimated.total >= FEWEST_ESTIMATED) return { ...estimated, about: true };
  }
  return { ...(await countOf(tx, filter, matching, (n) => n)), about: false };
}

async function countOf(
  tx: Tx,
  filter: CatalogueFilter,
  matching: Sql | undefined,
  told: (n: number) => number,
): Promise<Omit<Counted, 'about'>> {
  const asked = conditionsOf(filter);
  const kinds = matching === undefined ? { hits: sql``, ...KEPT } : counted(matching);
  const others = (facet: Facet | undefined): Sql =>
    allOf(FACETS.filter((f) => f !== facet && f !== 'tag').map((f) => asked[f]));
  const part = (facet: Exclude<Facet, 'tag'>): Sql => sql`
    (select ${facet}::text as facet, ${facet === 'system' ? sql`system_id::text` : sql`${bitsOf(facet)}::text`} as value, sum(n)::int as n
       from kind where ${others(facet)} group by 2 having sum(n) > 0 order by 3 desc, 2 limit ${MOST_VALUES})`;
  const rows = await tx.many<Row>(sql`
    with ${kinds.hits} kind as materialized (${kinds.kind})
    ${sql.join([part('system'), ...(Object.keys(BITS) as (keyof typeof BITS)[]).map(part)], sql` union all `)}
    union all
    (select 'tag', label, sum(n)::int from (${kinds.labelled}) t where ${others(undefined)}
      group by 2 having sum(n) > 0 order by 3 desc, 2 limit ${MOST_VALUES})
    union all
    (select 'all', null, coalesce(sum(n), 0)::int from kind where ${others(undefined)})`);
  const systems = new Map(
    (
      await tx.many<{ id: string; name: string }>(
        sql`select id, name from system where id = any(${rows.flatMap((r) => (r.facet === 'system' ? (r.value ?? []) : []))}::uuid[])`,
      )
    ).map((s) => [s.id, s.name]),
  );
  const counts = (facet: Facet): FacetCount[] =>
    rows
      .filter((row) => row.facet === facet)
      .map(({ value: raw, n }) => {
        const value = NAMES[facet]?.[Number(raw)] ?? raw ?? '';
        return { value, name: facet === 'system' ? (systems.get(value) ?? value) : value, n: told(n) };
      });
  const facets = Object.fromEntries(FACETS.map((facet) => [facet, counts(facet)])) as Record<Facet, FacetCount[]>;
  return { total: told(rows.find((row) => row.facet === 'all')?.n ?? 0), facets };
}
