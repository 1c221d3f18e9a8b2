import {
  isObject,
  readProjection,
  refusal,
  type JsonObject,
  type ResourceKind,
  type Search,
} from '#govern/scim/index.ts';

type Projection = ReturnType<typeof readProjection>;
const SEARCH_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest';

/** What is asked of a list, by a query or by the body of `/.search` (RFC 7644 §3.4.2 and §3.4.3). */
export interface AskedSearch {
  readonly search: Search;
  readonly projection: Projection;
}

/** Reads the query of a GET. A parameter given twice is refused, but for lists of attributes. */
export function searchOfQuery(query: Readonly<Record<string, unknown>>, kinds: readonly ResourceKind[]): AskedSearch {
  const numbers = Object.fromEntries(
    ['startIndex', 'count'].map((name) => [name, numberIn(name, query[name], query['cursor'] !== undefined)]),
  );
  return read({ ...query, ...numbers }, kinds, true);
}

/** Reads the body of `/.search`. Throws `invalidSyntax` where it is no SearchRequest. */
export function searchOfBody(body: unknown, kinds: readonly ResourceKind[]): AskedSearch {
  if (!isObject(body)) throw refusal('invalidSyntax', 'the body is a JSON object');
  const schemas = body['schemas'];
  if (!Array.isArray(schemas) || !schemas.includes(SEARCH_SCHEMA))
    throw refusal('invalidSyntax', `schemas does not name ${SEARCH_SCHEMA}`);
  for (const name of ['attributes', 'excludedAttributes']) {
    const list = body[name];
    if (list !== undefined && list !== null && !(Array.isArray(list) && list.every((a) => typeof a === 'string')))
      throw refusal('invalidValue', `${name} is a list of attribute names`);
  }
  return read(withoutNulls(body), kinds, false);
}

const withoutNulls = (body: JsonObject): Record<string, unknown> =>
  Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));

function read(
  asked: Readonly<Record<string, unknown>>,
  kinds: readonly ResourceKind[],
  bareWords: boolean,
): AskedSearch {
  const text = (
    name: string,
    scimType: 'invalidValue' | 'invalidFilter' | 'invalidCursor' = 'invalidValue',
  ): string | undefined => {
    const value = asked[name];
    if (value === undefined || typeof value === 'string') return value;
    throw refusal(scimType, `${name} is one text`);
  };
  const whole = (name: string, scimType: 'invalidValue' | 'invalidCount' = 'invalidValue'): number | undefined => {
    const value = asked[name];
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isSafeInteger(value) && Math.abs(value) < 1e9) return value;
    throw refusal(scimType, `${name} is a whole number`);
  };
  const cursor = text('cursor', 'invalidCursor');
  const startIndex = whole('startIndex');
  if (cursor !== undefined && startIndex !== undefined)
    throw refusal('invalidValue', 'cursor and startIndex exclude each other', 'send one of them');
  const order = text('sortOrder')?.toLowerCase();
  if (order !== undefined && order !== 'ascending' && order !== 'descending')
    throw refusal('invalidValue', 'sortOrder is ascending or descending');
  return {
    search: {
      kinds,
      filter: text('filter', 'invalidFilter'),
      bareWords,
      sortBy: text('sortBy'),
      descending: order === 'descending',
      count: whole('count', cursor === undefined ? 'invalidValue' : 'invalidCount'),
      page: cursor === undefined ? { method: 'index', startIndex: startIndex ?? 1 } : { method: 'cursor', cursor },
    },
    projection: readProjection(asked['attributes'], asked['excludedAttributes']),
  };
}

function numberIn(name: string, raw: unknown, byCursor: boolean): number | undefined {
  if (raw === undefined) return undefined;
  if (typeof raw === 'string' && /^-?\d{1,9}$/.test(raw)) return Number(raw);
  throw refusal(byCursor && name === 'count' ? 'invalidCount' : 'invalidValue', `${name} is a whole number`);
}
