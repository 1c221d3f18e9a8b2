import type { ActionScope, Ast, PolicyAst, Scope } from './ast.ts';
import { readExpression, UnsupportedPolicy, type SetAsideInteger } from './read-expression.ts';
import { readUid } from './values/read-value.ts';
import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { EntityUid } from './values/value.ts';

/** Values for a template's `?principal` and `?resource`. */
export type Slots = ReadonlyMap<string, EntityUid>;
const NO_SLOTS: Slots = new Map();

/** Cedar's JSON policy, or a template with its slots filled, to a PolicyAst. Throws UnsupportedPolicy. */
export const readPolicy = (
  id: string,
  json: PolicyJson,
  setAside: SetAsideInteger = () => undefined,
  slots: Slots = NO_SLOTS,
): PolicyAst => ({
  id,
  effect: json.effect,
  principal: readScope(json.principal, slots),
  action: readActionScope(json.action),
  resource: readScope(json.resource, slots),
  conditions: json.conditions.map(({ kind, body }): Ast => {
    const condition = readExpression(body, setAside);
    return kind === 'when' ? condition : { op: 'not', arg: condition };
  }),
  annotations: new Map(Object.entries(json.annotations ?? {}).map(([name, value]) => [name, value ?? ''])),
});

const keyOf = (constraint: object, slots: Slots): string => {
  if ('entity' in constraint) return readUid(constraint.entity).key;
  const filled = 'slot' in constraint && typeof constraint.slot === 'string' ? slots.get(constraint.slot) : undefined;
  if (filled === undefined) throw new UnsupportedPolicy('a template has a slot that nothing fills');
  return filled.key;
};

const readScope = (scope: PolicyJson['principal'], slots: Slots): Scope => {
  switch (scope.op) {
    case 'All':
      return { kind: 'any' };
    case '==':
      return { kind: 'eq', key: keyOf(scope, slots) };
    case 'in':
      return { kind: 'in', key: keyOf(scope, slots) };
    case 'is':
      return {
        kind: 'is',
        type: scope.entity_type,
        withinKey: scope.in === undefined ? undefined : keyOf(scope.in, slots),
      };
  }
};

const readActionScope = (scope: PolicyJson['action']): ActionScope => {
  switch (scope.op) {
    case 'All':
      return { kind: 'any' };
    case '==':
      return { kind: 'eq', key: keyOf(scope, NO_SLOTS) };
    case 'in':
      return {
        kind: 'in',
        keys: 'entities' in scope ? scope.entities.map((e) => readUid(e).key) : [keyOf(scope, NO_SLOTS)],
      };
  }
};
