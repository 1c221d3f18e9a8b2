import { RE2JS } from '@bufbuild/re2';
import anyAscii from 'any-ascii';
import type { Environment } from '@marcbachmann/cel-js';
import { NoAnswer } from './expression-error.ts';
import { dayOf, lastDay } from './day-of.ts';
import { readDay } from './read-day.ts';

/** Longest text any step of an expression may make, in characters. */
export const LONGEST_TEXT = 4000;

const bounded = (text: string): string => {
  if (text.length > LONGEST_TEXT) throw new NoAnswer(`a text grows beyond ${LONGEST_TEXT} characters`);
  return text;
};

const patterns = new Map<string, RE2JS>();
/** Patterns kept compiled; those of all sources of a house are far fewer. */
const KEPT = 500;

/** A pattern in RE2's syntax, which is matched in time that grows with the text only. Throws what RE2 says of a bad one. */
export function patternOf(text: string): RE2JS {
  const known = patterns.get(text);
  if (known !== undefined) return known;
  const made = RE2JS.compile(text);
  if (patterns.size >= KEPT) patterns.clear();
  patterns.set(text, made);
  return made;
}

const GERMAN: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue', Ä: 'Ae', Ö: 'Oe', Ü: 'Ue' };
const DANISH: Readonly<Record<string, string>> = { å: 'aa', ø: 'oe', æ: 'ae', Å: 'Aa', Ø: 'Oe', Æ: 'Ae' };
/** Languages whose letters become two where others drop the mark. */
export const SPELLINGS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  de: GERMAN,
  da: DANISH,
  no: DANISH,
};

const inAscii = (text: string, spelling: Readonly<Record<string, string>> = {}): string =>
  bounded(anyAscii([...text.normalize('NFC')].map((c) => spelling[c] ?? c).join('')));

const first = (...texts: readonly string[]): string => texts.find((t) => t.trim() !== '') ?? '';

const cut = (text: string, mark: string, side: 'before' | 'after'): string => {
  const at = mark === '' ? -1 : text.indexOf(mark);
  if (at === -1) return side === 'before' ? text : '';
  return side === 'before' ? text.slice(0, at) : text.slice(at + mark.length);
};

/** What expressions can say beside CEL's own operators and methods. Docs: docs/how-to/feed-people.md. */
export function registerFunctions(env: Environment): Environment {
  env
    .registerFunction('lower(string): string', (t: string) => bounded(t.toLowerCase()))
    .registerFunction('upper(string): string', (t: string) => bounded(t.toUpperCase()))
    .registerFunction('title(string): string', (t: string) =>
      bounded(t.toLowerCase().replaceAll(/(?<![\p{L}\p{M}\p{N}'’])\p{L}/gu, (c) => c.toUpperCase())),
    )
    .registerFunction('trim(string): string', (t: string) => t.trim().replaceAll(/\s+/gu, ' '))
    .registerFunction('replace(string, string, string): string', (t: string, from: string, to: string) =>
      replaced(t, from, to),
    )
    .registerFunction('split(string, string): list<string>', (t: string, mark: string) =>
      mark === '' ? [t] : t.split(mark).map((part) => part.trim()),
    )
    .registerFunction('join(list<string>, string): string', (parts: readonly string[], mark: string) =>
      joined(parts, mark),
    )
    .registerFunction('before(string, string): string', (t: string, mark: string) => cut(t, mark, 'before'))
    .registerFunction('after(string, string): string', (t: string, mark: string) => cut(t, mark, 'after'))
    .registerFunction('left(string, int): string', (t: string, n: bigint) => [...t].slice(0, count(n)).join(''))
    .registerFunction('right(string, int): string', (t: string, n: bigint) => lastOf([...t], count(n)).join(''))
    .registerFunction('pad(string, int, string): string', (t: string, n: bigint, fill: string) =>
      t === '' ? '' : t.padStart(count(n), fill),
    )
    .registerFunction('ascii(string): string', (t: string) => inAscii(t))
    .registerFunction('ascii(string, string): string', (t: string, language: string) => inAscii(t, SPELLINGS[language]))
    .registerFunction('day(string, string): string', (t: string, form: string) => readDay(t, form))
    .registerFunction('dayOf(string, string): string', (t: string, zone: string) => dayOf(t, zone))
    .registerFunction('lastDay(string, string): string', (t: string, zone: string) => lastDay(t, zone))
    .registerFunction('matches(string, string): bool', (t: string, pattern: string) => patternOf(pattern).test(t))
    .registerFunction('fail(string): string', (why: string) => {
      throw new NoAnswer(why);
    });
  for (let n = 2; n <= 6; n += 1)
    env.registerFunction(`coalesce(${Array.from({ length: n }, () => 'string').join(', ')}): string`, first);
  return env;
}

/** As many characters as a step may ask for. */
const count = (n: bigint): number => {
  if (n < 0n || n > BigInt(LONGEST_TEXT)) throw new NoAnswer(`a number is not between 0 and ${LONGEST_TEXT}`);
  return Number(n);
};

const lastOf = (letters: readonly string[], n: number): readonly string[] => (n === 0 ? [] : letters.slice(-n));

/** Measured before it is made. */
function replaced(text: string, from: string, to: string): string {
  if (from === '') return text;
  const parts = text.split(from);
  if (text.length + (parts.length - 1) * (to.length - from.length) > LONGEST_TEXT)
    bounded('.'.repeat(LONGEST_TEXT + 1));
  return parts.join(to);
}

function joined(parts: readonly string[], mark: string): string {
  const full = parts.filter((p) => p !== '');
  const length = full.reduce((sum, p) => sum + p.length, 0) + Math.max(0, full.length - 1) * mark.length;
  if (length > LONGEST_TEXT) bounded('.'.repeat(LONGEST_TEXT + 1));
  return full.join(mark);
}
