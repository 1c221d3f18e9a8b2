import { z } from 'zod';
import type { Operation, Registry } from '#spine/operations/index.ts';

type Json = Record<string, unknown>;

/** The path parameters of `/v1/requests/{id}`, in order. */
export const pathParameters = (path: string): readonly string[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map((m) => m[1] ?? '');

const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): Json => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json;
  return rest;
};

/** Input fields as JSON schemas, apart from each other, since some travel in the path and some in the body. */
export function inputFields(operation: Operation): {
  readonly properties: Record<string, Json>;
  readonly required: readonly string[];
} {
  const whole = schemaOf(operation.input, 'input');
  return {
    properties: (whole['properties'] ?? {}) as Record<string, Json>,
    required: (whole['required'] ?? []) as string[],
  };
}

function describe(operation: Operation, tag: string): Json {
  const inPath = pathParameters(operation.path);
  const { properties, required } = inputFields(operation);
  for (const name of inPath) {
    if (properties[name] === undefined)
      throw new Error(`operation ${operation.name}: path field ${name} is not in its input`);
  }
  const rest = Object.keys(properties).filter((name) => !inPath.includes(name));
  const inQuery = operation.method === 'GET' || operation.method === 'DELETE';
  const parameters: Json[] = inPath.map((name) => ({ name, in: 'path', required: true, schema: properties[name] }));
  if (inQuery) {
    for (const name of rest)
      parameters.push({ name, in: 'query', required: required.includes(name), schema: properties[name] });
  }
  if (operation.kind === 'write') {
    parameters.push({
      name: 'Idempotency-Key',
      in: 'header',
      required: false,
      schema: { type: 'string', maxLength: 255 },
    });
  }
  const body = {
    required: rest.some((name) => required.includes(name)),
    content: {
      'application/json': {
        schema: {
          type: 'object',
          additionalProperties: false,
          properties: Object.fromEntries(rest.map((name) => [name, properties[name]])),
          required: rest.filter((name) => required.includes(name)),
        },
      },
    },
  };
  const outputSchema = schemaOf(operation.output, 'output');
  if (operation.cookie === 'starts') delete (outputSchema['properties'] as Json | undefined)?.['sessionToken'];
  if (operation.cookie === 'starts' && Array.isArray(outputSchema['required'])) {
    outputSchema['required'] = outputSchema['required'].filter((name) => name !== 'sessionToken');
  }
  return {
    operationId: operation.name,
    tags: [tag],
    summary: operation.summary,
    ...(operation.description === undefined ? {} : { description: operation.description }),
    ...(operation.audience === 'anyone' ? { security: [] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(inQuery || rest.length === 0 ? {} : { requestBody: body }),
    responses: {
      '200': {
        description: 'Done',
        content: { [operation.media ?? 'application/json']: { schema: outputSchema } },
      },
      '4XX': { $ref: '#/components/responses/Problem' },
      '5XX': { $ref: '#/components/responses/Problem' },
    },
    'x-reeve-action': operation.action,
    'x-reeve-kind': operation.kind,
    ...(operation.cli === undefined ? {} : { 'x-reeve-cli': operation.cli }),
  };
}

/** Projects the operations into OpenAPI 3.1. Deterministic: the committed contract is compared with it. */
export function openApi(registry: Registry): Json {
  const paths: Record<string, Json> = {};
  for (const module of [...registry.modules].sort((a, b) => a.name.localeCompare(b.name))) {
    for (const operation of module.operations ?? []) {
      const path = (paths[operation.path] ??= {});
      path[operation.method.toLowerCase()] = describe(operation, module.name);
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Reeve',
      version: '1',
      summary: 'Identity security on one graph, one decision point and one log',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ session: [] }, { token: [] }],
    tags: registry.modules
      .filter((m) => (m.operations ?? []).length > 0)
      .map((m) => ({ name: m.name }))
      .sort((a, b) => a.name.localeCompare(b.name)),
    paths: Object.fromEntries(Object.entries(paths).sort(([a], [b]) => a.localeCompare(b))),
    components: {
      securitySchemes: {
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'reeve_session',
          description: 'Set by signing in; unsafe calls also send x-reeve-csrf: 1',
        },
        token: { type: 'http', scheme: 'bearer', description: 'An API token' },
      },
      responses: {
        Problem: {
          description: 'A problem document (RFC 9457)',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
      schemas: {
        Problem: {
          type: 'object',
          required: ['type', 'title', 'status', 'detail', 'code', 'trace_id'],
          properties: {
            type: { type: 'string' },
            title: { type: 'string' },
            status: { type: 'integer' },
            detail: { type: 'string' },
            code: { type: 'string' },
            fix: { type: 'string' },
            trace_id: { type: 'string' },
            errors: {
              type: 'array',
              items: {
                type: 'object',
                required: ['pointer', 'detail'],
                properties: { pointer: { type: 'string' }, detail: { type: 'string' }, fix: { type: 'string' } },
              },
            },
          },
        },
      },
    },
  };
}

/** The golden authorisation list: one line an operation, reviewed by people, compared by a test. */
export const authorisationList = (registry: Registry): string =>
  [...registry.operations.values()]
    .map(
      (o) =>
        `${o.action.padEnd(32)} ${o.kind.padEnd(5)} ${o.method.padEnd(6)} ${o.path}${o.audience === 'anyone' ? '   (no sign-in)' : ''}`,
    )
    .sort()
    .join('\n') + '\n';
