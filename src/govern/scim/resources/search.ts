import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import { refusal } from '../errors.ts';
import { bindFilter } from '../filter/bind-filter.ts';
import { filterSql } from '../filter/filter-sql.ts';
import { parseFilter } from '../filter/parse-filter.ts';
import { sortSql } from '../filter/sort-sql.ts';
import type { ResourceRow } from '../model.ts';
import { LIMITS } from '../schema/discovery.ts';
import type { JsonObject } from '../schema/json.ts';
import type { ResourceKind } from '../schema/resource-kind.ts';
import { makeCursor, readCursor, type Position } from './cursor.ts';
import { renderRows, type Rendering } from './render.ts';
import { rowColumns } from './store.ts';

/** What is asked of a list (RFC 7644 §3.4.2, RFC 9865). */
export interface Search {
  readonly kinds: readonly ResourceKind[];
  readonly filter: string | undefined;
  /** Whether the filter may have texts without quotes. */
  readonly bareWords: boolean;
  readonly sortBy: string | undefined;
  readonly descending: boolean;
  readonly count: number | undefined;
  readonly page:
    | { readonly method: 'index'; readonly startIndex: number }
    | { readonly method: 'cursor'; readonly cursor: string };
}

const conditionOf = (search: Search): Sql => {
  const several = search.kinds.length > 1;
  const { filter } = search;
  if (filter === undefined) return sql`r.type = any(${search.kinds.map((k) => k.name)}::text[])`;
  const parsed = parseFilter(filter, { bareWords: search.bareWords, refuses: 'invalidFilter' });
  const parts = search.kinds.map(
    (kind) => sql`(r.type = ${kind.name} and ${filterSql(kind, bindFilter(kind, parsed, 'invalidFilter', several))})`,
  );
  return sql`(${sql.join(parts, sql` or `)})`;
};

/** The text sorted by, per kind where there are several; undefined: the order in which they were made. */
function keyOf(search: Search): Sql | undefined {
  const { sortBy, kinds } = search;
  if (sortBy === undefined) return undefined;
  const [first] = kinds;
  if (kinds.length === 1 && first !== undefined) return sortSql(first, sortBy);
  return sql`case r.type ${sql.join(
    kinds.map((k) => sql`when ${k.name} then ${sortSql(k, sortBy)}`),
    sql` `,
  )} end`;
}

/** Answers a list. Throws the refusals of RFC 7644 §3.12 and RFC 9865 §2.1. */
export async function searchResources(tx: Tx, sourceId: string, search: Search, how: Rendering): Promise<JsonObject> {
  const where = sql`r.source_id = ${sourceId} and r.deleted_at is null and ${conditionOf(search)}`;
  const key = keyOf(search);
  const { n } = await tx.one<{ n: number }>(sql`select count(*)::int as n from scim_resource r where ${where}`);
  const found =
    search.page.method === 'index'
      ? await indexPage(tx, search, search.page.startIndex, where, key, n)
      : await cursorPage(tx, sourceId, search, search.page.cursor, where, key);
  return {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults: n,
    itemsPerPage: found.rows.length,
    ...(found.startIndex === undefined ? {} : { startIndex: found.startIndex }),
    ...(found.nextCursor === undefined ? {} : { nextCursor: found.nextCursor }),
    Resources: await renderRows(tx, found.rows, how),
  };
}

interface Found {
  readonly rows: readonly ResourceRow[];
  readonly startIndex?: number;
  readonly nextCursor?: string | undefined;
}

/** Those with no value are last going up and first going down (RFC 7644 §3.4.2.3). */
const orderOf = (key: Sql | undefined, descending: boolean): Sql => {
  const way = descending ? sql`desc` : sql`asc`;
  return key === undefined ? sql`r.id ${way}` : sql`(${key} is null) ${way}, (${key}) collate "C" ${way}, r.id ${way}`;
};

async function indexPage(
  tx: Tx,
  search: Search,
  startIndex: number,
  where: Sql,
  key: Sql | undefined,
  total: number,
): Promise<Found> {
  const limit = Math.min(Math.max(search.count ?? LIMITS.defaultPage, 0), LIMITS.page);
  const start = Math.max(startIndex, 1);
  if (limit === 0 || start > total) return { rows: [], startIndex: start };
  const rows = await tx.many<ResourceRow>(sql`
    select ${rowColumns} from scim_resource r where ${where}
     order by ${orderOf(key, search.descending)} limit ${limit} offset ${start - 1}`);
  return { rows, startIndex: start };
}

async function cursorPage(
  tx: Tx,
  sourceId: string,
  search: Search,
  cursor: string,
  where: Sql,
  key: Sql | undefined,
): Promise<Found> {
  const limit = search.count ?? LIMITS.defaultPage;
  if (limit < 1 || limit > LIMITS.page)
    throw refusal('invalidCount', `count is between 1 and ${LIMITS.page} where there is a cursor`);
  const query = [
    sourceId,
    search.kinds.map((k) => k.name),
    search.filter ?? null,
    search.sortBy ?? null,
    search.descending,
  ];
  const after = cursor === '' ? undefined : readCursor(cursor, query, tx.now);
  const sorted = key === undefined ? sql`null::text` : key;
  const rows = await tx.many<ResourceRow & { sortKey: string | null }>(sql`
    select ${rowColumns}, ${sorted} as sort_key from scim_resource r
     where ${where} and ${after === undefined ? sql`true` : behind(key, after, search.descending)}
     order by ${orderOf(key, search.descending)} limit ${limit + 1}`);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  if (rows.length <= limit || last === undefined) return { rows: page };
  return { rows: page, nextCursor: makeCursor({ id: last.id, key: last.sortKey }, query, tx.now) };
}

function behind(key: Sql | undefined, after: Position, descending: boolean): Sql {
  const sign = descending ? sql`<` : sql`>`;
  if (key === undefined) return sql`r.id ${sign} ${after.id}::uuid`;
  return sql`((${key} is null), coalesce(${key}, '') collate "C", r.id) ${sign}
    (${after.key === null}::boolean, ${after.key ?? ''}::text collate "C", ${after.id}::uuid)`;
}
