import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvRow, decodeCsv, decodeFlowing, inPieces, plainCell, readRows, readTable } from './index.ts';

test.each([
  ['nothing', '', 'csv.empty'],
  ['blank lines', ' \r\n \n', 'csv.empty'],
  ['a web page', '\n <!DOCTYPE html><html>', 'csv.not_csv'],
  ['JSON', '{"error":"expired"}', 'csv.not_csv'],
  ['a block that was never written', 'a,b\n1,\0\0', 'csv.damaged'],
  ['what was mangled before', 'name\nM\uFFFDller', 'csv.encoding'],
  ['Latin-1', Buffer.from('name\nMüller', 'latin1'), 'csv.encoding'],
  ['half a character', Buffer.from('name\nMü').subarray(0, 7), 'csv.encoding'],
])('%s is no CSV file, and it is said why, held or flowing', async (_what, content, code) => {
  expect(decodeCsv(Buffer.from(content)).problem).toMatchObject({ code });
  await expect(flowing(Buffer.from(content), 3)).rejects.toMatchObject({ problem: { code } });
});

async function flowing(bytes: Buffer, size: number): Promise<string> {
  let text = '';
  async function* chunks(): AsyncGenerator<Buffer, void, void> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  for await (const part of decodeFlowing(chunks())) text += part;
  return text;
}

test('a text that flows is the same wherever it is cut, without its byte order mark', async () => {
  const text = 'name,town\nMüller,Ærø\n𝄞,日本\n';
  for (const size of [1, 2, 3, 5, 100]) expect(await flowing(Buffer.from(`\uFEFF${text}`), size)).toBe(text);
});

test('a row that is written is read as it was, and nothing in it is a formula', async () => {
  const cell = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 12 }).map((s) => s.replaceAll('\uFEFF', '')),
    fc.constantFrom('=1+1', "'=1", '+31 6', '-x', '@SUM(A1)', '\tx', "''", '=HYPERLINK("http://x.example","y")'),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(cell, { minLength: 2, maxLength: 5 }), async (values) => {
      const written = csvRow(values);
      const read: string[][] = [];
      for await (const row of readRows([written], ',')) read.push(row);
      expect(read[0]?.every((value) => !/^[=+\-@\t\r]/u.test(value))).toBe(true);
      expect(read).toEqual([values.map((v) => (/^[=+\-@\t\r']/u.test(v) ? `'${v}` : v))]);
      expect(read[0]?.map(plainCell)).toEqual(values);
    }),
    { numRuns: 200 },
  );
});

test.each([
  ['id,name\n1,\n', 'name is empty', 1],
  ['id,name\n1,x\n2\n', 'has 1 values where the header has 2', 2],
  ['id,name\n1,a\u202Eb\n', 'name holds control or direction characters', 1],
  [`id,name\n1,${'x'.repeat(2001)}\n`, 'name is longer than 2000 characters', 1],
  ['id\n1\n', 'the column name is missing', undefined],
  ['id,name,ID\n1,x,2\n', 'the column id is there twice', undefined],
])('a table that is not sound says where: %j', async (text, detail, row) => {
  const problems: unknown[] = [];
  for await (const values of readTable([text], { needed: ['id', 'name'], may: ['mail'] }, (...p) => problems.push(p)))
    expect(values).toHaveLength(3);
  expect(problems).toContainEqual(row === undefined ? [detail] : [detail, row]);
});

test('a byte order mark is taken off, and UTF-16 is read where its mark says so', () => {
  expect(decodeCsv(Buffer.from('\uFEFFa,b'))).toEqual({ text: 'a,b' });
  expect(decodeCsv(Buffer.from('\uFEFFä,b', 'utf16le'))).toEqual({ text: 'ä,b' });
  expect(decodeCsv(Buffer.from('\uFEFFä,b', 'utf16le').swap16())).toEqual({ text: 'ä,b' });
});

test('rows come out as they went in, however they are quoted and wherever the pieces are cut', async () => {
  const cell = fc.string({ unit: 'grapheme', maxLength: 20 }).map((s) => s.replaceAll('\uFEFF', ''));
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 8 }),
      fc.boolean(),
      fc.integer({ min: 1, max: 9 }),
      async (rows, crlf, size) => {
        const text = rows.map((r) => r.map((v) => `"${v.replaceAll('"', '""')}"`).join(',')).join(crlf ? '\r\n' : '\n');
        const bytes = Buffer.from(text);
        const cut = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
          bytes.subarray(i * size, (i + 1) * size),
        );
        const read: string[][] = [];
        for await (const row of readRows(cut, ',')) read.push(row);
        expect(read).toEqual(rows);
      },
    ),
    { numRuns: 100 },
  );
});

test.each([
  ['begins in the middle of a value', 'a,b\n1,2\n3,x"y"\n'],
  ['ends in the middle of a value', 'a,b\n1,2\n3,"x"y\n'],
  ['is never closed', 'a,b\n1,2\n3,"x\n'],
])('a quote that %s is said to be out of place, after the rows before it', async (_what, content) => {
  const read = async (): Promise<void> => {
    for await (const row of readRows(inPieces(content), ',')) expect(row).toHaveLength(2);
  };
  await expect(read()).rejects.toMatchObject({
    problem: { code: 'csv.not_csv', detail: expect.stringMatching(/after row \d.*a quote/) },
  });
});

test('a quote that is never closed ends the reading with the row it happened after', async () => {
  const read = async (): Promise<void> => {
    for await (const row of readRows(inPieces('a,b\n1,2\n"3,4\n5,6\n'), ',')) expect(row).toHaveLength(2);
  };
  await expect(read()).rejects.toMatchObject({ problem: { code: 'csv.not_csv' } });
});

test('a row that never ends is given up before it fills the memory', async () => {
  const read = async (): Promise<void> => {
    for await (const row of readRows(inPieces(`a,b\n"${'x'.repeat(1_000_000)}`), ',')) expect(row).toHaveLength(2);
  };
  await expect(read()).rejects.toMatchObject({ problem: { code: 'csv.not_csv' } });
});
