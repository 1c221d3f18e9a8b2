import { sql, type Sql, type Tx } from '#kit/db/index.ts';

/** More words than this are not looked at: nobody types them, and each costs a look into the index. */
const MOST_WORDS = 8;
/** Shorter words are too alike to be told from their neighbours. */
const SHORTEST_MISTYPED = 4;

/** What was typed, as the catalogue writes words: lower case, without signs. */
export const wordsOf = (typed: string): string[] =>
  typed
    .normalize('NFC')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .slice(0, MOST_WORDS);

/** From so many letters on, a word is found anywhere in a word, and finds few. */
const ENOUGH = 3;

/** Whether all that was typed is the first letters of words: it finds much of a catalogue. */
export const isBroad = (words: readonly string[]): boolean =>
  words.length > 0 && words.every((word) => [...word].length < ENOUGH);

/**
 * Entries that have all these words: from three letters on anywhere in a word, shorter ones at its beginning. Both are
 * found by index.
 */
export const hasWords = (words: readonly string[]): Sql | undefined =>
  words.length === 0
    ? undefined
    : sql.join(
        words.map((word) => sql`c.search like ${[...word].length < ENOUGH ? `% ${word}%` : `%${word}%`}`),
        sql` and `,
      );

/**
 * Words of the catalogue that are most like those typed, for each that no entry has; undefined where nothing comes of
 * it. What is written right stays as it is.
 */
export async function correctWords(tx: Tx, words: readonly string[]): Promise<string[] | undefined> {
  const corrected: string[] = [];
  for (const word of words) {
    const known = await tx.maybe<{ known: number }>(
      sql`select 1 as known from catalogue_entry c where ${hasWords([word]) ?? sql`true`} limit 1`,
    );
    if (known !== undefined || [...word].length < SHORTEST_MISTYPED) {
      corrected.push(word);
      continue;
    }
    const near = await tx.maybe<{ word: string }>(sql`
      select word from catalogue_word where word % ${word} and length(word) between ${word.length - 2}::int and ${word.length + 3}::int
       order by similarity(word, ${word}) desc, word limit 1`);
    corrected.push(near?.word ?? word);
  }
  return corrected.some((word, i) => word !== words[i]) ? corrected : undefined;
}
