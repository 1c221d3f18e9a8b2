import { refusal } from '../errors.ts';
import { named, type Attribute } from '../schema/attribute.ts';
import { fold } from '../schema/json.ts';
import { DATE_TIME, isText } from '../schema/read-value.ts';
import { comparedAttribute, findTarget, type Place, type ResourceKind } from '../schema/resource-kind.ts';
import type { Comparison, Dialect, Filter, Literal } from './model.ts';

/** What a comparison looks at. Inside brackets it is a sub-attribute of the one value looked at. */
export interface Ref {
  readonly at: readonly string[];
  readonly many: boolean;
  /** A sub-attribute; of each value where there are many. */
  readonly sub: string | undefined;
  readonly leaf: Attribute;
}

/** A filter whose names are known and whose comparisons make sense. Texts are folded where case does not matter. */
export type Bound =
  | { readonly op: 'and'; readonly parts: readonly Bound[] }
  | { readonly op: 'or'; readonly parts: readonly Bound[] }
  | { readonly op: 'not'; readonly part: Bound }
  | { readonly op: 'never' }
  | { readonly op: 'has'; readonly at: readonly string[]; readonly many: boolean; readonly where: Bound }
  | { readonly op: 'pr'; readonly ref: Ref }
  | {
      readonly op: 'compare';
      readonly ref: Ref;
      readonly how: Comparison;
      readonly value: string | boolean | Date;
      /** The value as it was written. */
      readonly given: string | number | boolean;
    };

type Find = (path: string) => { readonly ref: Ref; readonly place?: Place } | undefined;

/** Looks names up in a kind. `lenient`: what the kind does not know has no value, as in a search over all kinds. */
export function bindFilter(kind: ResourceKind, filter: Filter, refuses: Dialect['refuses'], lenient = false): Bound {
  const find: Find = (path) => {
    const place = findTarget(kind, path)?.place;
    if (place === undefined || place.attribute.returned === 'never') return undefined;
    const leaf = comparedAttribute(place) ?? place.attribute;
    const sub = place.sub?.name ?? (leaf === place.attribute ? undefined : leaf.name);
    return { ref: { at: place.at, many: place.attribute.multiValued, sub, leaf }, place };
  };
  return bind(filter, find, refuses, lenient);
}

/** As bindFilter, for what stands between the brackets behind an attribute. */
export const bindInside = (attribute: Attribute, filter: Filter, refuses: Dialect['refuses']): Bound =>
  bind(
    filter,
    (path) => {
      const sub = named(attribute.subAttributes, path);
      return sub === undefined ? undefined : { ref: { at: [sub.name], many: false, sub: undefined, leaf: sub } };
    },
    refuses,
    false,
  );

function bind(filter: Filter, find: Find, refuses: Dialect['refuses'], lenient: boolean): Bound {
  const again = (part: Filter): Bound => bind(part, find, refuses, lenient);
  if (filter.op === 'and' || filter.op === 'or') return { op: filter.op, parts: filter.parts.map(again) };
  if (filter.op === 'not') return { op: 'not', part: again(filter.part) };
  const found = find(filter.path);
  if (found === undefined) {
    if (lenient) return { op: 'never' };
    throw refusal(refuses, 'the filter names an attribute that is not in the schema', 'see /Schemas');
  }
  const { ref, place } = found;
  if (filter.op === 'has') {
    if (place === undefined || place.sub !== undefined || place.attribute.type !== 'complex')
      throw refusal(refuses, 'brackets stand behind an attribute that has no sub-attributes');
    const where = bindInside(place.attribute, filter.where, refuses);
    return { op: 'has', at: place.at, many: place.attribute.multiValued, where };
  }
  if (filter.op === 'pr') return { op: 'pr', ref: wholeOf(ref, place) };
  if (filter.value === null) return compareNull(wholeOf(ref, place), filter.how, refuses);
  const { how, value: given } = filter;
  return { op: 'compare', ref, how, value: comparable(ref.leaf, how, given, refuses), given };
}

/** `emails pr` asks whether there is a value at all, not whether it has a `value`. */
const wholeOf = (ref: Ref, place: Place | undefined): Ref =>
  place === undefined || place.sub !== undefined ? ref : { ...ref, sub: undefined, leaf: place.attribute };

function compareNull(ref: Ref, how: Comparison, refuses: Dialect['refuses']): Bound {
  if (how === 'eq') return { op: 'not', part: { op: 'pr', ref } };
  if (how === 'ne') return { op: 'pr', ref };
  throw refusal(refuses, `nothing can be compared with null by ${how}`);
}

const EQUALITY: ReadonlySet<Comparison> = new Set(['eq', 'ne']);
const PARTS: ReadonlySet<Comparison> = new Set(['co', 'sw', 'ew']);

/** The value in the form it is compared in. Throws where the attribute's type knows no such comparison (RFC 7644 §3.4.2.2). */
function comparable(
  leaf: Attribute,
  how: Comparison,
  value: Exclude<Literal, null>,
  refuses: Dialect['refuses'],
): string | boolean | Date {
  const wrong = (detail: string): Error => refusal(refuses, `${leaf.name} ${detail}`);
  switch (leaf.type) {
    case 'complex':
      throw wrong('has sub-attributes: compare one of them');
    case 'boolean': {
      if (!EQUALITY.has(how)) throw wrong(`is true or false and cannot be compared by ${how}`);
      const word = typeof value === 'string' ? value.toLowerCase() : value;
      if (word === true || word === 'true') return true;
      if (word === false || word === 'false') return false;
      throw wrong('is compared with true or false');
    }
    case 'dateTime':
      if (PARTS.has(how)) throw wrong(`is a time and cannot be compared by ${how}`);
      if (typeof value !== 'string' || !DATE_TIME.test(value) || Number.isNaN(Date.parse(value)))
        throw wrong('is compared with a time such as 2026-01-31T12:00:00Z');
      return new Date(value);
    case 'binary':
      if (!EQUALITY.has(how)) throw wrong(`is binary and cannot be compared by ${how}`);
      if (typeof value !== 'string') throw wrong('is compared with base64');
      return value;
    default:
      if (typeof value !== 'string') throw wrong('is a text and is compared with one in quotes');
      if (!isText(value)) throw wrong('is compared with what is no text');
      return leaf.caseExact ? value : fold(value);
  }
}
