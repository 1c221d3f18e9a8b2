import type { Value } from './values/value.ts';

/** A Cedar expression, read from Cedar's JSON form once, so that compiler, analyser and tests see one shape. */
export type Ast =
  | { readonly op: 'value'; readonly value: Value }
  | { readonly op: 'var'; readonly name: Variable }
  | { readonly op: 'and' | 'or'; readonly left: Ast; readonly right: Ast }
  | { readonly op: 'if'; readonly test: Ast; readonly yes: Ast; readonly no: Ast }
  | { readonly op: 'not' | 'neg' | 'isEmpty'; readonly arg: Ast }
  | { readonly op: BinaryOperator; readonly left: Ast; readonly right: Ast }
  | { readonly op: 'get'; readonly left: Ast; readonly attribute: string }
  /** `has a.b.c`: a path of one or more names. */
  | { readonly op: 'has'; readonly left: Ast; readonly path: readonly string[] }
  /** Literal runs with a wildcard between each two of them. */
  | { readonly op: 'like'; readonly left: Ast; readonly runs: readonly string[] }
  | { readonly op: 'is'; readonly left: Ast; readonly type: string; readonly within: Ast | undefined }
  | { readonly op: 'set'; readonly items: readonly Ast[] }
  | { readonly op: 'record'; readonly fields: readonly (readonly [string, Ast])[] }
  | { readonly op: 'call'; readonly name: string; readonly args: readonly Ast[] };

export type Variable = 'principal' | 'action' | 'resource' | 'context';

export type BinaryOperator =
  | '=='
  | '!='
  | 'in'
  | '<'
  | '<='
  | '>'
  | '>='
  | '+'
  | '-'
  | '*'
  | 'contains'
  | 'containsAll'
  | 'containsAny'
  | 'getTag'
  | 'hasTag';

/** What a policy's head asks of principal or resource. */
export type Scope =
  | { readonly kind: 'any' }
  | { readonly kind: 'eq'; readonly key: string }
  | { readonly kind: 'in'; readonly key: string }
  | { readonly kind: 'is'; readonly type: string; readonly withinKey: string | undefined };

/** What a policy's head asks of the action; `in` with several entities is "in any of them". */
export type ActionScope =
  | { readonly kind: 'any' }
  | { readonly kind: 'eq'; readonly key: string }
  | { readonly kind: 'in'; readonly keys: readonly string[] };

export interface PolicyAst {
  readonly id: string;
  readonly effect: 'permit' | 'forbid';
  readonly principal: Scope;
  readonly action: ActionScope;
  readonly resource: Scope;
  /** In order; an `unless` is already negated. */
  readonly conditions: readonly Ast[];
  readonly annotations: ReadonlyMap<string, string>;
}
