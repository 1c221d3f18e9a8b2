import { isObject, type Json, type JsonObject } from '../schema/json.ts';

const PICKS = /^members\[ *value +eq +("(?:[^"\\]|\\.)*") *\]$/i;

/**
 * The values of all members a PATCH of a group can touch, where that can be told from how it is written: then no
 * others need to be read. Undefined where it may touch any. It decides about reading only; what the PATCH does, and
 * whether it is well-formed, is decided by applying it.
 */
export function memberValuesOf(raw: unknown): readonly string[] | undefined {
  const operations = isObject(raw) ? inAnyCase(raw, 'Operations') : undefined;
  if (!Array.isArray(operations)) return [];
  const values: string[] = [];
  for (const operation of operations as readonly Json[]) {
    const named = isObject(operation) ? namedBy(operation) : [];
    if (named === undefined) return undefined;
    values.push(...named);
  }
  return values;
}

const inAnyCase = (object: JsonObject, name: string): Json | undefined => {
  const key = Object.keys(object).find((k) => k.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : object[key];
};

function namedBy(operation: JsonObject): readonly string[] | undefined {
  const op = String(inAnyCase(operation, 'op')).toLowerCase();
  const path = inAnyCase(operation, 'path');
  const value = inAnyCase(operation, 'value');
  if (typeof path !== 'string') {
    const members = isObject(value)
      ? Object.entries(value).filter(([name]) => name.toLowerCase().includes('member'))
      : [];
    if (members.length === 0) return [];
    return op === 'add' ? members.flatMap(([, v]) => valuesIn(v)) : undefined;
  }
  const picked = PICKS.exec(path.trim())?.[1];
  if (picked !== undefined) return textsIn(picked);
  if (!path.toLowerCase().includes('member')) return [];
  const plain = path.trim().toLowerCase() === 'members';
  const byValue = op === 'add' || (op === 'remove' && value !== undefined && value !== null);
  return plain && byValue ? valuesIn(value) : undefined;
}

const valuesIn = (value: Json | undefined): readonly string[] =>
  (Array.isArray(value) ? (value as readonly Json[]) : [value]).flatMap((item) => {
    if (typeof item === 'string') return [item];
    const inner = isObject(item) ? inAnyCase(item, 'value') : undefined;
    return typeof inner === 'string' ? [inner] : [];
  });

function textsIn(json: string): readonly string[] | undefined {
  try {
    return [JSON.parse(json) as string];
  } catch {
    return undefined;
  }
}
