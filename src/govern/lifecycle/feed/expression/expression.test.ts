import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileExpression, LONGEST_EXPRESSION } from './compile-expression.ts';
import { ExpressionError, NoAnswer } from './expression-error.ts';

const row = new Map([
  ['first', 'Zoë  Ann'],
  ['last', 'Müller-Sørensen'],
  ['born', '3.4.1990'],
  ['e-mail', ' Zoe@Larkspur.Example '],
  ['empty', ''],
  ['number', '42'],
  ['groups', 'ops; care ;night'],
]);
const of = (text: string): string => compileExpression(text).of(row);
const refusal = (text: string): ExpressionError => {
  try {
    compileExpression(text);
  } catch (error) {
    if (error instanceof ExpressionError) return error;
    throw error;
  }
  throw new Error(`taken: ${text}`);
};

test.each([
  ['lower(ascii(left(row.first, 1) + row.last))', 'zmuller-sorensen'],
  ['ascii(row.last, "de")', 'Mueller-Sorensen'],
  ['ascii(row.last, "da")', 'Muller-Soerensen'],
  ['trim(row.first)', 'Zoë Ann'],
  ['lower(trim(row["e-mail"]))', 'zoe@larkspur.example'],
  ['day(row.born, "d.M.yyyy")', '1990-04-03'],
  ['day(row.empty, "dd.MM.yyyy")', ''],
  ['dayOf("2027-01-31T23:00:00.000Z", "Europe/Amsterdam")', '2027-02-01'],
  ['lastDay("2027-01-31T23:00:00.000Z", "Europe/Amsterdam")', '2027-01-31'],
  ['dayOf("2026-10-25T00:30:00Z", "Europe/Amsterdam")', '2026-10-25'],
  ['lastDay(row.empty, "UTC") + dayOf(row.empty, "UTC")', ''],
  ['int("66050") / 2 % 2 == 1 ? "disabled" : "enabled"', 'disabled'],
  ['coalesce(row.empty, before(row.first, " "), "x")', 'Zoë'],
  ['split(row.groups, ";")[1]', 'care'],
  ['"night" in split(row.groups, ";") ? "shift" : ""', 'shift'],
  ['join([row.first, row.empty, row.last], "/")', 'Zoë  Ann/Müller-Sørensen'],
  ['replace(row.last, "-", " ")', 'Müller Sørensen'],
  ['pad(row.number, 6, "0")', '000042'],
  ['pad(row.empty, 6, "0")', ''],
  ['right(row.number, 1) + left("ab", 0)', '2'],
  ['string(int(row.number) * 2)', '84'],
  ['title("van der BERG-o\'neil")', "Van Der Berg-o'neil".replace("o'neil", "O'neil")],
  ['{"42": "Ghent", "7": "Delft"}[row.number]', 'Ghent'],
  ['matches(row.number, "^[0-9]{2}$") ? "two" : "other"', 'two'],
  ['after(row["e-mail"], "@")', 'Larkspur.Example '],
])('%s', (text, value) => {
  expect(of(text)).toBe(value);
});

test('columns are known before the first row, as they are spelled', () => {
  expect(compileExpression('coalesce(row.a, row["b c"]) + (has(row.d) ? row.d : "")').columns).toEqual([
    'a',
    'b c',
    'd',
  ]);
});

describe('what cannot be taken is refused with its place and what to write', () => {
  test.each([
    ['lower(row.first', 16, 'see docs'],
    ['row.first + 1', 1, 'compared with texts'],
    ['lower(first)', 7, 'name a column: row.first'],
    ['lowr(row.first)', 1, 'is lower(…) meant?'],
    ['row[lower(row.a)]', 5, 'name it: row["e-mail"]'],
    ['row.first.matches("a")', 1, 'matches(text, "pattern")'],
    ['matches(row.first, "(a")', 20, 'RE2'.toLowerCase()],
    ['matches(row.first, row.last)', 20, 'quotes'],
    ['day(row.born, "D/M/Y")', 15, 'dd.MM.yyyy'],
    ['dayOf(row.born, "Mars/Olympus")', 17, 'IANA'],
    ['lastDay(row.born, row.last)', 19, 'quotes'],
    ['row.number == "42"', 1, '"yes"'],
    ['row.first == "" ? null : row.first', 1, 'write "" for no value'],
    ['split(row.groups, ";")', 1, 'join'],
    ['row', 1, 'row.email'],
    ['[1, 2].map(x, x)[0]', 1, 'there are join'],
  ])('%s', (text, position, fix) => {
    const error = refusal(text);
    expect([error.position, error.fix.toLowerCase()]).toEqual([position, expect.stringContaining(fix.toLowerCase())]);
    expect(error.message).not.toContain('\n');
  });
});

