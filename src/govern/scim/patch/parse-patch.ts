import { refusal } from '../errors.ts';
import { isObject, type Json, type JsonObject } from '../schema/json.ts';
import type { ResourceKind } from '../schema/resource-kind.ts';
import { parsePath, type PatchTarget } from './parse-path.ts';

export const PATCH_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const MOST = 1_000;

/** One operation, its path looked up. A value object without a path has become one change for each of its names. */
export interface Change {
  readonly op: 'add' | 'replace' | 'remove';
  readonly target: PatchTarget;
  /** Undefined only for a remove. */
  readonly value: Json | undefined;
  /** Whether it came in a value object without a path, where clients also send what cannot change. */
  readonly spread: boolean;
}

const memberOf = (object: JsonObject, name: string): Json | undefined => {
  const key = Object.keys(object).find((k) => k.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : object[key];
};

/** Reads the body of a PATCH. Throws `invalidSyntax`, `invalidPath`, `invalidValue` or `noTarget` (RFC 7644 §3.5.2). */
export function parsePatch(kind: ResourceKind, raw: unknown): readonly Change[] {
  if (!isObject(raw)) throw refusal('invalidSyntax', 'the body is a JSON object');
  const schemas = memberOf(raw, 'schemas');
  if (
    !Array.isArray(schemas) ||
    !schemas.some((s) => typeof s === 'string' && s.toLowerCase() === PATCH_SCHEMA.toLowerCase())
  )
    throw refusal('invalidSyntax', `schemas does not name ${PATCH_SCHEMA}`);
  const operations = memberOf(raw, 'Operations');
  if (!Array.isArray(operations) || operations.length === 0)
    throw refusal('invalidSyntax', 'Operations is a list of at least one operation');
  if (operations.length > MOST) throw refusal('invalidSyntax', `Operations has at most ${MOST} operations`);
  return operations.flatMap((operation: Json) => parseOperation(kind, operation));
}

function parseOperation(kind: ResourceKind, raw: Json): readonly Change[] {
  if (!isObject(raw)) throw refusal('invalidSyntax', 'an operation is a JSON object');
  const word = memberOf(raw, 'op');
  const op = typeof word === 'string' ? word.toLowerCase() : undefined;
  if (op !== 'add' && op !== 'replace' && op !== 'remove')
    throw refusal('invalidSyntax', 'op is add, replace or remove');
  const path = memberOf(raw, 'path');
  const value = memberOf(raw, 'value');
  if (path !== undefined && path !== null) {
    if (typeof path !== 'string') throw refusal('invalidPath', 'path is a text');
    if (op !== 'remove' && value === undefined) throw refusal('invalidValue', `${op} needs a value`);
    return [{ op, target: parsePath(kind, path), value, spread: false }];
  }
  if (op === 'remove') throw refusal('noTarget', 'remove needs a path');
  if (!isObject(value)) throw refusal('invalidValue', 'without a path, value is an object of attributes');
  const names = Object.keys(value);
  if (names.length === 0) throw refusal('invalidValue', 'the value object is empty');
  return names.map((name) => ({ op, target: parsePath(kind, name), value: value[name] ?? null, spread: true }));
}
