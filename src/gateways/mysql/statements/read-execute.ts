import { BrokenFrame, valueOf } from '../../database/index.ts';
import type { StatementValue } from '../../port.ts';
import { Fields } from '../wire/packets.ts';

/** What a client wants run of what it prepared. */
export interface Execution {
  readonly id: number;
  readonly values: readonly StatementValue[];
  /** Types of the values, two bytes each; of a later run that names none they hold still. */
  readonly types: Buffer;
}

const broken = (): Error => new BrokenFrame('a run of a prepared statement ends too early');

/** The id a command names that has one. */
export function statementId(content: Buffer): number {
  return new Fields(content, 1, broken).uint32();
}

/**
 * Reads a COM_STMT_EXECUTE of so many parameters. `before` are the types of the last run, `long` the values that came
 * ahead of it. Throws BrokenFrame for lengths that do not add up, since the target would read something else.
 */
export function readExecute(
  content: Buffer,
  parameters: number,
  before: Buffer | undefined,
  long: ReadonlyMap<number, StatementValue>,
): Execution {
  const fields = new Fields(content, 1, broken);
  const id = fields.uint32();
  fields.take(5);
  if (parameters === 0) return { id, values: [], types: Buffer.alloc(0) };
  const absent = fields.take((parameters + 7) >> 3);
  const bound = fields.byte();
  // the server takes any but 0 for yes
  if (bound > 1) throw new BrokenFrame('a run of a prepared statement does not say whether it has types');
  const types = bound === 1 ? Buffer.from(fields.take(2 * parameters)) : before;
  if (types === undefined || types.length !== 2 * parameters)
    throw new BrokenFrame('a run of a prepared statement does not say of what types its values are');
  // the server reads both bytes: of a type it does not know nothing is read, and the value is none
  if (types.some((byte, i) => i % 2 === 1 && (byte & 0x7f) !== 0))
    throw new BrokenFrame('a run of a prepared statement has values of types that there are not');
  const values = Array.from({ length: parameters }, (_, i): StatementValue => {
    const ahead = long.get(i);
    if (ahead !== undefined) return ahead;
    if (((absent[i >> 3] ?? 0) & (1 << (i & 7))) !== 0) return null;
    return readValue(fields, types[2 * i] ?? 0, ((types[2 * i + 1] ?? 0) & 0x80) !== 0);
  });
  if (fields.left > 0) throw new BrokenFrame('a run of a prepared statement goes on after its end');
  return { id, values, types };
}

const TYPE = { tiny: 1, short: 2, long: 3, float: 4, double: 5, null: 6, longLong: 8, int24: 9, year: 13 } as const;
const MOMENTS = new Set([7, 10, 12]);
const TIME = 11;
/** Texts, numbers as text, bytes: each behind its length. */
const WITH_LENGTH = new Set([0, 15, 16, 245, 246, 247, 248, 249, 250, 251, 252, 253, 254, 255]);
/** Among them those that are bytes rather than text, or may be. */
const BYTES = new Set([16, 255]);

function readValue(fields: Fields, type: number, unsigned: boolean): StatementValue {
  switch (type) {
    case TYPE.null:
      return null;
    case TYPE.tiny: {
      const bytes = fields.take(1);
      return String(unsigned ? bytes.readUInt8() : bytes.readInt8());
    }
    case TYPE.short:
    case TYPE.year: {
      const bytes = fields.take(2);
      return String(unsigned ? bytes.readUInt16LE() : bytes.readInt16LE());
    }
    case TYPE.long:
    case TYPE.int24: {
      const bytes = fields.take(4);
      return String(unsigned ? bytes.readUInt32LE() : bytes.readInt32LE());
    }
    case TYPE.longLong: {
      const bytes = fields.take(8);
      return String(unsigned ? bytes.readBigUInt64LE() : bytes.readBigInt64LE());
    }
    case TYPE.float:
      return String(fields.take(4).readFloatLE());
    case TYPE.double:
      return String(fields.take(8).readDoubleLE());
    default:
      if (MOMENTS.has(type)) return readMoment(fields);
      if (type === TIME) return readTime(fields);
      if (WITH_LENGTH.has(type)) return valueOf(fields.packedBytes(), BYTES.has(type));
      throw new BrokenFrame(`no value has the type ${type}`);
  }
}

const two = (n: number): string => String(n).padStart(2, '0');

function readMoment(fields: Fields): string {
  const length = fields.byte();
  const part = new Fields(fields.take(length), 0, broken);
  if (length !== 0 && length !== 4 && length !== 7 && length !== 11)
    throw new BrokenFrame('a date has another length than dates have');
  if (length === 0) return '0000-00-00';
  const date = `${String(part.uint16()).padStart(4, '0')}-${two(part.byte())}-${two(part.byte())}`;
  if (length === 4) return date;
  const time = `${two(part.byte())}:${two(part.byte())}:${two(part.byte())}`;
  return length === 7 ? `${date} ${time}` : `${date} ${time}.${String(part.uint32()).padStart(6, '0')}`;
}

function readTime(fields: Fields): string {
  const length = fields.byte();
  const part = new Fields(fields.take(length), 0, broken);
  if (length !== 0 && length !== 8 && length !== 12) throw new BrokenFrame('a time has another length than times have');
  if (length === 0) return '00:00:00';
  const sign = part.byte() === 0 ? '' : '-';
  const hours = part.uint32() * 24 + part.byte();
  const time = `${sign}${two(hours)}:${two(part.byte())}:${two(part.byte())}`;
  return length === 8 ? time : `${time}.${String(part.uint32()).padStart(6, '0')}`;
}
