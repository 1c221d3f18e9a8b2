import { refusal } from '../errors.ts';
import type { Bound } from '../filter/bind-filter.ts';
import { matches } from '../filter/match.ts';
import { named, type Attribute } from '../schema/attribute.ts';
import { isObject, sameJson, type Json, type JsonObject } from '../schema/json.ts';
import { readValue, withoutDoubles } from '../schema/read-value.ts';
import type { PatchTarget } from './parse-path.ts';
import type { Change } from './parse-patch.ts';

const LOOSE = { loose: true } as const;
type Attributed = Extract<PatchTarget, { readonly attribute: Attribute }>;

const listOf = (value: Json | undefined): readonly Json[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as readonly Json[]) : [value];

const orNone = (list: readonly Json[]): Json | undefined => (list.length === 0 ? undefined : list);

/** What becomes of the values of an attribute that has many, by one operation of a PATCH. */
export function changeValues(target: Attributed, change: Change, before: Json | undefined): Json | undefined {
  const list = listOf(before);
  const { attribute, where, sub } = target;
  if (where !== undefined || sub !== undefined) return orNone(changeSome(target, change, list));
  const { op, value } = change;
  if (op === 'remove') {
    // Entra ID names the values to be removed beside the path, where the standard has a filter.
    if (value === undefined || value === null) return undefined;
    const gone = listOf(readValue(attribute, value, LOOSE));
    return orNone(list.filter((v) => !gone.some((g) => isSame(g, v))));
  }
  const read = readValue(attribute, value ?? null, LOOSE);
  if (op === 'replace') return read;
  if (read === undefined) throw refusal('invalidValue', `${attribute.name} has no value to add`);
  return orNone(added(attribute, list, listOf(read)));
}

/** Two members, or two mail addresses, are the same when their `value` is, and a type given agrees. */
function isSame(wanted: Json, found: Json): boolean {
  if (!isObject(wanted) || !isObject(found)) return sameJson(wanted, found);
  if (wanted['value'] === undefined) return sameJson(wanted, found);
  return (
    wanted['value'] === found['value'] &&
    (wanted['type'] === undefined || found['type'] === undefined || wanted['type'] === found['type'])
  );
}

function added(attribute: Attribute, list: readonly Json[], more: readonly Json[]): readonly Json[] {
  if (attribute.name !== 'members') return withoutDoubles([...list, ...more]);
  const there = new Map(list.map((m) => [(m as JsonObject)['value'], m]));
  for (const member of more) {
    const key = (member as JsonObject)['value'];
    there.set(key, { ...(there.get(key) as JsonObject | undefined), ...(member as JsonObject) });
  }
  return [...there.values()];
}

/** Changes the values a filter picks, or one sub-attribute of them. */
function changeSome(
  { attribute, where, sub }: Attributed,
  { op, value }: Change,
  list: readonly Json[],
): readonly Json[] {
  const fits = (v: Json): boolean => isObject(v) && (where === undefined || matches(v, where));
  const found = list.some(fits);
  if (!found) return nothingFits(attribute, where, sub, op, value, list);
  if (op === 'remove' && sub === undefined) return list.filter((v) => !fits(v));
  const change = (v: JsonObject): Json | undefined => {
    if (sub !== undefined) return withSub(attribute, v, sub, op === 'remove' ? undefined : value);
    const read = readOne(attribute, value);
    return op === 'add' && isObject(read) ? { ...v, ...read } : read;
  };
  return withoutDoubles(
    list.flatMap((v) => {
      const after = isObject(v) && fits(v) ? change(v) : v;
      return after === undefined ? [] : [after];
    }),
  );
}

function withSub(attribute: Attribute, of: JsonObject, sub: Attribute, value: Json | undefined): Json | undefined {
  const read = value === undefined ? undefined : readValue(sub, value, LOOSE, `${attribute.name}.${sub.name}`);
  if (attribute.name === 'members' && sub.name === 'value')
    throw refusal('mutability', 'the value of a member does not change', 'remove the member and add another');
  const { [sub.name]: _, ...others } = of;
  const out: JsonObject = read === undefined ? others : { ...others, [sub.name]: read };
  return Object.keys(out).length === 0 ? undefined : out;
}

function readOne(attribute: Attribute, value: Json | undefined): Json {
  const read = listOf(readValue(attribute, value ?? null, LOOSE));
  const [one] = read;
  if (read.length !== 1 || one === undefined) throw refusal('invalidValue', `${attribute.name} takes one value here`);
  return one;
}

/**
 * Nothing fits: `noTarget`, but that a value to add is made where the filter says what it is like (Entra ID adds
 * `emails[type eq "work"].value`), and that a member who is not there needs no removing.
 */
function nothingFits(
  attribute: Attribute,
  where: Bound | undefined,
  sub: Attribute | undefined,
  op: Change['op'],
  value: Json | undefined,
  list: readonly Json[],
): readonly Json[] {
  if (op === 'remove' && attribute.name === 'members' && sub === undefined && likeness(attribute, where) !== undefined)
    return list;
  const like = op === 'add' ? likeness(attribute, where) : undefined;
  if (like === undefined) throw refusal('noTarget', `no value of ${attribute.name} fits the path`);
  const read =
    sub === undefined ? readOne(attribute, value) : { [sub.name]: readValue(sub, value ?? null, LOOSE) ?? null };
  const made = readOne(attribute, { ...like, ...(read as JsonObject) });
  return added(attribute, list, [made]);
}

/** What a value must be like for a filter of plain equalities; undefined where the filter does not say. */
function likeness(attribute: Attribute, where: Bound | undefined): JsonObject | undefined {
  if (where === undefined) return undefined;
  const terms = where.op === 'and' ? where.parts : [where];
  const out: Record<string, Json> = {};
  for (const term of terms) {
    if (term.op !== 'compare' || term.how !== 'eq') return undefined;
    const name = named(attribute.subAttributes, term.ref.at[0] ?? '')?.name;
    if (name === undefined) return undefined;
    out[name] = term.given;
  }
  return out;
}

/** A value that became primary takes it from the one that was (RFC 7644 §3.5.2). */
export function onePrimary(attribute: Attribute, before: Json | undefined, after: Json | undefined): Json | undefined {
  if (!Array.isArray(after) || named(attribute.subAttributes, 'primary') === undefined) return after;
  const list = after as readonly Json[];
  const isPrimary = (v: Json): boolean => isObject(v) && v['primary'] === true;
  const primaries = list.filter(isPrimary);
  if (primaries.length < 2) return after;
  const was = listOf(before).filter(isPrimary);
  const fresh = primaries.filter((p) => !was.some((w) => sameJson(w, p)));
  if (fresh.length !== 1) return after;
  return list.map((v) => (isPrimary(v) && v !== fresh[0] ? { ...(v as JsonObject), primary: false } : v));
}
