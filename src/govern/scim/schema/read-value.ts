import { refusal } from '../errors.ts';
import { named, type Attribute } from './attribute.ts';
import { isObject, sameJson, type Json, type JsonObject } from './json.ts';

const LONGEST_TEXT = 4_000;
const LONGEST_BINARY = 20_000;
const MOST_VALUES = 1_000;
/** Members of a group are rows, not part of a document, so there may be more of them. */
const MOST_MEMBERS = 100_000;

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
export const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;

/** Half a character or a NUL is no text, and PostgreSQL keeps neither. */
export const isText = (text: string): boolean => !/\0|\p{Cs}/u.test(text);

/** How what clients send is taken. A PATCH may give one value for a list, and a bare text for a complex value. */
export interface Reading {
  readonly loose: boolean;
}

const wrong = (where: string, detail: string): Error => refusal('invalidValue', `${where} ${detail}`);

/** Names of sub-attributes that clients send in place of the standard's. */
const alias = (attribute: Attribute, name: string): string =>
  attribute.name === 'members' && name.toLowerCase() === 'displayname' ? 'display' : name;

/**
 * Reads the value of an attribute strictly by its type; undefined where it is unassigned (null, an empty list, or a
 * complex value with nothing in it, RFC 7643 §2.5). Booleans may be the texts `True` and `False`, which Entra ID sends.
 * Throws `invalidValue`.
 */
export function readValue(attribute: Attribute, raw: Json, how: Reading, where = attribute.name): Json | undefined {
  if (raw === null) return undefined;
  if (!attribute.multiValued) return readSingle(attribute, raw, how, where);
  const list = Array.isArray(raw) ? (raw as readonly Json[]) : how.loose ? [raw] : undefined;
  if (list === undefined) throw wrong(where, 'is a list');
  const most = attribute.name === 'members' ? MOST_MEMBERS : MOST_VALUES;
  if (list.length > most) throw wrong(where, `has at most ${most} values`);
  const read = list.flatMap((item, i) => {
    const value = item === null ? undefined : readSingle(attribute, item, how, `${where}[${i}]`);
    return value === undefined ? [] : [value];
  });
  const unique = attribute.name === 'members' ? lastOfEach(read) : withoutDoubles(read);
  return unique.length === 0 ? undefined : unique;
}

/** Members are told apart by their value: of a list of thousands, comparing each with each would take minutes. */
const lastOfEach = (members: readonly Json[]): Json[] => [
  ...new Map(members.map((m) => [(m as JsonObject)['value'], m])).values(),
];

export const withoutDoubles = (list: readonly Json[]): Json[] =>
  list.filter((value, i) => !list.slice(0, i).some((before) => sameJson(before, value)));

function readSingle(attribute: Attribute, raw: Json, how: Reading, where: string): Json | undefined {
  switch (attribute.type) {
    case 'complex':
      return readComplex(attribute, raw, how, where);
    case 'boolean':
      return readBoolean(raw, where);
    default:
      return readText(attribute, raw, where);
  }
}

function readBoolean(raw: Json, where: string): boolean {
  const word = typeof raw === 'string' ? raw.toLowerCase() : raw;
  if (word === true || word === 'true') return true;
  if (word === false || word === 'false') return false;
  throw wrong(where, 'is true or false');
}

function readText(attribute: Attribute, raw: Json, where: string): string {
  if (typeof raw !== 'string') throw wrong(where, 'is a text');
  const longest = attribute.type === 'binary' ? LONGEST_BINARY : LONGEST_TEXT;
  if (raw.length > longest) throw wrong(where, `has at most ${longest} characters`);
  if (!isText(raw)) throw wrong(where, 'holds a character no text has');
  if (attribute.type === 'binary' && !BASE64.test(raw)) throw wrong(where, 'is not base64');
  if (attribute.type === 'dateTime' && !(DATE_TIME.test(raw) && !Number.isNaN(Date.parse(raw))))
    throw wrong(where, 'is not a time such as 2026-01-31T12:00:00Z');
  if (attribute.required && raw.trim() === '') throw wrong(where, 'may not be empty');
  return raw;
}

function readComplex(attribute: Attribute, raw: Json, how: Reading, where: string): JsonObject | undefined {
  const byValue = how.loose && typeof raw === 'string' && named(attribute.subAttributes, 'value') !== undefined;
  const object: Json = byValue ? { value: raw } : raw;
  if (!isObject(object)) throw wrong(where, 'is an object');
  const out: Record<string, Json> = {};
  const seen = new Set<string>();
  let [known, given] = [0, 0];
  for (const [name, inner] of Object.entries(object)) {
    given += 1;
    const sub = named(attribute.subAttributes, alias(attribute, name));
    if (sub === undefined) continue;
    known += 1;
    if (seen.has(sub.name)) throw refusal('invalidSyntax', `${where}.${sub.name} is given twice`);
    seen.add(sub.name);
    // References are made from ids when a resource is shown; what a client thinks they are is not kept.
    if (sub.mutability === 'readOnly' || sub.name === '$ref') continue;
    const value = readValue(sub, inner, how, `${where}.${sub.name}`);
    if (value !== undefined) out[sub.name] = value;
  }
  if (given > 0 && known === 0) throw wrong(where, 'has no sub-attribute of its schema');
  if (attribute.name === 'members') {
    if (typeof out['value'] !== 'string' || out['value'] === '') throw wrong(where, 'needs a value');
    if (out['value'].length > 200) throw wrong(`${where}.value`, 'has at most 200 characters');
  }
  return Object.keys(out).length === 0 ? undefined : out;
}

/** Refuses more than one primary value (RFC 7643 §2.4). */
export function checkPrimary(attribute: Attribute, value: Json | undefined): void {
  if (!Array.isArray(value) || named(attribute.subAttributes, 'primary') === undefined) return;
  const primaries = value.filter((v) => isObject(v) && v['primary'] === true);
  if (primaries.length > 1) throw wrong(attribute.name, 'has one primary value at most');
}
