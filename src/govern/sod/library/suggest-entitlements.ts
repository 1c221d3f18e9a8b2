import { sql, type Tx } from '#kit/db/index.ts';
import type { LibraryFunction } from './read-library.ts';

/** Something that by its name could be a function of the library. */
export interface Suggestion {
  readonly id: string;
  readonly name: string;
  readonly system: string;
  /** How much of what the function is called it is called, from 0 to 1. */
  readonly likeness: number;
}

/** Words that say nothing of what is done. */
const COMMON = new Set(['and', 'or', 'own', 'the', 'for', 'any', 'same', 'with', 'rights', 'right', 'access']);
const MOST = 20;

const wordsOf = (text: string): string[] =>
  text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length > 2 && !COMMON.has(word))
    // "payments" and "payment", "maintain" and "maintenance" are one word here.
    .map((word) => word.slice(0, 6));

/** Codes among the examples (`SAP:F110`), which are what they are called there to the letter. */
const codesOf = (fn: LibraryFunction): string[] =>
  fn.examples.flatMap((example) => /^[A-Z]{2,}:(\S+)$/u.exec(example)?.[1]?.toLowerCase() ?? []);

/** Entitlements whose names are most like what a function is called, the likest first. */
export const suggestEntitlements = async (tx: Tx, fn: LibraryFunction): Promise<Suggestion[]> => {
  const wanted = [...new Set(wordsOf(fn.name))];
  const also = new Set(fn.examples.flatMap(wordsOf));
  const codes = codesOf(fn);
  const patterns = [...new Set([...wanted, ...also])].map((word) => `%${word}%`);
  const rows = await tx.many<{ id: string; name: string; nativeId: string; system: string; text: string }>(sql`
    select e.id, e.name, e.native_id, s.name as system, e.name || ' ' || e.native_id || ' ' || coalesce(e.description, '') as text
      from entitlement e join system s on s.id = e.system_id
     where e.valid_to is null
       and (e.name ilike any(${sql.array(patterns)}::text[]) or e.description ilike any(${sql.array(patterns)}::text[])
            or lower(e.native_id) = any(${sql.array(codes)}::text[]))
     order by e.id limit 5000`);
  return rows
    .map(({ text, nativeId, ...row }) => {
      const said = new Set(wordsOf(text));
      const named = wanted.filter((word) => said.has(word)).length / Math.max(1, wanted.length);
      const shown = [...also].some((word) => said.has(word)) ? 0.2 : 0;
      return { ...row, likeness: codes.includes(nativeId.toLowerCase()) ? 1 : Math.min(1, named * 0.8 + shown) };
    })
    .filter(({ likeness }) => likeness >= 0.4)
    .toSorted((a, b) => b.likeness - a.likeness || a.name.localeCompare(b.name))
    .slice(0, MOST);
};
