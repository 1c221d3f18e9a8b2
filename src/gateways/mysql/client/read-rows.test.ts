import { expect, test } from 'vitest';
import { BrokenFrame, HandOnRows, type Cell } from '../../database/index.ts';
import { packetsOf } from '../wire/packet-splitter.ts';
import { CONTINUED, lengthOf } from '../wire/packets.ts';
import { placeOf } from './place-of-error.ts';
import { ReadRows } from './read-rows.ts';

const value = (bytes: Buffer | null): Buffer =>
  bytes === null ? Buffer.from([0xfb]) : Buffer.concat([lengthOf(bytes), bytes]);
const row = (...values: readonly (string | Buffer | null)[]): Buffer =>
  packetsOf(Buffer.concat(values.map((one) => value(typeof one === 'string' ? Buffer.from(one) : one))), 0);

function read(packets: Buffer, piece: number, binary: readonly boolean[]): Cell[][] {
  const rows: Cell[][] = [];
  const limits = { rows: 10, cellBytes: 8, resultBytes: 1000 };
  const to = new HandOnRows(limits, { rows: (some) => void rows.push(...(some as Cell[][])) });
  const reader = new ReadRows(binary, to);
  for (let at = 0; at < packets.length; at += piece) reader.take(packets, at, Math.min(packets.length, at + piece));
  reader.ends();
  to.flush();
  return rows;
}

test.each([1, 2, 3, 7, 1000])('a row in pieces of %i bytes is the same row', (piece) => {
  const packets = row('one', null, '', Buffer.from([0, 255]), 'x'.repeat(300));
  expect(read(packets, piece, [false, false, false, true, false])).toEqual([
    ['one', null, '', { hex: '00ff', bytes: 2 }, { begins: 'xxxxxxxx', bytes: 300 }],
  ]);
});

test('a value over several packets is one value', () => {
  const packets = row(Buffer.alloc(CONTINUED - 4, 0x61), 'after');
  expect(read(packets, 65_536, [false, false])).toEqual([[{ begins: 'aaaaaaaa', bytes: CONTINUED - 4 }, 'after']]);
});

test.each([
  ['too few values', row('a'), [false, false]],
  ['too many values', row('a', 'b'), [false]],
  ['a value that does not end', Buffer.from([3, 0, 0, 0, 9, 0x61, 0x61]), [false]],
  ['a length that is none', Buffer.from([1, 0, 0, 0, 0xff]), [false]],
])('K28: %s are no row', (_what, packets, binary) => {
  expect(() => read(packets, 1, binary)).toThrow(BrokenFrame);
});

test('an error is at the place the server repeats', () => {
  const text = 'select 1;\nselect 2 fromm from t;\nselect 3';
  expect(placeOf(text, "syntax; near 'from t;\nselect 3' at line 2")).toBe(text.indexOf('from t'));
  expect(placeOf(text, "near '' at line 3")).toBe(text.length);
  expect(placeOf(text, "Table 'x' doesn't exist")).toBeUndefined();
});
