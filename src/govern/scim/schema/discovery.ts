import type { Attribute, Schema } from './attribute.ts';
import type { Json, JsonObject } from './json.ts';
import { KINDS, type ResourceKind } from './resource-kind.ts';

/** What one request may ask for at most; told to clients by ServiceProviderConfig. */
export const LIMITS = {
  /** Resources of a page. */
  page: 1_000,
  /** Resources of a page for which no count is given. */
  defaultPage: 100,
  bulkOperations: 1_000,
  bulkBytes: 4 * 1024 * 1024,
  /** Seconds in which the next page has to be asked for. */
  cursorSeconds: 3_600,
} as const;

const described = (a: Attribute): JsonObject => ({
  name: a.name,
  type: a.type,
  multiValued: a.multiValued,
  description: a.description,
  required: a.required,
  ...(a.type === 'complex' ? {} : { caseExact: a.caseExact }),
  mutability: a.mutability,
  returned: a.returned,
  ...(a.type === 'complex' ? {} : { uniqueness: a.uniqueness }),
  ...(a.canonicalValues === undefined ? {} : { canonicalValues: a.canonicalValues }),
  ...(a.referenceTypes === undefined ? {} : { referenceTypes: a.referenceTypes }),
  ...(a.type === 'complex' ? { subAttributes: a.subAttributes.map(described) } : {}),
});

const ALL_SCHEMAS: readonly Schema[] = KINDS.flatMap((k) => [k.schema, ...k.extensions]);

const schemaDocument = (schema: Schema, base: string): JsonObject => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
  id: schema.id,
  name: schema.name,
  description: schema.description,
  attributes: schema.attributes.map(described),
  meta: { resourceType: 'Schema', location: `${base}/Schemas/${schema.id}` },
});

const kindDocument = (kind: ResourceKind, base: string): JsonObject => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
  id: kind.name,
  name: kind.name,
  endpoint: kind.endpoint,
  description: kind.description,
  schema: kind.schema.id,
  schemaExtensions: kind.extensions.map((e) => ({ schema: e.id, required: false })),
  meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/${kind.name}` },
});

/** A list of everything there is of a kind, on one page (RFC 7644 §3.4.2). */
export const listOf = (resources: readonly Json[]): JsonObject => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
  totalResults: resources.length,
  itemsPerPage: resources.length,
  startIndex: 1,
  Resources: resources,
});

export const schemaDocuments = (base: string): JsonObject => listOf(ALL_SCHEMAS.map((s) => schemaDocument(s, base)));
export const kindDocuments = (base: string): JsonObject => listOf(KINDS.map((k) => kindDocument(k, base)));

/** One schema by its URN; undefined where there is none. */
export const findSchemaDocument = (urn: string, base: string): JsonObject | undefined => {
  const schema = ALL_SCHEMAS.find((s) => s.id.toLowerCase() === urn.toLowerCase());
  return schema === undefined ? undefined : schemaDocument(schema, base);
};

/** One resource type by its name; undefined where there is none. */
export const findKindDocument = (name: string, base: string): JsonObject | undefined => {
  const kind = KINDS.find((k) => k.name.toLowerCase() === name.toLowerCase());
  return kind === undefined ? undefined : kindDocument(kind, base);
};

/** What Reeve can do (RFC 7643 §5, RFC 9865 §4). */
export const providerConfig = (base: string): JsonObject => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
  documentationUri: 'https://datatracker.ietf.org/doc/html/rfc7644',
  patch: { supported: true },
  bulk: { supported: true, maxOperations: LIMITS.bulkOperations, maxPayloadSize: LIMITS.bulkBytes },
  filter: { supported: true, maxResults: LIMITS.page },
  changePassword: { supported: false },
  sort: { supported: true },
  etag: { supported: true },
  pagination: {
    cursor: true,
    index: true,
    defaultPaginationMethod: 'index',
    defaultPageSize: LIMITS.defaultPage,
    maxPageSize: LIMITS.page,
    cursorTimeout: LIMITS.cursorSeconds,
  },
  authenticationSchemes: [
    {
      type: 'oauthbearertoken',
      name: 'Bearer token',
      description: 'A token of this client, made with `reeve scim create` and sent as RFC 6750 says',
      specUri: 'https://datatracker.ietf.org/doc/html/rfc6750',
      primary: true,
    },
  ],
  meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
});
