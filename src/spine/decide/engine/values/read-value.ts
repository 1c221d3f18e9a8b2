import { parseDatetime, parseDuration } from './datetime.ts';
import { parseDecimal } from './decimal.ts';
import { parseIp } from './ip.ts';
import { CedarRecord, CedarSet, EntityUid, type Extension, type Value } from './value.ts';

/** A value no policy can be asked about. It is the caller's mistake, never a policy's: the question is refused. */
export class UnreadableValue extends Error {
  override readonly name = 'UnreadableValue';
}

/** The four constructors of extension values; undefined for text they refuse. */
export const CONSTRUCTORS: ReadonlyMap<string, (text: string) => Extension | undefined> = new Map<
  string,
  (text: string) => Extension | undefined
>([
  ['ip', parseIp],
  ['decimal', parseDecimal],
  ['datetime', parseDatetime],
  ['duration', parseDuration],
]);

/**
 * Cedar's JSON form of a value to the value. `__entity` and `__extn` are Cedar's escapes. Throws UnreadableValue
 * for null, fractions, integers no JSON number holds exactly, and text that is no Unicode.
 */
export const readValue = (json: unknown): Value => {
  if (typeof json === 'boolean') return json;
  if (typeof json === 'string') return readText(json);
  if (typeof json === 'number') return readNumber(json);
  if (Array.isArray(json)) return new CedarSet(json.map(readValue));
  if (typeof json === 'object' && json !== null) return readObject(json);
  throw new UnreadableValue(`a ${json === null ? 'null' : typeof json} is no Cedar value`);
};

const readNumber = (n: number): Value => {
  if (!Number.isSafeInteger(n)) throw new UnreadableValue(`\`${n}\` is not an integer that JSON holds exactly`);
  return n + 0;
};

const readText = (text: string): string => {
  for (let i = 0; i < text.length; i += 1) {
    if ((text.charCodeAt(i) & 0xf800) === 0xd800) return readSurrogates(text);
  }
  return text;
};

const readSurrogates = (text: string): string => {
  // A lone surrogate has no UTF-8 form: Cedar could not have read it, and two of them would look alike in a log.
  if (/\p{Surrogate}/u.test(text)) throw new UnreadableValue('the text is not valid Unicode');
  return text;
};

const readObject = (json: object): Value => {
  const entries = Object.entries(json) as [string, unknown][];
  const [first] = entries;
  if (first !== undefined && entries.length === 1) {
    if (first[0] === '__entity') return readUid(first[1]);
    if (first[0] === '__extn') return readExtension(first[1]);
  }
  return new CedarRecord(new Map(entries.map(([name, value]) => [readText(name), readValue(value)])));
};

/** `{ type, id }`, or the same inside `__entity`. */
export const readUid = (json: unknown): EntityUid => {
  if (typeof json === 'object' && json !== null) {
    if ('__entity' in json) return readUid(json.__entity);
    if ('type' in json && 'id' in json && typeof json.type === 'string' && typeof json.id === 'string') {
      return new EntityUid(json.type, readText(json.id));
    }
  }
  throw new UnreadableValue('an entity is written `{ type, id }`');
};

const readExtension = (json: unknown): Extension => {
  if (typeof json === 'object' && json !== null && 'fn' in json && typeof json.fn === 'string' && 'arg' in json) {
    const made = typeof json.arg === 'string' ? CONSTRUCTORS.get(json.fn)?.(json.arg) : undefined;
    if (made !== undefined) return made;
    throw new UnreadableValue(`\`${json.fn}\` cannot be made of what was given`);
  }
  throw new UnreadableValue('an extension value is written `{ fn, arg }`');
};

/** Attributes or context: an object's own fields, by name. */
export const readFields = (json: Readonly<Record<string, unknown>>): Map<string, Value> => {
  const fields = new Map<string, Value>();
  for (const [name, value] of Object.entries(json)) fields.set(readText(name), readValue(value));
  return fields;
};
