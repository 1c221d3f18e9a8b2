import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import { allOf, conditionsOf, useOf } from './filter-entries.ts';
import { DATA_CLASSES, FACETS, RISKS, USES, type CatalogueFilter, type Facet, type FacetCount } from './model.ts';

/** Tags and systems a search names, most frequent first. */
const MOST_VALUES = 50;

interface Row {
  readonly facet: Facet | 'all';
  readonly value: string | null;
  readonly n: number;
}

const VALUE: Readonly<Record<Exclude<Facet, 'tag'>, Sql>> = {
  system: sql`system_id::text`,
  risk: sql`(facets & 3)::text`,
  dataClass: sql`((facets >> 2) & 7)::text`,
  owned: sql`((facets >> 5) & 1)::text`,
  requestable: sql`((facets >> 6) & 1)::text`,
  described: sql`((facets >> 7) & 1)::text`,
  privileged: sql`privileged::int::text`,
  used: sql`used::text`,
};

const NAMES: Partial<Record<Facet, readonly string[]>> = {
  risk: RISKS,
  dataClass: DATA_CLASSES,
  used: USES,
  owned: ['false', 'true'],
  requestable: ['false', 'true'],
  described: ['false', 'true'],
  privileged: ['false', 'true'],
};

/**
 * How many entries there are of each value, exactly: each facet under everything asked for but itself, so that a person
 * sees what choosing another value would give. Entries that are alike in all that is counted are counted once as a
 * kind, which is a few hundred rows however large the catalogue is; tags, of which an entry has many, among the rest.
 */
export async function countFacets(
  tx: Tx,
  filter: CatalogueFilter,
  matching: Sql,
): Promise<{ readonly total: number; readonly facets: Readonly<Record<Facet, readonly FacetCount[]>> }> {
  const asked = conditionsOf(filter);
  const others = (facet: Facet | undefined): Sql =>
    allOf(FACETS.filter((f) => f !== facet && f !== 'tag').map((f) => asked[f]));
  const parts = FACETS.filter((f): f is Exclude<Facet, 'tag'> => f !== 'tag').map(
    (facet) => sql`
      (select ${facet}::text as facet, ${VALUE[facet]} as value, sum(n)::int as n from kind where ${others(facet)}
        group by 2 order by 3 desc, 2 limit ${MOST_VALUES})`,
  );
  const rows = await tx.many<Row>(sql`
    with kind as materialized (
      select system_id, facets, privileged, ${useOf(tx.now)} as used, count(*) as n
        from catalogue_entry c where ${matching} and ${asked.tag ?? sql`true`} group by 1, 2, 3, 4
    ),
    labelled as materialized (
      select labels, count(*) as n from (
        select labels, system_id, facets, privileged, ${useOf(tx.now)} as used from catalogue_entry c
         where ${matching} and labels <> '{}' and ${asked.tag ?? sql`true`}) e
       where ${others(undefined)} group by 1
    )
    ${sql.join(parts, sql` union all `)}
    union all
    (select 'tag', t, sum(n)::int from labelled cross join unnest(labels) t group by 2 order by 3 desc, 2 limit ${MOST_VALUES})
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
