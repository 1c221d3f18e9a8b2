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

/** Of the entries that were found. */
const counted = (matching: Sql): { readonly hits: Sql } & Kinds => ({
  hits: sql`hit as materialized (select system_id, facets, labels from catalogue_entry c where ${matching}),`,
  kind: sql`select system_id, facets, count(*) as n from hit group by 1, 2`,
  labelled: sql`select l as label, system_id, facets, 1 as n from hit cross join unnest(labels) l`,
});

/**
 * How many entries there are of each value, exactly: each facet under everything asked for but itself, so that a person
 * sees what choosing another value would give. Entries that are alike in all that is counted are counted once, as a
 * kind. `matching` is what narrows it besides: words, tags, an owner; undefined where nothing does.
 */
export async function countFacets(
  tx: Tx,
  filter: CatalogueFilter,
  matching: Sql | undefined,
): Promise<{ readonly total: number; readonly facets: Readonly<Record<Facet, readonly FacetCount[]>> }> {
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
        return { value, name: facet === 'system' ? (systems.get(value) ?? value) : value, n };
      });
  const facets = Object.fromEntries(FACETS.map((facet) => [facet, counts(facet)])) as Record<Facet, FacetCount[]>;
  return { total: rows.find((row) => row.facet === 'all')?.n ?? 0, facets };
}
