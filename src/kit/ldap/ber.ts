/** As much of BER (X.690, definite lengths) as the values of controls and extended operations need. */
import { LdapError } from './ldap-error.ts';

/** One element: its tag byte and what is inside. */
export interface BerElement {
  readonly tag: number;
  readonly content: Buffer;
}

/** Universal tags; context tags are 0x80 + n, constructed ones 0xa0 + n. */
export const berTag = {
  boolean: 0x01,
  integer: 0x02,
  octets: 0x04,
  enumerated: 0x0a,
  sequence: 0x30,
  set: 0x31,
} as const;

/** An element of `tag` around what is given, one part after the other. Text is UTF-8. */
export function ber(tag: number, ...parts: readonly (Buffer | string)[]): Buffer {
  const content = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
  return Buffer.concat([Buffer.from([tag, ...lengthBytes(content.length)]), content]);
}

function lengthBytes(length: number): readonly number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let left = length; left > 0; left = Math.floor(left / 256)) bytes.unshift(left % 256);
  return [0x80 + bytes.length, ...bytes];
}

/** An integer of 32 bits, signed. */
export function berInteger(value: number, tag: number = berTag.integer): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  let start = 0;
  const redundant = (at: number): boolean => {
    const [byte = 0, next = 0] = [bytes[at], bytes[at + 1]];
    return (byte === 0 && next < 0x80) || (byte === 0xff && next >= 0x80);
  };
  while (start < 3 && redundant(start)) start += 1;
  return ber(tag, bytes.subarray(start));
}

/** The elements of `bytes` one after the other; contents are views. Throws LdapError `failed` where they do not end as they say. */
export function* readBer(bytes: Buffer): Generator<BerElement, void> {
  let at = 0;
  while (at < bytes.length) {
    const [tag, first] = [bytes[at], bytes[at + 1]];
    if (tag === undefined || first === undefined) throw malformed();
    const count = first < 0x80 ? 0 : first & 0x7f;
    if (count > 4 || first === 0x80 || at + 2 + count > bytes.length) throw malformed();
    const length = count === 0 ? first : bytes.readUIntBE(at + 2, count);
    const start = at + 2 + count;
    at = start + length;
    if (at > bytes.length) throw malformed();
    yield { tag, content: bytes.subarray(start, at) };
  }
}

/** The value of an INTEGER or ENUMERATED, up to six bytes. */
export function readBerInteger(content: Buffer): number {
  if (content.length === 0 || content.length > 6) throw malformed();
  return content.readIntBE(0, content.length);
}

const malformed = (): LdapError => new LdapError('failed', 'a value the server sent is no BER');
