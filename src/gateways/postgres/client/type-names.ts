import { BrokenFrame, type ResultColumn } from '../../database/index.ts';
import { cstring } from '../wire/messages.ts';

/** Types of PostgreSQL's own, by the number a result names them by. */
const NAMES: ReadonlyMap<number, string> = new Map([
  [16, 'boolean'],
  [17, 'bytea'],
  [18, '"char"'],
  [19, 'name'],
  [20, 'bigint'],
  [21, 'smallint'],
  [23, 'integer'],
  [25, 'text'],
  [26, 'oid'],
  [114, 'json'],
  [142, 'xml'],
  [650, 'cidr'],
  [700, 'real'],
  [701, 'double precision'],
  [705, 'unknown'],
  [790, 'money'],
  [869, 'inet'],
  [1000, 'boolean[]'],
  [1005, 'smallint[]'],
  [1007, 'integer[]'],
  [1009, 'text[]'],
  [1015, 'varchar[]'],
  [1016, 'bigint[]'],
  [1042, 'char'],
  [1043, 'varchar'],
  [1082, 'date'],
  [1083, 'time'],
  [1114, 'timestamp'],
  [1184, 'timestamptz'],
  [1186, 'interval'],
  [1231, 'numeric[]'],
  [1266, 'timetz'],
  [1560, 'bit'],
  [1562, 'varbit'],
  [1700, 'numeric'],
  [2205, 'regclass'],
  [2278, 'void'],
  [2950, 'uuid'],
  [3614, 'tsvector'],
  [3802, 'jsonb'],
]);
const NUMBERS = new Set([20, 21, 23, 26, 700, 701, 790, 1700]);

/** What a type is called; one of the database's own has its number only. */
const typeName = (oid: number): string => NAMES.get(oid) ?? `type ${oid}`;
const isNumberType = (oid: number): boolean => NUMBERS.has(oid);

/** The columns a RowDescription names. Throws BrokenFrame for one that is cut off. */
export function columnsOf(message: Buffer): readonly ResultColumn[] {
  const columns: ResultColumn[] = [];
  let at = 7;
  for (let left = message.length < 7 ? 0 : message.readUInt16BE(5); left > 0; left -= 1) {
    const name = cstring(message, at, message.length);
    if (name === undefined || name.next + 18 > message.length) throw new BrokenFrame('columns are cut off');
    const oid = message.readUInt32BE(name.next + 6);
    columns.push({ name: name.bytes.toString('utf8'), type: typeName(oid), isNumber: isNumberType(oid) });
    at = name.next + 18;
  }
  return columns;
}
