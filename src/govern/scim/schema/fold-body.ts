import type { Attribute } from './attribute.ts';
import { fold, isObject, type Body, type Json } from './json.ts';
import { COMMON, type ResourceKind } from './resource-kind.ts';

/** The document as it is searched: texts that do not regard case are folded, so that equal means equal to the database. */
export function foldBody(kind: ResourceKind, body: Body): Body {
  const known = new Map<string, readonly Attribute[]>(kind.extensions.map((e) => [e.id, e.attributes]));
  const top = [...COMMON, ...kind.schema.attributes];
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => {
      const extension = known.get(name);
      return [name, extension === undefined ? foldOf(top, name, value) : foldInner(extension, value)];
    }),
  );
}

function foldOf(attributes: readonly Attribute[], name: string, value: Json): Json {
  const attribute = attributes.find((a) => a.name === name);
  if (attribute === undefined) return value;
  if (Array.isArray(value)) return (value as readonly Json[]).map((v) => foldOf(attributes, name, v));
  if (attribute.type === 'complex') return foldInner(attribute.subAttributes, value);
  return typeof value === 'string' && !attribute.caseExact ? fold(value) : value;
}

const foldInner = (attributes: readonly Attribute[], value: Json): Json =>
  isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, foldOf(attributes, name, inner)]))
    : value;
