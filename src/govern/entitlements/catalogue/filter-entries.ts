import { sql, type Sql } from '#kit/db/index.ts';
import { DATA_CLASSES, RECENT_DAYS, RISKS, USES, type CatalogueFilter, type Facet } from './model.ts';

const DAY_MS = 86_400_000;

/** The number of a use in `USES`, of the row in scope. What nothing tells is unknown, never unused. */
export const useOf = (now: Date): Sql => sql`
  case use_known when 'unknown' then 3 when 'never' then 2
       else case when last_used_at >= ${new Date(now.getTime() - RECENT_DAYS * DAY_MS)}::timestamptz then 0 else 1 end end`;

const flag = (asked: boolean | undefined, column: Sql): Sql | undefined =>
  asked === undefined ? undefined : asked ? column : sql`not ${column}`;

/** What each kind of narrowing asks of the columns of `entries`; a facet is counted under all but its own. */
export function conditionsOf(filter: CatalogueFilter): Readonly<Record<Facet, Sql | undefined>> {
  const numbers = (asked: readonly string[] | undefined, all: readonly string[]): readonly number[] | undefined =>
    asked === undefined || asked.length === 0 ? undefined : asked.map((one) => all.indexOf(one));
  const risks = numbers(filter.risks, RISKS);
  const classes = numbers(filter.dataClasses, DATA_CLASSES);
  const uses = numbers(filter.uses, USES);
  const systems = filter.systemIds?.length === 0 ? undefined : filter.systemIds;
  const tags = filter.tags?.length === 0 ? undefined : filter.tags;
  return {
    system: systems === undefined ? undefined : sql`system_id = any(${[...systems]}::uuid[])`,
    risk: risks === undefined ? undefined : sql`(facets & 3) = any(${risks}::int[])`,
    dataClass: classes === undefined ? undefined : sql`((facets >> 2) & 7) = any(${classes}::int[])`,
    tag: tags === undefined ? undefined : sql`labels @> ${[...tags]}::text[]`,
    owned: flag(filter.owned, sql`((facets >> 5) & 1 = 1)`),
    requestable: flag(filter.requestable, sql`((facets >> 6) & 1 = 1)`),
    described: flag(filter.described, sql`((facets >> 7) & 1 = 1)`),
    privileged: flag(filter.privileged, sql`privileged`),
    used: uses === undefined ? undefined : sql`used = any(${uses}::int[])`,
  };
}

/** All of these together; none means true. */
export const allOf = (conditions: readonly (Sql | undefined)[]): Sql => {
  const given = conditions.filter((c) => c !== undefined);
  return given.length === 0 ? sql`true` : sql.join(given, sql` and `);
};
