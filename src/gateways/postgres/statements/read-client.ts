import { BrokenFrame, valueOf } from '../../database/index.ts';
import type { StatementValue } from '../../port.ts';
import { cstring } from '../wire/messages.ts';

const need = <V>(value: V | undefined): V => {
  if (value === undefined) throw new BrokenFrame('a message ends in the middle of a text');
  return value;
};

/** The text of a Query. */
export function readQuery(buffer: Buffer, start: number, end: number): Buffer {
  const { bytes, next } = need(cstring(buffer, start + 5, end));
  if (next !== end) throw new BrokenFrame('a query goes on after its end');
  return bytes;
}

export function readParse(
  buffer: Buffer,
  start: number,
  end: number,
): { readonly name: string; readonly text: Buffer } {
  const name = need(cstring(buffer, start + 5, end));
  const text = need(cstring(buffer, name.next, end));
  const types = text.next + 2 <= end ? buffer.readUInt16BE(text.next) : -1;
  if (text.next + 2 + 4 * types !== end) throw new BrokenFrame('a Parse has another length than its parts');
  return { name: name.bytes.toString('latin1'), text: text.bytes };
}

/** What a Bind names, and its values as they are put on the record. Throws BrokenFrame for lengths that do not add up. */
export function readBind(
  buffer: Buffer,
  start: number,
  end: number,
): { readonly portal: string; readonly statement: string; readonly values: readonly StatementValue[] } {
  const portal = need(cstring(buffer, start + 5, end));
  const statement = need(cstring(buffer, portal.next, end));
  let at = statement.next;
  const short = (): number => {
    if (at + 2 > end) throw new BrokenFrame('a Bind ends too early');
    at += 2;
    return buffer.readUInt16BE(at - 2);
  };
  const formats = Array.from({ length: Math.min(short(), end) }, short);
  const count = short();
  const values: StatementValue[] = [];
  for (let i = 0; i < count; i += 1) {
    if (at + 4 > end) throw new BrokenFrame('a Bind ends too early');
    const length = buffer.readInt32BE(at);
    at += 4;
    if (length === -1) {
      values.push(null);
      continue;
    }
    if (length < 0 || at + length > end) throw new BrokenFrame('a value is longer than its message');
    const format = formats.length === 1 ? formats[0] : formats[i];
    values.push(valueOf(buffer.subarray(at, at + length), format === 1));
    at += length;
  }
  for (let results = short(); results > 0; results -= 1) short();
  if (at !== end) throw new BrokenFrame('a Bind goes on after its end');
  return { portal: portal.bytes.toString('latin1'), statement: statement.bytes.toString('latin1'), values };
}

/** A Describe or Close: of a statement (`S`) or portal (`P`). */
export function readNamed(
  buffer: Buffer,
  start: number,
  end: number,
): { readonly of: 'statement' | 'portal'; readonly name: string } {
  const kind = buffer[start + 5];
  const name = need(cstring(buffer, start + 6, end));
  if (name.next !== end || (kind !== 0x53 && kind !== 0x50)) throw new BrokenFrame('a message names what there is not');
  return { of: kind === 0x53 ? 'statement' : 'portal', name: name.bytes.toString('latin1') };
}

export function readExecute(buffer: Buffer, start: number, end: number): string {
  const name = need(cstring(buffer, start + 5, end));
  if (name.next + 4 !== end) throw new BrokenFrame('an Execute has another length than its parts');
  return name.bytes.toString('latin1');
}
