import type { ActionScope, Ast, PolicyAst, Scope } from './ast.ts';
import { readExpression, UnsupportedPolicy, type SetAsideInteger } from './read-expression.ts';
import { readUid } from './values/read-value.ts';
import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';

/** Cedar's JSON policy to a PolicyAst. Throws UnsupportedPolicy; templates have no meaning here. */
export const readPolicy = (id: string, json: PolicyJson, setAside: SetAsideInteger = () => undefined): PolicyAst => ({
  id,
  effect: json.effect,
  principal: readScope(json.principal),
  action: readActionScope(json.action),
  resource: readScope(json.resource),
  conditions: json.conditions.map(({ kind, body }): Ast => {
    const condition = readExpression(body, setAside);
    return kind === 'when' ? condition : { op: 'not', arg: condition };
  }),
  annotations: new Map(Object.entries(json.annotations ?? {}).map(([name, value]) => [name, value ?? ''])),
});

const keyOf = (constraint: object): string => {
  if ('entity' in constraint) return readUid(constraint.entity).key;
  throw new UnsupportedPolicy('a template has a slot that nothing fills');
};

const readScope = (scope: PolicyJson['principal']): Scope => {
  switch (scope.op) {
    case 'All':
      return { kind: 'any' };
    case '==':
      return { kind: 'eq', key: keyOf(scope) };
    case 'in':
      return { kind: 'in', key: keyOf(scope) };
    case 'is':
      return {
        kind: 'is',
        type: scope.entity_type,
        withinKey: scope.in === undefined ? undefined : keyOf(scope.in),
      };
  }
};

const readActionScope = (scope: PolicyJson['action']): ActionScope => {
  switch (scope.op) {
    case 'All':
      return { kind: 'any' };
    case '==':
      return { kind: 'eq', key: keyOf(scope) };
    case 'in':
      return {
        kind: 'in',
        keys: 'entities' in scope ? scope.entities.map((e) => readUid(e).key) : [keyOf(scope)],
      };
  }
};
