import type { CedarValueJson, EntityJson, EntityUidJson, SchemaJson } from '@cedar-policy/cedar-wasm/nodejs';

/**
 * Cedar reads entities and contexts by their schema: where it says Entity, `{ type, id }` is one, and where it says
 * decimal, `"0.5"` is one. Cedar's own tests are written so. This writes the escapes out, for readers without schema.
 */

type Json = Readonly<Record<string, unknown>>;
const isJson = (x: unknown): x is Json => typeof x === 'object' && x !== null && !Array.isArray(x);

const CONSTRUCTOR: Readonly<Record<string, string>> = {
  ipaddr: 'ip',
  decimal: 'decimal',
  datetime: 'datetime',
  duration: 'duration',
};

export const explicitValue = (value: unknown, type: unknown, schema: SchemaJson<string>): CedarValueJson => {
  if (!isJson(type)) return value as CedarValueJson;
  if (isJson(type.type)) return explicitValue(value, type.type, schema);
  switch (type.type) {
    case 'Entity':
      return isJson(value) && '__entity' in value ? (value as CedarValueJson) : ({ __entity: value } as CedarValueJson);
    case 'Extension':
      if (isJson(value) && '__extn' in value) return value as CedarValueJson;
      return {
        __extn: isJson(value) ? value : { fn: CONSTRUCTOR[String(type.name)] ?? '', arg: value },
      } as CedarValueJson;
    case 'Set':
      return (value as unknown[]).map((item) => explicitValue(item, type.element, schema));
    case 'Record': {
      const attributes = isJson(type.attributes) ? type.attributes : {};
      return Object.fromEntries(
        Object.entries(value as Json).map(([name, field]) => [name, explicitValue(field, attributes[name], schema)]),
      );
    }
    case 'String':
    case 'Long':
    case 'Boolean':
      return value as CedarValueJson;
    default: {
      const common = commonType(String(type.type), schema);
      return common === undefined ? (value as CedarValueJson) : explicitValue(value, common, schema);
    }
  }
};

const commonType = (name: string, schema: SchemaJson<string>): unknown => {
  for (const [namespace, { commonTypes }] of Object.entries(schema)) {
    for (const [short, type] of Object.entries(commonTypes ?? {})) {
      if (name === short || name === `${namespace}::${short}`) return type;
    }
  }
  return undefined;
};

const plainUid = (uid: EntityUidJson): { type: string; id: string } => ('__entity' in uid ? uid.__entity : uid);

const declared = <T>(
  name: string,
  table: (namespace: SchemaJson<string>[string]) => Readonly<Record<string, T>>,
  schema: SchemaJson<string>,
): T | undefined => {
  for (const [namespace, definition] of Object.entries(schema)) {
    for (const [short, found] of Object.entries(table(definition))) {
      if (name === (namespace === '' ? short : `${namespace}::${short}`)) return found;
    }
  }
  return undefined;
};

/** Entities with escapes written out; those of actions, which Cedar takes from the schema, are added. */
export const explicitEntities = (entities: readonly EntityJson[], schema: SchemaJson<string>): EntityJson[] => {
  const given = entities.map((entity): EntityJson => {
    const type = declared(plainUid(entity.uid).type, (n) => n.entityTypes, schema);
    const shape = type !== undefined && 'shape' in type ? type.shape : undefined;
    const tags = type !== undefined && 'tags' in type ? type.tags : undefined;
    return {
      ...entity,
      attrs: explicitValue(entity.attrs, shape, schema) as Record<string, CedarValueJson>,
      tags: Object.fromEntries(
        Object.entries(entity.tags ?? {}).map(([name, tag]) => [name, explicitValue(tag, tags, schema)]),
      ),
    };
  });
  const actions = Object.entries(schema).flatMap(([namespace, { actions: all }]) => {
    const type = namespace === '' ? 'Action' : `${namespace}::Action`;
    return Object.entries(all).map(([id, { memberOf }]): EntityJson => ({
      uid: { type, id },
      attrs: {},
      parents: (memberOf ?? []).map((group) => ({ type: group.type ?? type, id: group.id })),
    }));
  });
  return [...given, ...actions];
};

/** A request's context with its escapes written out, by what the schema says of its action. */
export const explicitContext = (
  context: Json,
  action: EntityUidJson,
  schema: SchemaJson<string>,
): Record<string, CedarValueJson> => {
  const { type, id } = plainUid(action);
  const namespace = type === 'Action' ? '' : type.slice(0, -'::Action'.length);
  return explicitValue(
    context,
    schema[namespace]?.actions[id]?.appliesTo?.context ?? { type: 'Record', attributes: {} },
    schema,
  ) as Record<string, CedarValueJson>;
};
