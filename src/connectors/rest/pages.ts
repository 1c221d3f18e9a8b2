/**
 * Lists, page by page, whole or not at all: a page that repeats something, pages without end, a next page elsewhere and a
 * count that is not met throw.
 */
import { parseUrl } from '#kit/urls/index.ts';
import { isDeepStrictEqual } from 'node:util';
import { TargetError } from '../port.ts';
import type { List } from './description/parts.ts';
import { asking, type Answer } from './request.ts';
import type { Server } from './server.ts';
import { plain, type Scope } from './values/template.ts';
import { valueAt } from './values/pointer.ts';

interface Page {
  readonly items: readonly unknown[];
  readonly json: unknown;
  readonly answer: Answer;
}

/** Everything a list shows. `what` says what is listed, for messages: `list accounts`. */
export async function readList(server: Server, list: List, scope: Scope, what: string): Promise<readonly unknown[]> {
  const found: unknown[] = [];
  let total: number | undefined;
  const { maxPages } = server.settings;
  let pages = 0;
  for await (const page of pagesOf(server, list, scope, what, found)) {
    pages += 1;
    if (pages > maxPages) throw new TargetError('failed', `${server.at} shows more than ${maxPages} pages: ${what}`);
    found.push(...page.items);
    const said = totalOf(server, list, page, what);
    if (total !== undefined && said !== total) throw changed(server, what);
    total = said;
    // A service that counts is not asked for what it says is not there; one that goes on by itself is followed to its end.
    const counted = list.paging?.page ?? list.paging?.offset;
    if (counted !== undefined && found.length === total) break;
  }
  if (total !== undefined && found.length !== total)
    throw new TargetError('failed', `${server.at} says there are ${total} and shows ${found.length}: ${what}`);
  return found;
}

const changed = (server: Server, what: string): TargetError =>
  new TargetError('failed', `what ${server.at} shows changed while it was read; read it again (${what})`);

function totalOf(server: Server, list: List, page: Page, what: string): number | undefined {
  if (list.total === undefined) return undefined;
  const said = Number(plain(valueAt(page.json, list.total)));
  if (Number.isSafeInteger(said) && said >= 0) return said;
  throw new TargetError('failed', `${server.at} says no number at \`${list.total}\`: ${what}`);
}

function pagesOf(
  server: Server,
  list: List,
  scope: Scope,
  what: string,
  found: readonly unknown[],
): AsyncGenerator<Page> {
  const ask = async (more: Readonly<Record<string, string>> = {}): Promise<Page> =>
    pageOf(server, list, await server.ask(asking(list, scope, more)), what);
  const { paging } = list;
  if (paging?.page !== undefined) return numbered(paging.page, ask);
  if (paging?.offset !== undefined) return overlapping(paging.offset, ask, found, () => changed(server, what));
  if (paging?.cursor !== undefined) return byCursor(server, paging.cursor, ask, what);
  const size = paging?.link ?? paging?.next_url;
  if (size === undefined) return once(ask);
  return followed(server, list, ask(sizeOf(size)), what);
}

function pageOf(server: Server, list: List, answer: Answer, what: string): Page {
  const json = server.jsonOfGood(answer, what);
  const items = valueAt(json, list.items);
  if (Array.isArray(items)) return { items: items as unknown[], json, answer };
  throw new TargetError('failed', `${server.at} shows no list at \`${list.items}\`: ${what}`);
}

type Asking = (more?: Readonly<Record<string, string>>) => Promise<Page>;
interface Size {
  readonly size_query?: string | undefined;
  readonly size: number;
}
const sizeOf = ({ size_query, size }: Size): Readonly<Record<string, string>> =>
  size_query === undefined ? {} : { [size_query]: String(size) };

async function* once(ask: Asking): AsyncGenerator<Page> {
  yield await ask();
}

