/** The words of a decision. See README.md for how one is reached. */

/** Who asks. `component` is a part of Reeve itself, for instance `worker` or `gateway`; `anonymous` has not signed in. */
export interface Principal {
  readonly kind: 'identity' | 'component' | 'anonymous';
  readonly id: string;
}

/** What is asked about: a Cedar entity type without its namespace, and the row's id. */
export interface ResourceRef {
  readonly type: string;
  readonly id: string;
}

/** The singleton resource of operations that are about Reeve itself and no row of it. */
export const PLATFORM: ResourceRef = { type: 'Platform', id: 'reeve' };

/** What must hold for an allowed action to go on. Written by policy authors as @obligation annotations. */
export interface Obligation {
  readonly kind: 'record' | 'four_eyes' | 'step_up' | 'max_seconds' | 'approval';
  readonly value?: number | undefined;
}

export interface Decision {
  readonly id: string;
  readonly allowed: boolean;
  /** Ids of the policies that decided: every matching forbid, else every matching permit, else none (default deny). */
  readonly policies: readonly string[];
  readonly obligations: readonly Obligation[];
  /** Ids of the policies that failed to evaluate; such a policy is ignored, as Cedar defines. */
  readonly errors: readonly string[];
  /** Why policies were not even asked: nobody declares the action, or the asker or the resource does not exist. */
  readonly missing?: 'action' | 'principal' | 'resource' | undefined;
  /** Version of the policy set that answered. */
  readonly version: string;
}

export interface Question {
  readonly principal: Principal;
  readonly action: string;
  readonly resource: ResourceRef;
  readonly context?: Readonly<Record<string, unknown>> | undefined;
}

declare const permitted: unique symbol;

/**
 * Proof of a positive decision, handed to every write. Only `decide` can make one: the class behind it is
 * not exported. It is good for one action on one resource within the transaction it was given for.
 */
export interface Permit<A extends string = string> {
  readonly [permitted]: A;
  readonly action: A;
  readonly principal: Principal;
  readonly resource: ResourceRef;
  readonly decision: Decision;
}
