/** Bodies of requests that change a user (RFC 7643 §4.1, RFC 7644 §3.5.2). */
import type { Change } from '../../port.ts';
import type { ScimSettings } from '../settings.ts';

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

export interface Operation {
  readonly op: 'add' | 'remove' | 'replace';
  readonly path: string;
  readonly value?: unknown;
}

export const patchOf = (operations: readonly Operation[]): unknown => ({ schemas: [PATCH], Operations: operations });

/** Attributes that hold many values: one of type work is Reeve's. */
const MANY: ReadonlySet<string> = new Set(['emails', 'phoneNumbers', 'addresses']);

/** Makes an attribute what is given; null takes it away. */
export function replacing(path: string, value: string | boolean | null): Operation {
  if (value === null) return { op: 'remove', path };
  if (MANY.has(path)) return { op: 'replace', path, value: [{ value, type: 'work', primary: true }] };
  return { op: 'replace', path, value };
}

export function newUser(change: Extract<Change, { do: 'create_account' }>, settings: ScimSettings): unknown {
  const body: Record<string, unknown> = {
    schemas: [USER],
    userName: change.account,
    active: true,
    ...(change.fullName === '' ? {} : { displayName: change.fullName }),
  };
  for (const [fact, value] of Object.entries(change.attributes ?? {})) {
    const path = settings.attributes[fact];
    if (path !== undefined && value !== null) put(body, path, value);
  }
  // Most providers want a family name; a name nobody gave in parts is better whole than missing.
  const name = (body['name'] ?? {}) as Record<string, unknown>;
  const formatted = change.fullName === '' ? {} : { formatted: change.fullName };
  body['name'] = { ...formatted, familyName: change.fullName === '' ? change.account : change.fullName, ...name };
  return body;
}

function put(body: Record<string, unknown>, path: string, value: string): void {
  const schema = /^(urn:.+):([^:]+)$/u.exec(path);
  let holder = body;
  if (schema !== null) {
    const urn = schema[1] ?? '';
    if (!(urn in body)) (body['schemas'] as string[]).push(urn);
    holder = (body[urn] ??= {}) as Record<string, unknown>;
  }
  const [first = '', second] = (schema?.[2] ?? path).split('.');
  if (second === undefined) holder[first] = MANY.has(first) ? [{ value, type: 'work', primary: true }] : value;
  else holder[first] = { ...(holder[first] as Record<string, unknown> | undefined), [second]: value };
}
