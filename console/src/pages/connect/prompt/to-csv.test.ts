import { expect, test } from 'vitest';
import { csvHead, csvRows, cutCells } from './to-csv.ts';

test('an absent value is told from an empty one, and quotes, commas and lines are kept', () => {
  expect(csvRows([[null, '', 'a"b', 'c,d', 'e\nf', ' g']], true)).toBe(',"","a""b","c,d","e\nf"," g"\r\n');
});

test.each([
  ['=1+1', "'=1+1"],
  ['=HYPERLINK("http://x","y")', `"'=HYPERLINK(""http://x"",""y"")"`],
  ['@sum(A1)', "'@sum(A1)"],
  ['+cmd', "'+cmd"],
  ['-2+3', "'-2+3"],
  ['\t=1', `"'\t=1"`],
  ['-12.5e3', '-12.5e3'],
  ['+4', '+4'],
])('%s goes to a spreadsheet as %s, and elsewhere as it is', (value, guarded) => {
  const expected = guarded.startsWith('"') ? guarded : guarded.trim();
  expect(csvRows([[value]], true)).toBe(`${expected}\r\n`);
  expect(csvRows([[value]], false)).not.toContain("'");
});

test('names of columns are guarded too, and values that were cut are counted', () => {
  expect(csvHead([{ name: '=cmd|x', type: 'text', isNumber: false }], true)).toBe("'=cmd|x\r\n");
  expect(
    cutCells([
      ['whole', null, { begins: 'a', bytes: 9 }],
      [{ hex: 'ff', bytes: 1 }, { hex: 'ff', bytes: 2 }, ''],
    ]),
  ).toBe(2);
});
