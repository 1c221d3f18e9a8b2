import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import { cursorAfter, readCursor } from '#kit/http/index.ts';
import type { DataClass, Risk } from '#spine/graph/index.ts';
import { countFacets } from './count-facets.ts';
import { allOf, conditionsOf } from './filter-entries.ts';
import { RISKS, USES, type CatalogueFilter, type Facet, type FacetCount, type Sort, type Use } from './model.ts';
import { correctWords, hasWords, isBroad, wordsOf } from './read-words.ts';

export interface FoundEntry {
  readonly id: string;
  readonly systemId: string;
  readonly systemName: string;
  readonly kind: string;
  readonly nativeId: string;
  readonly name: string;
  readonly description: string | null;
  readonly ownerId: string | null;
  readonly ownerName: string | null;
  readonly risk: Risk;
  readonly dataClass: DataClass | null;
  readonly regulated: readonly string[];
  readonly tags: readonly string[];
  readonly requestable: boolean;
  readonly privileged: boolean;
  readonly maxSeconds: number | null;
  readonly holders: number;
  readonly granted: number;
  readonly countedAt: Date | null;
  readonly used: Use;
  readonly lastUsedAt: Date | null;
  readonly useKnown: 'exercised' | 'account' | 'never' | 'unknown';
  readonly renamedAt: Date | null;
}

export interface FoundPage {
  readonly items: readonly FoundEntry[];
  readonly nextCursor: string | null;
  readonly total: number;
  /** Total and facets are about right: taken from a sample, since the first letters of a word find much of a large catalogue. */
  readonly about: boolean;
  /** What was looked for in place of what was typed; null: what was typed. */
  readonly correctedTo: string | null;
  readonly facets: Readonly<Record<Facet, readonly FacetCount[]>> | null;
}

/** How near an entry is to what was typed, nearest first: its name begins so, its name has the first word, anything else. */
const nearness = (words: readonly string[]): Sql =>
  sql`(case when c.search like ${` ${words.join(' ')}%`} then 0 when lower(c.name) like ${`%${words[0] ?? ''}%`} then 1 else 2 end)`;

/**
 * The same of the first letters of words, each nearness as a condition of its own that an index or its statistics know:
 * its name begins so, a word of its name begins so, anything else.
 */
const nearnessesOfLetters = (words: readonly string[]): readonly Sql[] => {
  const first = ` ${words[0] ?? ''}`;
  const beginsSo = sql`c.search like ${` ${words.join(' ')}%`}`;
  const hasSuchWord = sql`c.words_of_name like ${`%${first}%`}`;
  const begins = words.length > 1 ? `${first} ` : first;
  const byIndex =
    [...begins].length === 2
      ? sql`left(c.search, 2) = ${begins}`
      : sql`left(c.search, 3) = ${[...begins].slice(0, 3).join('')}`;
  return [
    sql`${byIndex} and ${beginsSo}`,
    sql`not (${beginsSo}) and ${hasSuchWord}`,
    sql`not (${beginsSo}) and not (${hasSuchWord})`,
  ];
};

/** Where a page ended, and by which words: what was mistyped is corrected once. */
const CURSOR = ['n', 'name', 'id', 'name'] as const;

/** What entries are put in the order of before their names; ascending, so that one cursor does for all. */
const KEYS: Readonly<Record<Exclude<Sort, 'relevance'>, Sql>> = {
  name: sql`0`,
  risk: sql`(3 - c.risk)`,
  holders: sql`(2147483647 - c.holders)`,
  last_used: sql`(2147483647 - coalesce(extract(epoch from c.last_used_at) / 60, 0)::int)`,
};

const ORDERS: Readonly<Record<Exclude<Sort, 'relevance'>, Sql>> = {
  name: sql`c.name, c.entitlement_id`,
  risk: sql`c.risk desc, c.name, c.entitlement_id`,
  holders: sql`c.holders desc, c.name, c.entitlement_id`,
  last_used: sql`(2147483647 - coalesce(extract(epoch from c.last_used_at) / 60, 0)::int), c.name, c.entitlement_id`,
};

/**
 * One page of the catalogue as it is now, with how many there are of each value. Holders are counted after readings and
 * say when; everything else is as it stands. What nothing is found for is looked for once more as it was probably meant.
 */
export async function searchCatalogue(
  tx: Tx,
  input: {
    readonly filter: CatalogueFilter;
    readonly sort?: Sort | undefined;
    readonly cursor?: string | undefined;
    readonly limit: number;
    /** Whether facets are counted; pages after the first need none. */
    readonly facets: boolean;
    /** Counts every entry, however long that takes. */
    readonly exact?: boolean | undefined;
  },
): Promise<FoundPage> {
  const typed = wordsOf(readCursor(input.cursor, CURSOR)?.[3] ?? input.filter.text ?? '');
  const found = await look(tx, input, typed);
  if (found.items.length > 0 || typed.length === 0 || input.cursor !== undefined) return found;
  const corrected = await correctWords(tx, typed);
  if (corrected === undefined) return found;
  const again = await look(tx, input, corrected);
  return again.items.length === 0 ? found : { ...again, correctedTo: corrected.join(' ') };
}

