import type { ActionScope, Scope } from './ast.ts';
import type { EntityData } from './entities.ts';
import type { Env } from './env.ts';
import type { EntityUid } from './values/value.ts';

/** What the index needs to know of a policy: its head. */
export interface Scoped {
  readonly principal: Scope;
  readonly action: ActionScope;
  readonly resource: Scope;
}

/**
 * Finds the policies whose head can match a question without looking at the others: by action first, then by the
 * principal's head, or by the resource's where the principal is open. What it returns may still be narrowed by the
 * head's other half; what it leaves out cannot match. So 200 policies about other actions cost nothing.
 */
export class PolicyIndex<P extends Scoped> {
  readonly #anyAction = new Buckets<P>();
  readonly #byAction = new Map<string, Buckets<P>>();
  readonly #byActionGroup = new Map<string, Buckets<P>>();

  constructor(policies: Iterable<P>) {
    for (const policy of policies) {
      const { action } = policy;
      if (action.kind === 'any') this.#anyAction.add(policy);
      else if (action.kind === 'eq') bucketsOf(this.#byAction, action.key).add(policy);
      else for (const key of new Set(action.keys)) bucketsOf(this.#byActionGroup, key).add(policy);
    }
  }

  /** Calls `visit` once or more for each policy that can match; more only where an action is in two named groups. */
  visit(env: Env, visit: (policy: P) => void): void {
    this.#anyAction.visit(env, visit);
    this.#byAction.get(env.action.key)?.visit(env, visit);
    if (this.#byActionGroup.size === 0) return;
    this.#byActionGroup.get(env.action.key)?.visit(env, visit);
    eachAncestor(env.actionData, this.#byActionGroup, (buckets) => buckets.visit(env, visit));
  }
}

const bucketsOf = <P extends Scoped>(map: Map<string, Buckets<P>>, key: string): Buckets<P> => {
  const found = map.get(key) ?? new Buckets<P>();
  map.set(key, found);
  return found;
};

/** Policies of one action. Each is filed once: under its principal, else under its resource, else as open. */
class Buckets<P extends Scoped> {
  readonly #principal = new ScopeBuckets<P>();
  readonly #resource = new ScopeBuckets<P>();
  readonly #open: P[] = [];

  add(policy: P): void {
    // An exact entity narrows best, then a hierarchy, then a type; a tie goes to the principal.
    const [p, r] = [NARROWNESS[policy.principal.kind], NARROWNESS[policy.resource.kind]];
    if (p === 0 && r === 0) this.#open.push(policy);
    else if (p >= r) this.#principal.add(policy.principal, policy);
    else this.#resource.add(policy.resource, policy);
  }

  visit(env: Env, visit: (policy: P) => void): void {
    for (const policy of this.#open) visit(policy);
    this.#principal.visit(env.principal, env.principalData, visit);
    this.#resource.visit(env.resource, env.resourceData, visit);
  }
}

const NARROWNESS = { any: 0, is: 1, in: 2, eq: 3 } as const;

class ScopeBuckets<P> {
  readonly #eq = new Map<string, P[]>();
  readonly #in = new Map<string, P[]>();
  readonly #type = new Map<string, P[]>();

  add(scope: Scope, policy: P): void {
    if (scope.kind === 'eq') listOf(this.#eq, scope.key).push(policy);
    else if (scope.kind === 'in') listOf(this.#in, scope.key).push(policy);
    else if (scope.kind === 'is') listOf(this.#type, scope.type).push(policy);
  }

  visit(uid: EntityUid, data: EntityData | undefined, visit: (policy: P) => void): void {
    this.#eq.get(uid.key)?.forEach(visit);
    this.#type.get(uid.type)?.forEach(visit);
    if (this.#in.size === 0) return;
    this.#in.get(uid.key)?.forEach(visit);
    eachAncestor(data, this.#in, (policies) => policies.forEach(visit), uid.key);
  }
}

const listOf = <P>(map: Map<string, P[]>, key: string): P[] => {
  const found = map.get(key) ?? [];
  map.set(key, found);
  return found;
};

// Walks whichever is shorter: somebody may be in a thousand groups, or policies may name a thousand.
const eachAncestor = <T>(
  data: EntityData | undefined,
  named: ReadonlyMap<string, T>,
  visit: (found: T) => void,
  except?: string,
): void => {
  if (data === undefined || data.ancestors.size === 0) return;
  if (data.ancestors.size <= named.size) {
    for (const key of data.ancestors) {
      const found = key === except ? undefined : named.get(key);
      if (found !== undefined) visit(found);
    }
  } else {
    for (const [key, found] of named) if (key !== except && data.ancestors.has(key)) visit(found);
  }
};
