import type { Page, Problem } from '../src/api/shapes/common.ts';

/** One call as a handler sees it. */
export interface Ask {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
}
export type Routes = Readonly<Record<string, (ask: Ask) => unknown>>;

/** Thrown by a handler to answer with a problem document. */
export class Refusal extends Error {
  readonly problem: Problem & { readonly status: number };
  constructor(problem: Problem & { readonly status: number }) {
    super(problem.detail);
    this.problem = problem;
  }
}
export const missing = (what: string): Refusal =>
  new Refusal({ status: 404, code: `${what}.not_found`, detail: `there is no such ${what}` });

/** One page of rows: `search` looks through everything a row says, `cursor` is the offset. */
export const page = <T>(rows: readonly T[], { query }: Ask): Page<T> => {
  const search = query.get('search')?.toLowerCase();
  const found = search === undefined ? rows : rows.filter((row) => JSON.stringify(row).toLowerCase().includes(search));
  const from = Number(query.get('cursor') ?? 0);
  const limit = Number(query.get('limit') ?? 50);
  const items = found.slice(from, from + limit);
  return {
    items: [...items],
    nextCursor: from + limit < found.length ? String(from + limit) : null,
    total: found.length,
  };
};

/** Keeps rows whose field is what the query asks for, where it asks. */
export const where = <T>(rows: readonly T[], { query }: Ask, name: string, of: (row: T) => unknown): readonly T[] => {
  const wanted = query.get(name);
  return wanted === null ? rows : rows.filter((row) => String(of(row)) === wanted);
};

const start = Date.now();
/** An ISO time so many minutes from when the mock started. */
export const minutes = (n: number): string => new Date(start + n * 60_000).toISOString();
export const days = (n: number): string => minutes(n * 1_440);
export const id = (kind: string, n: number): string =>
  `01920000-${kind.padEnd(4, '0').slice(0, 4)}-7000-8000-${String(n).padStart(12, '0')}`;
