/** Distinguished names as text (RFC 4514): taken apart, put together, compared. */
import { LdapError, oneLine } from './ldap-error.ts';

/** One `type=value` of a relative name; `value` is the plain value, nothing escaped. */
export interface DnPart {
  readonly type: string;
  readonly value: string;
}
/** One level of a name; more than one part where the directory joins them with `+`. */
export type Rdn = readonly DnPart[];

/** RFC 4514 §2.4. NUL is written as bytes; the rest of UTF-8 stays as it is. */
export function escapeDnValue(value: string): string {
  const escaped = value.replace(/[\\",+<>;=]/gu, '\\$&').replaceAll('\0', '\\00');
  const end = escaped.replace(/ $/u, '\\ ');
  return /^[ #]/u.test(end) ? `\\${end}` : end;
}

export const formatRdn = (rdn: Rdn): string =>
  rdn.map(({ type, value }) => `${type}=${escapeDnValue(value)}`).join('+');

export const formatDn = (dn: readonly Rdn[]): string => dn.map(formatRdn).join(',');

/** The name `type=value` below `parent`. */
export const childDn = (type: string, value: string, parent: string): string =>
  [formatRdn([{ type, value }]), parent].filter((part) => part !== '').join(',');

/** Takes a name apart, nearest level first. Throws LdapError `refused` for text that is no name (RFC 4514 §3). */
export function parseDn(text: string): readonly Rdn[] {
  const scan = new DnScan(text);
  const dn = scan.name();
  if (!dn) throw new LdapError('refused', `\`${oneLine(text)}\` is no distinguished name (RFC 4514)`);
  return dn;
}

/** The nearest level of a name. Throws as {@link parseDn}; empty for the root. */
export function firstRdn(text: string): Rdn {
  if (!plainDn.test(text)) return parseDn(text)[0] ?? [];
  const [type = '', value = ''] = (text.split(',', 1)[0] ?? '').split('=');
  return [{ type, value }];
}

/** The name one level up; undefined for the root. */
export function parentDn(text: string): string | undefined {
  const dn = parseDn(text);
  return dn.length === 0 ? undefined : formatDn(dn.slice(1));
}

/**
 * One spelling for names that servers take for the same: types and values in lower case, runs of spaces as one, `+` parts sorted.
 * This is caseIgnoreMatch, which holds for the naming attributes in use (cn, uid, ou, o, dc); names that differ in case only are
 * one name here.
 */
export function normalDn(text: string): string {
  return plainDn.test(text) ? normalPlain(text) : normalAny(text);
}

/** Names in which nothing is escaped, joined or foreign: nearly all there are, and large groups list hundreds of thousands. */
const plainDn = /^(?:[A-Za-z][A-Za-z0-9-]*=[A-Za-z0-9_.@-]+(?: [A-Za-z0-9_.@-]+)*(?:,(?!$)|$))+$/u;
const normalPlain = (text: string): string => text.toLowerCase();

const normalAny = (text: string): string =>
  parseDn(text)
    .map((rdn) =>
      rdn
        .map(({ type, value }) => `${type.toLowerCase()}=${escapeDnValue(fold(value))}`)
        .sort()
        .join('+'),
    )
    .join(',');

const fold = (value: string): string => value.normalize('NFKC').toLowerCase().trim().replace(/ {2,}/gu, ' ');

const attributeType = /^(?:[A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)*)$/u;

class DnScan {
  readonly #text: string;
  #at = 0;
  constructor(text: string) {
    this.#text = text;
  }

  name(): readonly Rdn[] | undefined {
    if (this.#text.trim() === '') return [];
    const levels: DnPart[][] = [[]];
    for (;;) {
      const equals = this.#text.indexOf('=', this.#at);
      if (equals < 0) return undefined;
      const type = this.#text.slice(this.#at, equals).trim();
      if (!attributeType.test(type)) return undefined;
      this.#at = equals + 1;
      const value = this.#value();
      if (value === undefined) return undefined;
      levels.at(-1)?.push({ type, value });
      const end = this.#text[this.#at];
      if (end === undefined) return levels;
      this.#at += 1;
      if (end !== '+') levels.push([]);
    }
  }

  /** Up to the next separator that is not escaped. Spaces around a value are not part of it unless escaped (RFC 2253). */
  #value(): string | undefined {
    while (this.#text[this.#at] === ' ') this.#at += 1;
    if (this.#text[this.#at] === '#') return this.#hexString();
    const bytes: Buffer[] = [];
    let spaces = '';
    for (; this.#at < this.#text.length; this.#at += 1) {
      const character = String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0);
      if (character === ',' || character === '+' || character === ';') break;
      if (character === '"' || character === '<' || character === '>' || character === '\0') return undefined;
      if (character === ' ') {
        spaces += ' ';
        continue;
      }
      bytes.push(Buffer.from(spaces));
      spaces = '';
      if (character !== '\\') {
        bytes.push(Buffer.from(character));
        this.#at += character.length - 1;
        continue;
      }
      const pair = this.#text.slice(this.#at + 1, this.#at + 3);
      if (/^[0-9a-fA-F]{2}$/u.test(pair)) {
        bytes.push(Buffer.from(pair, 'hex'));
        this.#at += 2;
      } else if (/^[\\",+<>;=# ]/u.test(pair)) {
        bytes.push(Buffer.from(pair.slice(0, 1)));
        this.#at += 1;
      } else return undefined;
    }
    return utf8(Buffer.concat(bytes));
  }

  /** `#` and the BER of the value; only strings are taken. */
  #hexString(): string | undefined {
    const match = /^#((?:[0-9a-fA-F]{2})+) *(?=[,+;]|$)/u.exec(this.#text.slice(this.#at));
    if (!match) return undefined;
    this.#at += match[0].length;
    const ber = Buffer.from(match[1] ?? '', 'hex');
    const stringTags = new Set([0x04, 0x0c, 0x13, 0x16]);
    if (!stringTags.has(ber[0] ?? 0) || (ber[1] ?? 0x80) >= 0x80 || ber.length !== 2 + (ber[1] ?? 0)) return undefined;
    return utf8(ber.subarray(2));
  }
}

function utf8(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
