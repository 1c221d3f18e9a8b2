import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeCsv } from './decode-csv.ts';
import { inPieces, readRows } from './read-rows.ts';

test.each([
  ['nothing', '', 'csv.empty'],
  ['blank lines', ' \r\n \n', 'csv.empty'],
  ['a web page', '\n <!DOCTYPE html><html>', 'csv.not_csv'],
  ['JSON', '{"error":"expired"}', 'csv.not_csv'],
  ['a block that was never written', 'a,b\n1,\0\0', 'csv.damaged'],
  ['what was mangled before', 'name\nM\uFFFDller', 'csv.encoding'],
  ['Latin-1', Buffer.from('name\nMüller', 'latin1'), 'csv.encoding'],
  ['half a character', Buffer.from('name\nMü').subarray(0, 7), 'csv.encoding'],
])('%s is no CSV file, and it is said why', (_what, content, code) => {
  expect(decodeCsv(Buffer.from(content)).problem).toMatchObject({ code });
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
