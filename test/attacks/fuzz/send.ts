import type { Operation } from '#spine/operations/index.ts';
import type { Answer, Caller } from '../../harness/peopled-house.ts';
import type { OneOfEach } from '../one-of-each.ts';
import { kindOf } from './kinds.ts';

/** Fields that name a thing, and the kind of thing: so that an input gets past "there is no such thing". */
const NAMES: Readonly<Record<string, string>> = {
  identityId: 'Identity',
  identity: 'Identity',
  beneficiaryId: 'Identity',
  entitlementId: 'Entitlement',
  accountId: 'Account',
  systemId: 'System',
  roleId: 'Role',
  grantId: 'Grant',
  ruleId: 'SodRule',
  runId: 'Run',
};
let made = 0;
const inQuery = (operation: Operation): boolean => operation.method === 'GET' || operation.method === 'DELETE';

/** The input with things that are there in place of invented ones, except in `spare`. */
export function withThings(
  operation: Operation,
  input: Readonly<Record<string, unknown>>,
  world: OneOfEach,
  spare: string,
): Record<string, unknown> {
  const parameter = /\{(\w+)\}/.exec(operation.path)?.[1];
  const out = { ...input };
  if (parameter !== undefined && parameter !== spare) out[parameter] = world.get(kindOf(operation)) ?? out[parameter];
  for (const name of Object.keys(out)) {
    const kind = NAMES[name];
    if (kind !== undefined && name !== spare && name !== parameter) out[name] = world.get(kind) ?? out[name];
  }
  // What is made a second time under one name is a conflict, and nothing further is looked at.
  if (typeof out['name'] === 'string' && spare !== 'name' && !inQuery(operation)) out['name'] = `n${(made += 1)}`;
  // Either an entitlement or a role: most give an entitlement.
  if ('entitlementId' in operation.input.shape && spare !== 'entitlementId' && spare !== 'roleId')
    out['entitlementId'] ??= world.get('Entitlement');
  return out;
}

/** Sends an input as the operation takes it over HTTP: in the path, in the query or in the body. */
export async function send(caller: Caller, operation: Operation, input: Record<string, unknown>): Promise<Answer> {
  const rest = { ...input };
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => {
    const value = rest[name];
    delete rest[name];
    return encodeURIComponent(typeof value === 'string' ? value : JSON.stringify(value));
  });
  if (!inQuery(operation)) return await caller.call(operation.method, path, rest);
  const query = Object.entries(rest).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(asText(value))}`,
  );
  return await caller.call(operation.method, query.length === 0 ? path : `${path}?${query.join('&')}`);
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** True where a spot of this field can be sent as it is: a path and a query hold texts only. */
export const travelsWhole = (operation: Operation, field: string, value: unknown): boolean =>
  (!inQuery(operation) && !operation.path.includes(`{${field}}`)) ||
  (typeof value === 'string' && value !== '' && value.isWellFormed() && !['.', '..'].includes(value));
