import type { ResultColumn } from '../../database/index.ts';
import { Fields } from '../wire/packets.ts';
import { cutOff } from './read-outcome.ts';

/** The character set of what is no text. */
const BINARY = 63;
const UNSIGNED = 0x20;

/** Types of the protocol, by number: what they are called for text and for bytes. */
const NAMES: ReadonlyMap<number, readonly [text: string, bytes?: string]> = new Map([
  [0, ['decimal']],
  [1, ['tinyint']],
  [2, ['smallint']],
  [3, ['int']],
  [4, ['float']],
  [5, ['double']],
  [6, ['null']],
  [7, ['timestamp']],
  [8, ['bigint']],
  [9, ['mediumint']],
  [10, ['date']],
  [11, ['time']],
  [12, ['datetime']],
  [13, ['year']],
  [15, ['varchar', 'varbinary']],
  [16, ['bit', 'bit']],
  [245, ['json']],
  [246, ['decimal']],
  [247, ['enum']],
  [248, ['set']],
  [249, ['text', 'blob']],
  [250, ['text', 'blob']],
  [251, ['text', 'blob']],
  [252, ['text', 'blob']],
  [253, ['varchar', 'varbinary']],
  [254, ['char', 'binary']],
  [255, ['geometry', 'geometry']],
]);
const NUMBERS = new Set([0, 1, 2, 3, 4, 5, 8, 9, 246]);

/** A column's definition; `binary`: its values are bytes. */
export function readColumn(content: Buffer): ResultColumn & { readonly binary: boolean } {
  const fields = new Fields(content, 0, cutOff);
  for (let past = 0; past < 4; past += 1) fields.packedBytes();
  const name = fields.packedBytes().toString('utf8');
  fields.packedBytes();
  fields.packedInteger();
  const charset = fields.uint16();
  fields.uint32();
  const type = fields.byte();
  const flags = fields.uint16();
  const [text, bytes] = NAMES.get(type) ?? [`type ${String(type)}`];
  const binary = charset === BINARY && bytes !== undefined;
  const isNumber = NUMBERS.has(type);
  return {
    name,
    type: `${binary ? bytes : text}${isNumber && (flags & UNSIGNED) !== 0 ? ' unsigned' : ''}`,
    isNumber,
    binary,
  };
}