async function look(tx: Tx, input: Asked, words: readonly string[]): Promise<FoundPage> {
  const { filter, limit } = input;
  const narrowed = [
    hasWords(words),
    filter.ownerId === undefined ? undefined : sql`c.owner_id = ${filter.ownerId}`,
    conditionsOf(filter).tag,
  ].filter((c) => c !== undefined);
  const items = await pageOf(tx, input, words, allOf(narrowed));
  const more = items.length > limit;
  const shown = items.slice(0, limit);
  const last = shown.at(-1);
  const mayEstimate = more && input.exact !== true && isBroad(words);
  const counted = input.facets
    ? await countFacets(tx, filter, narrowed.length === 0 ? undefined : allOf(narrowed), mayEstimate)
    : undefined;
  return {
    items: shown,
    nextCursor: more && last !== undefined ? cursorAfter([last.key, last.name, last.id, words.join(' ')]) : null,
    total: counted?.total ?? -1,
    about: counted?.about ?? false,
    correctedTo: null,
    facets: counted?.facets ?? null,
  };
}

type Asked = Parameters<typeof searchCatalogue>[1];
type Keyed = FoundEntry & { readonly key: number };

async function pageOf(tx: Tx, input: Asked, words: readonly string[], matching: Sql): Promise<Keyed[]> {
  const sort = input.sort ?? (words.length > 0 ? 'relevance' : 'name');
  const after = readCursor(input.cursor, CURSOR);
  if (sort === 'relevance' && isBroad(words)) return await nearestOf(tx, input, words, matching);
  const key = sort === 'relevance' ? nearness(words) : KEYS[sort];
  const order = sort === 'relevance' ? sql`${key}, c.name, c.entitlement_id` : ORDERS[sort];
  const beyond = after === undefined ? undefined : beyondOf(sort, key, after[0], after[1], after[2]);
  return await readEntries(tx, input, { key, order, where: [matching, beyond], limit: input.limit + 1 });
}

/**
 * The page for the first letters of words, nearness by nearness: each is walked in the order of names and left as soon as
 * the page is full, since so many are found that putting all of them in order takes longer than typing the next letter.
 */
async function nearestOf(tx: Tx, input: Asked, words: readonly string[], matching: Sql): Promise<Keyed[]> {
  const after = readCursor(input.cursor, CURSOR);
  const found: Keyed[] = [];
  for (const [near, isSo] of nearnessesOfLetters(words).entries()) {
    if (found.length > input.limit || near < (after?.[0] ?? 0)) continue;
    const beyond = after?.[0] === near ? beyondOf('name', sql`0`, 0, after[1], after[2]) : undefined;
    const rows = await readEntries(tx, input, {
      key: sql`${near}::int`,
      order: ORDERS.name,
      where: [matching, isSo, beyond],
      limit: input.limit + 1 - found.length,
    });
    found.push(...rows);
  }
  return found;
}

async function readEntries(
  tx: Tx,
  { filter }: Asked,
  ask: {
    readonly key: Sql;
    readonly order: Sql;
    readonly where: readonly (Sql | undefined)[];
    readonly limit: number;
  },
): Promise<Keyed[]> {
  const rows = await tx.many<Omit<FoundEntry, 'used' | 'risk'> & { key: number; use: number; risk: number }>(sql`
    with hit as materialized (
      select c.entitlement_id, c.name, c.risk, c.used, c.privileged, c.holders, c.granted, c.counted_at, c.last_used_at, c.use_known, ${ask.key} as key
        from catalogue_entry c
       where ${allOf([...ask.where, ...Object.values(conditionsOf(filter))])}
       order by ${ask.order} limit ${ask.limit}
    )
    select c.key, c.used as use, c.risk, e.id, e.system_id, y.name as system_name, e.kind, e.native_id, c.name, e.description, e.owner_id,
           f.display_name as owner_name, e.data_class, e.regulated, e.tags, e.requestable, c.privileged, e.max_seconds,
           c.holders, c.granted, c.counted_at, c.last_used_at, c.use_known, e.renamed_at
      from hit c join entitlement e on e.id = c.entitlement_id join system y on y.id = e.system_id
      left join lateral (select display_name from identity_facts f where f.identity_id = e.owner_id and f.valid_from <= ${tx.now}
                          order by f.valid_from desc limit 1) f on true
     order by c.key, c.name, c.entitlement_id`);
  return rows.map(({ use, risk, ...row }) => ({ ...row, risk: RISKS[risk] ?? 'medium', used: USES[use] ?? 'unknown' }));
}

/** What comes after the last of a page, said so that the index of the order can be walked on from there. */
const beyondOf = (sort: Sort, key: Sql, at: number, name: string, id: string): Sql =>
  sort === 'name'
    ? sql`(c.name, c.entitlement_id) > (${name}, ${id}::uuid)`
    : sql`(${key}, c.name, c.entitlement_id) > (${at}, ${name}, ${id}::uuid)`;
