import { expect, test } from 'vitest';
import { BrokenFrame, HandOnRows, type Cell } from '../../database/index.ts';
import { frame, int32, T } from '../wire/messages.ts';
import { ReadRows } from './read-rows.ts';

const value = (text: string | null): Buffer =>
  text === null ? int32(-1) : Buffer.concat([int32(Buffer.byteLength(text)), Buffer.from(text)]);
const row = (...values: readonly (string | null)[]): Buffer =>
  frame(T.dataRow, Buffer.from([0, values.length]), ...values.map(value));

/** Reads one message in pieces of so many bytes. */
function read(message: Buffer, piece: number, limits = { rows: 10, cellBytes: 8, resultBytes: 1000 }): Cell[][] {
  const rows: Cell[][] = [];
  const to = new HandOnRows(limits, { rows: (some) => void rows.push(...(some as Cell[][])) });
  const reader = new ReadRows();
  reader.begins(message.length, to);
  for (let at = 0; at < message.length; at += piece) reader.take(message, at, Math.min(message.length, at + piece));
  to.flush();
  return rows;
}

test.each([1, 2, 3, 7, 1000])('a row in pieces of %i bytes is the same row', (piece) => {
  expect(read(row('one', null, '', 'ä😀'), piece)).toEqual([['one', null, '', 'ä😀']]);
});

test('a long value is cut between letters, and says how long it was', () => {
  expect(read(row('ääääääää', 'after'), 3)).toEqual([[{ begins: 'ääää', bytes: 16 }, 'after']]);
  expect(read(row('xäääääää'), 3)).toEqual([[{ begins: 'xäää', bytes: 15 }]]);
});

test.each([
  ['a value that is longer than its row', frame(T.dataRow, Buffer.from([0, 1]), int32(100), Buffer.from('x'))],
  ['a value of a negative length', frame(T.dataRow, Buffer.from([0, 1]), int32(-2))],
  ['bytes after the last value', frame(T.dataRow, Buffer.from([0, 1]), int32(1), Buffer.from('xyz'))],
])('K28: %s is no row', (_what, message) => {
  expect(() => read(message, 1)).toThrow(BrokenFrame);
});

test('of a result no more than its limits is handed on, and that there was more is known', () => {
  const rows: unknown[] = [];
  const to = new HandOnRows({ rows: 2, cellBytes: 8, resultBytes: 1000 }, { rows: (some) => void rows.push(...some) });
  const reader = new ReadRows();
  for (const message of [row('a'), row('b'), row('c')]) {
    reader.begins(message.length, to);
    reader.take(message, 0, message.length);
  }
  to.flush();
  expect([rows, to.more, to.handed]).toEqual([[['a'], ['b']], true, 2]);
});
