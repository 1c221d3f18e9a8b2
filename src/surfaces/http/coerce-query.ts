import type { Operation } from '#spine/operations/index.ts';
import { inputFields } from './openapi.ts';

const typesOf = (schema: Record<string, unknown> | undefined): readonly unknown[] => {
  if (schema === undefined) return [];
  const inner = [...((schema['anyOf'] as Record<string, unknown>[] | undefined) ?? [])];
  return [schema['type'], ...inner.flatMap(typesOf)].flat();
};

/**
 * Query strings are text; the fields of an operation are not. Returns a function that turns `limit=50` into 50,
 * `live=true` into true and a repeated or comma-separated field into an array, by the field's own schema.
 * What does not fit is left as text, for the schema to refuse by name.
 */
export function queryCoercion(
  operation: Operation,
): (query: Readonly<Record<string, unknown>>) => Record<string, unknown> {
  const { properties } = inputFields(operation);
  return (query) => {
    const out = Object.create(null) as Record<string, unknown>;
    for (const [name, value] of Object.entries(query)) {
      const types = typesOf(Object.hasOwn(properties, name) ? properties[name] : undefined);
      if (types.includes('array')) out[name] = Array.isArray(value) ? value : String(value).split(',');
      else if ((types.includes('integer') || types.includes('number')) && /^-?\d+(\.\d+)?$/.test(String(value)))
        out[name] = Number(value);
      else if (types.includes('boolean') && (value === 'true' || value === 'false')) out[name] = value === 'true';
      else out[name] = value;
    }
    return out;
  };
}
