import type { ActionScope, Ast, PolicyAst, Scope } from './ast.ts';
import { compileTest } from './compile-expression.ts';
import type { EntityData } from './entities.ts';
import { isIn, type Env } from './env.ts';
import { isFault, type Fault } from './values/fault.ts';
import { PolicyIndex } from './policy-index.ts';
import type { EntityUid } from './values/value.ts';

/** Cedar's answer: who decided, and which policies could not be evaluated. */
export interface Answer {
  readonly allowed: boolean;
  /** Every satisfied forbid; else every satisfied permit; else none. In the order of the policy set. */
  readonly policies: readonly string[];
  readonly errors: readonly { readonly policy: string; readonly fault: Fault }[];
}

interface Compiled {
  readonly order: number;
  readonly id: string;
  readonly forbids: boolean;
  readonly principal: Scope;
  readonly action: ActionScope;
  readonly resource: Scope;
  readonly holds: (env: Env) => boolean;
}

/**
 * A policy set made ready to answer. Immutable: a new version is a new object, so a decision never sees half of
 * one set and half of another.
 */
export class CompiledPolicies {
  readonly size: number;
  readonly #index: PolicyIndex<Compiled>;

  constructor(policies: readonly PolicyAst[]) {
    this.size = policies.length;
    this.#index = new PolicyIndex(policies.map(compilePolicy));
  }

  /** Never throws for a policy's sake: a policy that cannot be evaluated is listed and counts for nothing. */
  answer(env: Env): Answer {
    const permits: Compiled[] = [];
    const forbids: Compiled[] = [];
    const errors: { order: number; policy: string; fault: Fault }[] = [];
    let seen: Set<Compiled> | undefined;
    this.#index.visit(env, (policy) => {
      if (policy.action.kind === 'in' && policy.action.keys.length > 1) {
        seen ??= new Set();
        if (seen.has(policy)) return;
        seen.add(policy);
      }
      if (
        !matches(policy.principal, env.principal, env.principalData) ||
        !matches(policy.resource, env.resource, env.resourceData)
      )
        return;
      try {
        if (policy.holds(env)) (policy.forbids ? forbids : permits).push(policy);
      } catch (fault) {
        if (!isFault(fault)) throw fault;
        errors.push({ order: policy.order, policy: policy.id, fault });
      }
    });
    const deciding = forbids.length > 0 ? forbids : permits;
    return {
      allowed: forbids.length === 0 && permits.length > 0,
      policies: deciding.sort((a, b) => a.order - b.order).map((policy) => policy.id),
      errors: errors.sort((a, b) => a.order - b.order).map(({ policy, fault }) => ({ policy, fault })),
    };
  }
}

const compilePolicy = (policy: PolicyAst, order: number): Compiled => {
  const [first, ...rest] = policy.conditions;
  const condition =
    first === undefined ? undefined : rest.reduce<Ast>((left, right) => ({ op: 'and', left, right }), first);
  return {
    order,
    id: policy.id,
    forbids: policy.effect === 'forbid',
    principal: policy.principal,
    action: policy.action,
    resource: policy.resource,
    holds: condition === undefined ? () => true : compileTest(condition),
  };
};

const matches = (scope: Scope, uid: EntityUid, data: EntityData | undefined): boolean => {
  switch (scope.kind) {
    case 'any':
      return true;
    case 'eq':
      return uid.key === scope.key;
    case 'in':
      return isIn(uid, data, scope.key);
    case 'is':
      return uid.type === scope.type && (scope.withinKey === undefined || isIn(uid, data, scope.withinKey));
  }
};
