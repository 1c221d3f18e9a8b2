/**
 * Cedar's values as JavaScript sees them. Booleans and strings are themselves; a Long is a `number` while it is
 * a safe integer and a `bigint` beyond, never both for one value, so that `===` holds. Everything else is a class
 * here, so that no attribute name, however spelt, can touch a prototype: records are Maps.
 */

export type Long = number | bigint;
export type Value = boolean | string | Long | EntityUid | CedarSet | CedarRecord | Extension;

/** What stands for a value in a hash set: equal values have identical keys, different values different ones. */
export type Key = string | number | bigint | boolean;

export class EntityUid {
  readonly type: string;
  readonly id: string;
  readonly key: string;
  constructor(type: string, id: string) {
    this.type = type;
    this.id = id;
    // INVARIANT: a type name holds no NUL, so the key of no other uid reads the same.
    this.key = `\0e${type}\0${id}`;
  }
}

/** `ip`, `decimal`, `datetime`, `duration`: one canonical text each, so equality is equality of text. */
export abstract class Extension {
  abstract readonly name: 'ipaddr' | 'decimal' | 'datetime' | 'duration';
  abstract readonly canonical: string;
  get key(): string {
    return `\0x${this.name}\0${this.canonical}`;
  }
}

export class CedarSet {
  readonly items: readonly Value[];
  readonly keys: ReadonlySet<Key>;
  #key: string | undefined;
  constructor(values: Iterable<Value>) {
    const items: Value[] = [];
    const keys = new Set<Key>();
    for (const v of values) {
      const key = keyOf(v);
      if (keys.has(key)) continue;
      keys.add(key);
      items.push(v);
    }
    this.items = items;
    this.keys = keys;
  }
  get key(): string {
    this.#key ??= `\0S${[...this.keys].map(written).sort().join('')}`;
    return this.#key;
  }
}

export class CedarRecord {
  readonly fields: ReadonlyMap<string, Value>;
  #key: string | undefined;
  constructor(fields: ReadonlyMap<string, Value>) {
    this.fields = fields;
  }
  get key(): string {
    this.#key ??= `\0R${[...this.fields]
      .map(([name, v]) => written(name) + written(keyOf(v)))
      .sort()
      .join('')}`;
    return this.#key;
  }
}

/** A key inside a longer key: its type and length go before it, so that two neighbours can never be read as one. */
const written = (key: Key): string => {
  const text = String(key);
  return `${(typeof key)[0]}${text.length}:${text}`;
};

export const keyOf = (v: Value): Key => {
  if (typeof v === 'string') return v.charCodeAt(0) === 0 ? `\0s${v}` : v;
  if (typeof v === 'object') return v.key;
  return v;
};

/** Cedar's `==`: values of different types are unequal, never an error. */
export const equal = (a: Value, b: Value): boolean => {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object') return false;
  return a.key === b.key;
};
