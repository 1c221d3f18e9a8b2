import { z } from 'zod';
import { invalid } from '#kit/errors/index.ts';

/** A point in time in an answer: handlers return a Date, the wire has RFC 3339 in UTC. */
export const instantOut = z.codec(z.date(), z.iso.datetime(), {
  decode: (date) => date.toISOString(),
  encode: (text) => new Date(text),
});

/** A point in time in an input: RFC 3339 with any offset on the wire, a Date in the handler. */
export const instantIn = z.codec(z.iso.datetime({ offset: true }), z.date(), {
  decode: (text) => new Date(text),
  encode: (date) => date.toISOString(),
});

/** Text a person typed: trimmed of nothing, bounded, without control characters but newline and tab. */
export const text = (max: number): z.ZodString =>
  z
    .string()
    .min(1, 'may not be empty')
    .max(max, `has at most ${max} characters`)

    .regex(/^(?:[^\p{Cc}]|[\n\t])*$/u, 'may not hold control characters');

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

/** Reads a cursor back as `length` strings or numbers. Throws 422 on one Reeve did not make. */
export function readCursor(cursor: string | undefined, length: number): readonly (string | number)[] | undefined {
  if (cursor === undefined) return undefined;
  try {
    const position: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (
      Array.isArray(position) &&
      position.length === length &&
      position.every((p) => typeof p === 'string' || typeof p === 'number')
    ) {
      return position as (string | number)[];
    }
  } catch {
    // falls through to the refusal below
  }
  throw invalid('/cursor', 'is not a cursor of this list', 'leave it out to start from the first page');
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
