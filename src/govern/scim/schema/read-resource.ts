import { refusal } from '../errors.ts';
import { named, type Schema } from './attribute.ts';
import { isObject, type Body, type Json, type JsonObject } from './json.ts';
import { checkPrimary, readValue } from './read-value.ts';
import { findTarget, type ResourceKind } from './resource-kind.ts';

/**
 * Reads a resource as POST and PUT bring it: by the kind's schema, names in any case. What is read-only is left to
 * Reeve, what no schema knows is left out (RFC 7644 §3.3). Throws `invalidSyntax` or `invalidValue`.
 */
export function readResource(kind: ResourceKind, raw: unknown): Body {
  if (!isObject(raw)) throw refusal('invalidSyntax', 'the body is a JSON object');
  checkSchemas(kind, raw);
  const body: Record<string, Json> = {};
  const seen = new Set<string>();
  for (const [name, value] of Object.entries(raw)) {
    const lower = name.toLowerCase();
    if (seen.has(lower)) throw refusal('invalidSyntax', `${name} is given twice`);
    seen.add(lower);
    const target = findTarget(kind, name);
    if (target?.extension !== undefined) {
      if (value !== null) mergeExtension(body, target.extension, value);
      continue;
    }
    const place = target?.place;
    if (place === undefined || place.sub !== undefined || ['schemas', 'id', 'meta'].includes(place.attribute.name))
      continue;
    const { attribute, at } = place;
    if (attribute.mutability === 'readOnly' || attribute.mutability === 'writeOnly') continue;
    const read = readValue(attribute, value, { loose: false });
    checkPrimary(attribute, read);
    if (read === undefined) continue;
    if (at.length === 1) body[at[0]] = read;
    else body[at[0]] = { ...(body[at[0]] as JsonObject | undefined), [at[1]]: read };
  }
  return completeBody(kind, body);
}

function checkSchemas(kind: ResourceKind, raw: JsonObject): void {
  const key = Object.keys(raw).find((name) => name.toLowerCase() === 'schemas');
  const schemas = key === undefined ? undefined : raw[key];
  if (!Array.isArray(schemas) || !schemas.every((s) => typeof s === 'string'))
    throw refusal('invalidSyntax', 'schemas is a list of the URNs the resource is of', `name ${kind.schema.id}`);
  if (!schemas.some((s: string) => s.toLowerCase() === kind.schema.id.toLowerCase()))
    throw refusal('invalidSyntax', `schemas does not name ${kind.schema.id}`, 'name it, and any extension used');
}

function mergeExtension(body: Record<string, Json>, extension: Schema, raw: Json): void {
  if (!isObject(raw)) throw refusal('invalidValue', `${extension.id} is an object`);
  const out: Record<string, Json> = { ...(body[extension.id] as JsonObject | undefined) };
  for (const [name, value] of Object.entries(raw)) {
    const attribute = named(extension.attributes, name);
    if (attribute === undefined || attribute.mutability === 'readOnly') continue;
    const read = readValue(attribute, value, { loose: attribute.name === 'manager' });
    if (read !== undefined) out[attribute.name] = read;
  }
  if (Object.keys(out).length > 0) body[extension.id] = out;
}

/**
 * Checks what holds of a whole resource, and puts `schemas` right: the kind's own, and each extension with something
 * in it. Throws `invalidValue` where a required attribute is missing.
 */
export function completeBody(kind: ResourceKind, body: Body): Body {
  for (const attribute of kind.schema.attributes) {
    if (attribute.required && body[attribute.name] === undefined)
      throw refusal('invalidValue', `${attribute.name} is required`);
  }
  const used = kind.extensions.filter((e) => body[e.id] !== undefined).map((e) => e.id);
  return { ...body, schemas: [kind.schema.id, ...used] };
}
