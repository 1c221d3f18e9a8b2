import { refusal } from '../errors.ts';
import { named, type Schema } from '../schema/attribute.ts';
import { completeBody } from '../schema/read-resource.ts';
import { isObject, type Body, type Json, type JsonObject } from '../schema/json.ts';
import { checkPrimary, readValue } from '../schema/read-value.ts';
import type { ResourceKind } from '../schema/resource-kind.ts';
import { changeValues, onePrimary } from './change-values.ts';
import type { PatchTarget } from './parse-path.ts';
import { parsePatch, type Change } from './parse-patch.ts';

const LOOSE = { loose: true } as const;
type Attributed = Exclude<PatchTarget, { readonly extension: Schema }>;

/** A resource with what only Reeve can say of it; a client may send it back unchanged. */
export type Known = Readonly<Record<string, Json>>;

/**
 * Applies the operations of a PATCH in order, all or none (RFC 7644 §3.5.2). `body` is not changed. For a group it
 * holds the members that the operations may touch.
 */
export function applyPatch(kind: ResourceKind, body: Body, raw: unknown, known: Known = {}): Body {
  let out: Body = body;
  for (const change of parsePatch(kind, raw)) out = applyChange(out, change, known);
  return completeBody(kind, out);
}

function applyChange(body: Body, change: Change, known: Known): Body {
  const { target } = change;
  if (target.extension !== undefined) return changeExtension(body, target.extension, change);
  const { attribute, at } = target;
  if (attribute.mutability === 'readOnly' || attribute.name === 'schemas') {
    if (change.spread && isEcho(attribute.name, change.value, known)) return body;
    throw refusal('mutability', `${attribute.name} is read-only`);
  }
  if (attribute.mutability === 'writeOnly') return body;
  if (target.sub?.mutability === 'readOnly') throw refusal('mutability', `${target.sub.name} is read-only`);
  if (change.op === 'remove' && attribute.required && target.where === undefined && target.sub === undefined)
    throw refusal('mutability', `${attribute.name} is required and cannot be removed`);
  const before = valueAt(body, at);
  const after = attribute.multiValued
    ? onePrimary(attribute, before, changeValues(target, change, before))
    : changeSingle(target, change, before);
  checkPrimary(attribute, after);
  return withValue(body, at, after);
}

/** Okta sends a group's `id` along, others `schemas` and `meta`: no change is asked for. */
const isEcho = (name: string, value: Json | undefined, known: Known): boolean =>
  name === 'schemas' || name === 'meta' || (name === 'id' && value === known['id']);

const valueAt = (body: Body, at: Attributed['at']): Json | undefined => {
  const outer = body[at[0]];
  if (at.length === 1) return outer;
  return isObject(outer) ? outer[at[1]] : undefined;
};

function withValue(body: Body, at: Attributed['at'], value: Json | undefined): Body {
  const { [at[0]]: outer, ...rest } = body;
  if (at.length === 1) return value === undefined ? rest : { ...rest, [at[0]]: value };
  const { [at[1]]: _, ...others } = isObject(outer) ? outer : ({} as JsonObject);
  const inner: JsonObject = value === undefined ? others : { ...others, [at[1]]: value };
  return Object.keys(inner).length === 0 ? rest : { ...rest, [at[0]]: inner };
}

function changeSingle(
  { attribute, sub }: Attributed,
  { op, value }: Change,
  before: Json | undefined,
): Json | undefined {
  if (sub !== undefined) {
    const inner = op === 'remove' ? undefined : readValue(sub, value ?? null, LOOSE, `${attribute.name}.${sub.name}`);
    if (op === 'add' && inner === undefined) throw refusal('invalidValue', `${sub.name} has no value to add`);
    const { [sub.name]: _, ...others } = isObject(before) ? before : ({} as JsonObject);
    const out: JsonObject = inner === undefined ? others : { ...others, [sub.name]: inner };
    return Object.keys(out).length === 0 ? undefined : out;
  }
  if (op === 'remove') return undefined;
  const read = readValue(attribute, value ?? null, LOOSE);
  if (read === undefined && (op === 'add' || attribute.required))
    throw refusal('invalidValue', `${attribute.name} has no value to ${op}`);
  // Of a complex value the sub-attributes given are set, the others stay.
  return isObject(read) && isObject(before) ? { ...before, ...read } : read;
}

function changeExtension(body: Body, extension: Schema, { op, value }: Change): Body {
  const { [extension.id]: before, ...rest } = body;
  if (op === 'remove' || value === null) return rest;
  if (!isObject(value)) throw refusal('invalidValue', `${extension.id} is an object`);
  if (Object.keys(value).length === 0) throw refusal('invalidValue', `${extension.id} is empty`);
  const out: Record<string, Json> = { ...(isObject(before) ? before : {}) };
  for (const [name, inner] of Object.entries(value)) {
    const attribute = named(extension.attributes, name);
    if (attribute === undefined)
      throw refusal('invalidPath', 'the value names an attribute that is not in the schema', 'see /Schemas');
    const read = readValue(attribute, inner, LOOSE);
    if (read === undefined) delete out[attribute.name];
    else
      out[attribute.name] =
        isObject(read) && isObject(out[attribute.name]) ? { ...(out[attribute.name] as JsonObject), ...read } : read;
  }
  return Object.keys(out).length === 0 ? rest : { ...rest, [extension.id]: out };
}
