import { cutIntoWords, type Word } from './cut-into-words.ts';

/** A session that somebody wants stopped, by the number its client was greeted with. */
export interface KillWanted {
  readonly what: 'query' | 'connection';
  readonly id: number;
}

const LONGEST = 1_000;

function wordsOf(text: string): readonly Word[] {
  if (text.length > LONGEST) return [];
  try {
    const words = cutIntoWords(text).filter(({ kind }) => kind !== 'comment');
    // the one that a client may put behind
    return words.at(-1)?.value === ';' ? words.slice(0, -1) : words;
  } catch {
    return [];
  }
}

const is = (word: Word | undefined, text: string): boolean =>
  word?.kind === 'word' && word.value.toLowerCase() === text;

/** What a text that is nothing but a KILL of a number wants stopped. */
export function killOf(text: string): KillWanted | undefined {
  if (!/kill/i.test(text)) return undefined;
  const words = wordsOf(text);
  if (!is(words[0], 'kill')) return undefined;
  const rest = words.slice(1).filter((word) => !is(word, 'hard') && !is(word, 'soft'));
  const what = is(rest[0], 'query') ? 'query' : 'connection';
  const [number, another] = is(rest[0], 'query') || is(rest[0], 'connection') ? rest.slice(1) : rest;
  if (number?.kind !== 'number' || another !== undefined || !/^\d{1,19}$/.test(number.value)) return undefined;
  return { what, id: Number(number.value) };
}

/** The database that a text that is nothing but a USE makes the current one. */
export function useOf(text: string): string | undefined {
  if (!/use/i.test(text)) return undefined;
  const [use, name, another] = wordsOf(text);
  return is(use, 'use') && another === undefined && (name?.kind === 'word' || name?.kind === 'name')
    ? name.value
    : undefined;
}
