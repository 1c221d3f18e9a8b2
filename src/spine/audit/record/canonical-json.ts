import { AppError } from '#kit/errors/index.ts';

/**
 * Canonical JSON after RFC 8785: no white space, members sorted by UTF-16 code units, numbers and strings as
 * ECMAScript writes them. One value has one text, whichever way round its members were stored, so its hash can
 * be found again from the database. `undefined` members are left out and a Date is its ISO text.
 *
 * Refuses with `audit.unwritable` what JSON or PostgreSQL's jsonb cannot hold unchanged: NaN, infinities,
 * bigints, bytes, functions, the NUL character and lone surrogates.
 */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return canonicalText(value);
    case 'number':
      if (!Number.isFinite(value)) throw unwritable('a number that is not finite');
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      return value === null ? 'null' : canonicalObject(value);
    default:
      throw unwritable(`a ${typeof value}`);
  }
}

/** Ids, names and most sentences: written as they are. */
const PLAIN = /^[\w .,:;@/()+-]*$/;

/** A JSON string. What must be refused shows up as an escape, so the rest costs one native call and a look. */
export function canonicalText(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  const written = JSON.stringify(text);
  if (written.includes('\\u')) {
    if (text.includes('\u0000')) throw unwritable('a NUL character in a text');
    if (/\p{Surrogate}/u.test(text)) throw unwritable('half of a surrogate pair in a text');
  }
  return written;
}

function canonicalObject(value: object): string {
  if (Array.isArray(value)) return `[${value.map((v) => (v === undefined ? 'null' : canonicalJson(v))).join(',')}]`;
  if (value instanceof Date) return canonicalText(value.toISOString());
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw unwritable(`a ${value.constructor.name}`);
  const record = value as Readonly<Record<string, unknown>>;
  let out = '';
  for (const key of Object.keys(record).sort()) {
    const member = record[key];
    if (member === undefined) continue;
    out += `${out === '' ? '' : ','}${canonicalText(key)}:${canonicalJson(member)}`;
  }
  return `{${out}}`;
}

const unwritable = (what: string): AppError =>
  new AppError({
    code: 'audit.unwritable',
    status: 422,
    detail: `${what} cannot be recorded in the audit log`,
    fix: 'send plain text without control characters, and finite numbers',
  });
