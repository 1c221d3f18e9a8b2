import { AppError } from '#kit/errors/index.ts';
import { refusal } from '../errors.ts';
import { LIMITS } from '../schema/discovery.ts';
import { isObject, type Json, type JsonObject } from '../schema/json.ts';
import { KINDS, type ResourceKind } from '../schema/resource-kind.ts';

const BULK_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
const METHODS = ['POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type BulkMethod = (typeof METHODS)[number];

/** An operation of a bulk request, as written; `problem` where it cannot be carried out. */
export interface BulkOperation {
  readonly method: BulkMethod | undefined;
  readonly methodGiven: string;
  readonly bulkId: string | undefined;
  readonly version: string | undefined;
  readonly kind: ResourceKind | undefined;
  /** The id in the path, or `bulkId:…`. */
  readonly id: string | undefined;
  readonly data: Json | undefined;
  readonly problem: AppError | undefined;
}

export interface Bulk {
  /** Stop after this many failures; undefined: never. */
  readonly failOnErrors: number | undefined;
  readonly operations: readonly BulkOperation[];
}

const textOf = (value: Json | undefined): string | undefined => (typeof value === 'string' ? value : undefined);

/** Reads a bulk request (RFC 7644 §3.7). Throws `invalidSyntax`, and 413 for too many operations. */
export function parseBulk(raw: unknown): Bulk {
  if (!isObject(raw)) throw refusal('invalidSyntax', 'the body is a JSON object');
  const { schemas, failOnErrors, Operations: operations } = raw;
  if (!Array.isArray(schemas) || !schemas.some((s: Json) => s === BULK_SCHEMA))
    throw refusal('invalidSyntax', `schemas does not name ${BULK_SCHEMA}`);
  if (!Array.isArray(operations) || operations.length === 0)
    throw refusal('invalidSyntax', 'Operations is a list of at least one operation');
  if (operations.length > LIMITS.bulkOperations)
    throw new AppError({
      code: 'scim.bulk_too_large',
      status: 413,
      detail: `a bulk request has at most ${LIMITS.bulkOperations} operations and ${LIMITS.bulkBytes} bytes`,
    });
  const stop = failOnErrors ?? undefined;
  if (stop !== undefined && !(typeof stop === 'number' && Number.isInteger(stop) && stop > 0))
    throw refusal('invalidValue', 'failOnErrors is a number of failures, at least 1');
  const read = (operations as readonly Json[]).map(readOperation);
  const ids = read.flatMap((o) => o.bulkId ?? []);
  if (new Set(ids).size !== ids.length) throw refusal('invalidValue', 'a bulkId is given to one operation only');
  return { failOnErrors: stop, operations: read };
}

function readOperation(raw: Json): BulkOperation {
  if (!isObject(raw)) throw refusal('invalidSyntax', 'an operation is a JSON object');
  const methodGiven = textOf(raw['method']) ?? '';
  const method = METHODS.find((m) => m === methodGiven.toUpperCase());
  const [, endpoint, id] = /^(\/[A-Za-z]+)(?:\/([^/?#]+))?$/.exec(textOf(raw['path']) ?? '') ?? [];
  const kind = KINDS.find((k) => k.endpoint === endpoint);
  const bulkId = textOf(raw['bulkId']);
  const operation = { method, methodGiven, bulkId, version: textOf(raw['version']), kind, id, data: raw['data'] };
  return { ...operation, problem: problemOf(operation, raw) };
}

function problemOf(o: Omit<BulkOperation, 'problem'>, raw: JsonObject): AppError | undefined {
  if (o.method === undefined) return refusal('invalidSyntax', 'method is POST, PUT, PATCH or DELETE');
  if (o.kind === undefined) return refusal('invalidPath', 'path is /Users or /Groups, with an id behind it');
  if ((o.method === 'POST') !== (o.id === undefined))
    return refusal(
      'invalidPath',
      o.method === 'POST' ? 'POST has no id in its path' : `${o.method} needs an id in its path`,
    );
  if (o.method === 'POST' && (o.bulkId === undefined || o.bulkId === '' || o.bulkId.length > 200))
    return refusal('invalidSyntax', 'POST needs a bulkId of at most 200 characters');
  if (raw['bulkId'] !== undefined && o.bulkId === undefined) return refusal('invalidSyntax', 'bulkId is a text');
  if (o.method !== 'DELETE' && !isObject(o.data)) return refusal('invalidSyntax', `${o.method} needs data, an object`);
  return undefined;
}