describe('nothing beyond the row is reached, and nothing costs more than its length', () => {
  test.each([
    'row.constructor.constructor("return process")()',
    '"a".constructor',
    'constructor',
    '__proto__',
    'globalThis',
    'process.env',
    'dyn(row).constructor',
    'type(row.a)',
    'google.protobuf.Timestamp',
    'cel.bind(x, row.a, x + x)',
    'row.groups.split(";").map(a, a)[0]',
    '[1,2,3].exists(x, x > 2) ? "a" : "b"',
    'b"abc".json()',
    'row',
    String.raw`matches(row.first, "((a{100}){100}){100}")`,
    String.raw`matches(row.first, "(a)\\1")`,
  ])('%s', (text) => {
    expect(() => compileExpression(text)).toThrow(ExpressionError);
  });

  test.each([
    ['long', `"${'a'.repeat(LONGEST_EXPRESSION)}"`],
    ['deep', `${'('.repeat(900)}"a"${')'.repeat(900)}`],
    ['of too many steps', `"a"${'+"a"'.repeat(300)}`],
    ['a pattern too long', `matches(row.first, "${'a'.repeat(201)}")`],
  ])('%s', (_what, text) => {
    expect(() => compileExpression(text)).toThrow(ExpressionError);
  });

  test('names of the language’s own objects are columns like others, and none where the row has none', () => {
    for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'prototype'])
      expect(() => of(`row["${name}"]`)).toThrow(NoAnswer);
    expect(compileExpression('row["constructor"]').of(new Map([['constructor', 'BAM']]))).toBe('BAM');
  });

  test('a pattern that takes others for ever is matched in time', () => {
    const evil = compileExpression('matches(row.x, "^(a+)+$") ? "y" : "n"');
    const start = performance.now();
    expect(evil.of(new Map([['x', `${'a'.repeat(2000)}!`]]))).toBe('n');
    expect(performance.now() - start).toBeLessThan(1000);
  });

  test('a text cannot grow without end', () => {
    const swell = 'replace('.repeat(8) + 'row.x' + ', "a", "aaaaaaaaaa")'.repeat(8);
    expect(() => compileExpression(swell).of(new Map([['x', 'aaaaaaaaaa']]))).toThrow(/grows beyond 4000/);
    expect(() => of(`pad(row.number, 100000000, "0")`)).toThrow(NoAnswer);
  });
});

test('a row without an answer says why and repeats nothing of it', () => {
  const secret = new Map([
    ['x', 'Hush-42'],
    ['empty', ''],
  ]);
  for (const text of [
    '{"a": "b"}[row.x]',
    'split(row.x, "-")[5]',
    'string(int(row.x))',
    'day(row.x, "dd.MM.yyyy")',
    'bool(row.x) ? "a" : "b"',
    'dayOf(row.x, "UTC")',
    'lastDay(row.x, "UTC")',
    'row.x == "Hush-42" ? fail("not to be had") : "a"',
    'string(1 / size(row.empty))',
    'row.x.substring(99)',
  ]) {
    let said = '';
    try {
      said = `answered ${compileExpression(text).of(secret)}`;
    } catch (error) {
      expect(error).toBeInstanceOf(NoAnswer);
      said = (error as Error).message;
    }
    expect(said).not.toMatch(/Hush|42|answered/);
  }
});

test('whatever is written, it is taken, or refused with a place in it; and whatever the row, there is a text or a reason', () => {
  const word = fc.constantFrom(
    'row',
    'row.first',
    'row["e-mail"]',
    'lower(',
    'coalesce(',
    'split(',
    'matches(',
    'day(',
    'dayOf(',
    'lastDay(',
    'ascii(',
    ')',
    '(',
    '"a"',
    '"',
    "'",
    '+',
    '?',
    ':',
    '==',
    ',',
    '[',
    ']',
    '{',
    '}',
    '.',
    '0',
    '-',
    '!',
    'in',
    'null',
    '\\',
    '\n',
    'é',
    '💡',
    'constructor',
    '//',
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 14 }), fc.string({ unit: 'grapheme' }), (words, value) => {
      const text = words.join(' ');
      try {
        const made = compileExpression(text);
        const answer = made.of(new Map(made.columns.map((c) => [c, value])));
        expect(typeof answer).toBe('string');
      } catch (error) {
        if (error instanceof NoAnswer) return;
        expect(error).toBeInstanceOf(ExpressionError);
        const { position } = error as ExpressionError;
        expect(position >= 1 && position <= text.length + 1).toBe(true);
      }
    }),
    { numRuns: 3000 },
  );
});
