import { fold, isObject, type Json, type JsonObject } from '../schema/json.ts';
import type { Bound, Ref } from './bind-filter.ts';
import type { Comparison } from './model.ts';

const valueAt = (from: JsonObject, at: readonly string[]): Json | undefined =>
  at.reduce<Json | undefined>((value, name) => (isObject(value) ? value[name] : undefined), from);

/** What a comparison looks at: one for each value there is, undefined where it lacks the sub-attribute. */
function valuesOf(from: JsonObject, ref: Ref): readonly (Json | undefined)[] {
  const found = valueAt(from, ref.at);
  const list = found === undefined ? [] : Array.isArray(found) ? (found as readonly Json[]) : [found];
  const { sub } = ref;
  return sub === undefined ? list : list.map((value) => (isObject(value) ? value[sub] : undefined));
}

/** Compares texts as bytes of UTF-8, which is what the database does. */
const order = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

function compares(found: Json, how: Comparison, wanted: string | boolean | Date, caseExact: boolean): boolean {
  if (typeof wanted === 'boolean') return how === 'eq' ? found === wanted : found !== wanted;
  if (typeof found !== 'string') return false;
  if (wanted instanceof Date) return ordered(Date.parse(found) - wanted.getTime(), how);
  const text = caseExact ? found : fold(found);
  if (how === 'co') return text.includes(wanted);
  if (how === 'sw') return text.startsWith(wanted);
  if (how === 'ew') return text.endsWith(wanted);
  return ordered(order(text, wanted), how);
}

function ordered(difference: number, how: Comparison): boolean {
  switch (how) {
    case 'eq':
      return difference === 0;
    case 'ne':
      return difference !== 0;
    case 'gt':
      return difference > 0;
    case 'ge':
      return difference >= 0;
    case 'lt':
      return difference < 0;
    default:
      return difference <= 0;
  }
}

/**
 * Whether a filter fits a resource, or one value of it. The obvious way to say what `filterSql` says to the database;
 * random filters hold the two together. An attribute without a value differs from every value.
 */
export function matches(from: JsonObject, filter: Bound): boolean {
  switch (filter.op) {
    case 'and':
      return filter.parts.every((part) => matches(from, part));
    case 'or':
      return filter.parts.some((part) => matches(from, part));
    case 'not':
      return !matches(from, filter.part);
    case 'never':
      return false;
    case 'has': {
      const found = valueAt(from, filter.at);
      const list = Array.isArray(found) ? (found as readonly Json[]) : [found];
      return list.some((value) => isObject(value) && matches(value, filter.where));
    }
    case 'pr':
      return valuesOf(from, filter.ref).some((value) => value !== undefined && value !== '');
    case 'compare': {
      const { ref, how, value } = filter;
      const found = valuesOf(from, ref);
      if (found.length === 0) return how === 'ne';
      return found.some((v) => (v === undefined ? how === 'ne' : compares(v, how, value, ref.leaf.caseExact)));
    }
  }
}
