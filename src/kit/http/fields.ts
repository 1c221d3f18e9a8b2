import { z } from 'zod';
import { invalid } from '#kit/errors/index.ts';

/** A point in time in an answer: handlers return a Date, the wire has RFC 3339 in UTC. */
export const instantOut = z.codec(z.date(), z.iso.datetime(), {
  decode: (date) => date.toISOString(),
  encode: (text) => new Date(text),
});

/** Years that both RFC 3339 and the database can write; an offset may carry a text out of them. */
const [FIRST, LAST] = [new Date('0001-01-01T00:00:00Z'), new Date('9999-12-31T23:59:59.999Z')];

/** A point in time in an input: RFC 3339 with any offset on the wire, a Date in the handler. */
export const instantIn = z.codec(z.iso.datetime({ offset: true }), z.date().min(FIRST).max(LAST), {
  decode: (text) => new Date(text),
  encode: (date) => date.toISOString(),
});

/** Text a person typed: trimmed of nothing, bounded, with something to be seen in it, without control characters but newline and tab. */
export const text = (max: number): z.ZodString =>
  z
    .string()
    .min(1, 'may not be empty')
    .max(max, `has at most ${max} characters`)
    .regex(/^(?=[\s\S]*[^\p{Cc}\p{Cf}\p{Z}])(?:[^\p{Cc}]|[\n\t])*$/u, 'may not be blank nor hold control characters');

/** Why a text can be stored nowhere as it is; undefined where it can. PostgreSQL has no NUL, UTF-8 no half of a pair. */
export const textProblem = (given: string): string | undefined =>
  given.includes('\0')
    ? 'may not hold the NUL character'
    : given.isWellFormed()
      ? undefined
      : 'holds half of a surrogate pair, which is no character';

/**
 * True where more than `most` brackets of any kind are open at once, those within quotes too: before a text is given to a
 * parser that goes down with every bracket, and runs out of stack or takes seconds.
 */
export function nestsDeeper(given: string, most: number): boolean {
  let open = 0;
  for (let at = 0; at < given.length; at += 1) {
    const character = given[at];
    if (character === '(' || character === '[' || character === '{') open += 1;
    else if ((character === ')' || character === ']' || character === '}') && open > 0) open -= 1;
    if (open > most) return true;
  }
  return false;
}

/** The largest number a column of the database type `integer` holds. */
export const LARGEST_INT = 2_147_483_647;

/** Input fields of every list: opaque cursor and page size. */
export const pageInput = {
  cursor: z.string().max(1000).optional(),
  limit: z.int().min(1).max(500).default(50),
};

/** Output of every list. */
export const pageOf = <T extends z.ZodType>(
  item: T,
): z.ZodObject<{ items: z.ZodArray<T>; nextCursor: z.ZodNullable<z.ZodString> }> =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });

/** Makes the opaque cursor that continues after `position`. */
export const cursorAfter = (position: readonly (string | number)[]): string =>
  Buffer.from(JSON.stringify(position)).toString('base64url');

/** What a cursor holds in one place: the id, the name, the instant (RFC 3339) or the number that a page ended with. */
export type CursorPart = 'id' | 'name' | 'at' | 'n';
type Position<K extends readonly CursorPart[]> = { -readonly [I in keyof K]: K[I] extends 'n' ? number : string };

const fits: Readonly<Record<CursorPart, (part: unknown) => boolean>> = {
  id: (part) => z.uuid().safeParse(part).success,
  name: (part) => typeof part === 'string' && textProblem(part) === undefined,
  at: (part) => instantIn.safeParse(part).success,
  n: (part) => Number.isInteger(part) && Number(part) >= 0 && Number(part) <= LARGEST_INT,
};

/**
 * Reads a cursor back, part by part as the list's order wants them. Throws 422 on one Reeve did not make for a list
 * of this order, so that nothing of it reaches the database as what it is not.
 */
export function readCursor<const K extends readonly CursorPart[]>(
  cursor: string | undefined,
  parts: K,
): Position<K> | undefined {
  if (cursor === undefined) return undefined;
  const position = jsonOf(Buffer.from(cursor, 'base64url').toString('utf8'));
  if (Array.isArray(position) && position.length === parts.length && parts.every((part, i) => fits[part](position[i])))
    return position as unknown as Position<K>;
  throw invalid('/cursor', 'is not a cursor of this list', 'leave it out to start from the first page');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Cuts a page from rows read with `limit + 1`: says where the next page starts without counting the rest.
 * @example page(rows, input.limit, (r) => [r.name, r.id])
 */
export function page<T>(
  rows: readonly T[],
  limit: number,
  position: (row: T) => readonly (string | number)[],
): { items: T[]; nextCursor: string | null } {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last !== undefined ? cursorAfter(position(last)) : null };
}
