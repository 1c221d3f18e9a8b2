/** All values of an attribute as one text. */
import { isUtf8 } from 'node:buffer';
import { syntax, type AttributeType } from './attribute-types.ts';
import type { LdapEntry } from './entry.ts';

/** How one value becomes a text; undefined leaves it to the rules here. */
export type ValueText = (bytes: Buffer) => string | undefined;

/**
 * The values, joined by `;` in the order of the server. A semicolon within a value of an attribute that may have
 * several is `\3b`, so that nobody makes two values of one. Generalized time (RFC 4517 §3.3.13, always UTC) becomes an
 * ISO instant, a boolean `true` or `false`, and what is no UTF-8 hexadecimal digits. What is longer than `longest`
 * characters is cut one character above.
 */
export function entryText(
  entry: LdapEntry,
  name: string,
  options: { readonly type: AttributeType | undefined; readonly longest: number; readonly own?: ValueText },
): string {
  const { type, longest, own } = options;
  const texts: string[] = [];
  let length = 0;
  for (const bytes of entry.allBytes(name)) {
    if (length > longest) break;
    const text = own?.(bytes) ?? plainText(bytes, type, longest);
    const kept = type?.single === true ? text : text.replaceAll(';', '\\3b');
    if (kept === '') continue;
    texts.push(kept);
    length += kept.length + 1;
  }
  return texts.join(';').slice(0, longest + 1);
}

function plainText(bytes: Buffer, type: AttributeType | undefined, longest: number): string {
  if (!isUtf8(bytes)) return bytes.subarray(0, longest).toString('hex');
  // A character has four bytes at most.
  const text = bytes.toString('utf8', 0, Math.min(bytes.length, longest * 4 + 4));
  if (type?.syntax === syntax.generalizedTime) return instantOf(text) ?? text;
  if (type?.syntax === syntax.boolean && /^(?:TRUE|FALSE)$/u.test(text)) return text.toLowerCase();
  return text;
}

/** ISO instant with milliseconds; undefined for what is no generalized time in UTC. */
export function instantOf(time: string | undefined): string | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(?:[.,](\d+))?Z$/u.exec(time ?? '');
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second = '00', fraction = ''] = match;
  const text = `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.padEnd(3, '0').slice(0, 3)}Z`;
  const date = new Date(text);
  return Number.isNaN(date.getTime()) || date.toISOString() !== text ? undefined : text;
}
