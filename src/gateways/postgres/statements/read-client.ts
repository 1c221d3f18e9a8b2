import { BrokenFrame, valueOf } from '../../database/index.ts';
import type { StatementValue } from '../../port.ts';

/** Where a text ends: at the zero byte after it. Throws BrokenFrame where none comes. */
function endOfText(buffer: Buffer, at: number, end: number): number {
  // mostly there is no name
  const zero = buffer[at] === 0 ? at : buffer.indexOf(0, at);
  if (zero < 0 || zero >= end) throw new BrokenFrame('a message ends in the middle of a text');
  return zero;
}

const nameIn = (buffer: Buffer, from: number, to: number): string =>
  from === to ? '' : buffer.toString('latin1', from, to);

/** The text of a Query. */
export function readQuery(buffer: Buffer, start: number, end: number): Buffer {
  const zero = endOfText(buffer, start + 5, end);
  if (zero + 1 !== end) throw new BrokenFrame('a query goes on after its end');
  return buffer.subarray(start + 5, zero);
}

export function readParse(
  buffer: Buffer,
  start: number,
  end: number,
): { readonly name: string; readonly text: Buffer } {
  const name = endOfText(buffer, start + 5, end);
  const text = endOfText(buffer, name + 1, end);
  const types = text + 3 <= end ? buffer.readUInt16BE(text + 1) : -1;
  if (text + 3 + 4 * types !== end) throw new BrokenFrame('a Parse has another length than its parts');
  return { name: nameIn(buffer, start + 5, name), text: buffer.subarray(name + 1, text) };
}

/** What a Bind names, and its values as they are put on the record. Throws BrokenFrame for lengths that do not add up. */
export function readBind(
  buffer: Buffer,
  start: number,
  end: number,
): { readonly portal: string; readonly statement: string; readonly values: readonly StatementValue[] } {
  const portal = endOfText(buffer, start + 5, end);
  const statement = endOfText(buffer, portal + 1, end);
  let at = statement + 1;
  const short = (): number => {
    if (at + 2 > end) throw new BrokenFrame('a Bind ends too early');
    at += 2;
    return buffer.readUInt16BE(at - 2);
  };
  const formats: number[] = [];
  for (let left = short(); left > 0; left -= 1) formats.push(short());
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
  return {
    portal: nameIn(buffer, start + 5, portal),
    statement: nameIn(buffer, portal + 1, statement),
    values,
  };
}

/** A Describe or Close: of a statement (`S`) or portal (`P`). */
export function readNamed(
  buffer: Buffer,
  start: number,
  end: number,
): { readonly of: 'statement' | 'portal'; readonly name: string } {
  const kind = buffer[start + 5];
  const name = endOfText(buffer, start + 6, end);
  if (name + 1 !== end || (kind !== 0x53 && kind !== 0x50)) throw new BrokenFrame('a message names what there is not');
  return { of: kind === 0x53 ? 'statement' : 'portal', name: nameIn(buffer, start + 6, name) };
}

export function readExecute(buffer: Buffer, start: number, end: number): string {
  const name = endOfText(buffer, start + 5, end);
  if (name + 5 !== end) throw new BrokenFrame('an Execute has another length than its parts');
  return nameIn(buffer, start + 5, name);
}