/** Until a page is empty: a service may show fewer on a page than it was asked for. */
async function* numbered(
  how: Size & { readonly query: string; readonly first: number },
  ask: Asking,
): AsyncGenerator<Page> {
  let before: readonly unknown[] = [];
  for (let number = how.first; ; number += 1) {
    const page = await ask({ ...sizeOf(how), [how.query]: String(number) });
    // One that repeats the page before is found by its ids; one without ids at least by being the same.
    if (page.items.length > 0 && isDeepStrictEqual(page.items, before))
      throw new TargetError('failed', `the service shows page ${number} like the one before it`);
    before = page.items;
    yield page;
    if (page.items.length === 0) return;
  }
}

/** Each page begins with the last item of the one before: another one there means that something moved meanwhile. */
async function* overlapping(
  how: Size & { readonly query: string; readonly first: number },
  ask: Asking,
  found: readonly unknown[],
  moved: () => TargetError,
): AsyncGenerator<Page> {
  for (;;) {
    const last = found.at(-1);
    const skip = Math.max(found.length - 1, 0);
    const page = await ask({ ...sizeOf(how), [how.query]: String(how.first + skip) });
    if (found.length === 0) {
      yield page;
      if (page.items.length === 0) return;
      continue;
    }
    if (!isDeepStrictEqual(page.items[0], last)) throw moved();
    const fresh = page.items.slice(1);
    yield { ...page, items: fresh };
    if (fresh.length === 0) return;
  }
}

async function* byCursor(
  server: Server,
  how: Size & { readonly query: string; readonly next: string },
  ask: Asking,
  what: string,
): AsyncGenerator<Page> {
  const seen = new Set<string>();
  let cursor: string | undefined;
  for (;;) {
    const page = await ask({ ...sizeOf(how), ...(cursor === undefined ? {} : { [how.query]: cursor }) });
    yield page;
    const next = valueAt(page.json, how.next);
    if (next === undefined || next === null || next === '') return;
    cursor = plain(next);
    if (cursor === undefined || seen.has(cursor))
      throw new TargetError('failed', `${server.at} goes on with a page it showed before, or with none: ${what}`);
    seen.add(cursor);
  }
}

/** Follows what the service calls its next page, on the same service only. */
async function* followed(server: Server, list: List, first: Promise<Page>, what: string): AsyncGenerator<Page> {
  const seen = new Set<string>();
  let page = await first;
  for (;;) {
    yield page;
    const next = list.paging?.link === undefined ? valueAt(page.json, list.paging?.next_url?.at ?? '') : linkOf(page);
    if (next === undefined || next === null || next === '') return;
    const path = pathHere(server, next, what);
    if (seen.has(path)) throw new TargetError('failed', `${server.at} goes on with a page it showed before: ${what}`);
    seen.add(path);
    page = pageOf(server, list, await server.ask({ method: 'GET', path }), what);
  }
}

/** The part behind the base path of an address on this service; throws for every other. */
function pathHere(server: Server, next: unknown, what: string): string {
  const base = `${server.origin}${server.description.base_path}/`;
  const url = typeof next === 'string' ? parseUrl(next, base) : undefined;
  if (url?.origin !== server.origin || url.username !== '' || url.password !== '')
    throw new TargetError(
      'failed',
      `the next page is on another service than ${server.at}; it was not asked for: ${what}`,
    );
  const whole = `${url.pathname}${url.search}`;
  const prefix = `${server.description.base_path}/`;
  if (whole.startsWith(prefix)) return whole.slice(prefix.length - 1);
  throw new TargetError('failed', `the next page is outside \`base_path\` of ${server.at}: ${what}`);
}

const LINK = /<([^<>]*)>((?:\s*;\s*[^\s;=,]+(?:\s*=\s*(?:"[^"]*"|[^\s";,]+))?)*)/gu;
const PARAMETER = /;\s*([^\s;=,]+)(?:\s*=\s*(?:"([^"]*)"|([^\s";,]+)))?/gu;

/** `rel=next` of a Link header (RFC 8288). */
function linkOf({ answer }: Page): string | undefined {
  for (const [, target, parameters = ''] of (answer.headers['link'] ?? '').matchAll(LINK))
    for (const [, name = '', quoted, bare = ''] of parameters.matchAll(PARAMETER))
      if (name.toLowerCase() === 'rel' && (quoted ?? bare).toLowerCase().split(/\s+/u).includes('next')) return target;
  return undefined;
}
