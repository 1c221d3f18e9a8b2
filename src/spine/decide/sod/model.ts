import type { PathStep } from '#spine/graph/index.ts';

/**
 * Separation of duties, pure. A rule names two or more functions, each a set of entitlements; it is in conflict
 * during every instant at which somebody holds at least one entitlement of each function. Intervals include their
 * start and exclude their end, so access that ends when other access begins never meets it.
 */

export type SodMode = 'record' | 'warn' | 'enforce';
/**
 * `held`: the sides must not be held together. `same_session`, `same_window`: they may be held, and not be used together.
 * `act`: both may be held, and the decision point refuses whoever would do both to one thing; always, and whatever is held.
 */
export type SodCounts = 'held' | 'same_session' | 'same_window' | 'act';
export type SodSeverity = 'low' | 'medium' | 'high' | 'critical';

export interface SodFunction {
  readonly name: string;
  readonly entitlementIds: readonly string[];
}

export interface SodRule {
  readonly id: string;
  readonly name: string;
  readonly severity: SodSeverity;
  readonly mode: SodMode;
  readonly functions: readonly SodFunction[];
  /** Only access on these systems counts; absent or empty: everywhere. */
  readonly systemIds?: readonly string[] | undefined;
  /** Absent: `held`. */
  readonly counts?: SodCounts | undefined;
  /** How long uses of the sides have to lie apart, where it counts in the `same_window`. */
  readonly windowSeconds?: number | undefined;
  /** Only people of these units or below count; absent or empty: everybody. */
  readonly orgUnits?: readonly string[] | undefined;
  /** Only people of whom this is true count, in CEL; absent: everybody. */
  readonly personCondition?: string | undefined;
}

/** One entitlement somebody has or would have, for a time, by a path. */
export interface HeldAccess {
  readonly entitlementId: string;
  readonly systemId: string;
  readonly path: readonly PathStep[];
  readonly validFrom: Date;
  readonly validTo: Date | null;
}

/** One side of a conflict: the function, and every access that fills it during the conflict. */
export interface SodSide {
  readonly function: string;
  readonly access: readonly HeldAccess[];
}

export interface SodConflict {
  readonly rule: SodRule;
  /** One longest stretch of time during which all sides are held. */
  readonly validFrom: Date;
  readonly validTo: Date | null;
  readonly sides: readonly SodSide[];
}

/** A conflict tolerated for one identity until a date. */
export interface SodException {
  readonly id: string;
  readonly ruleId: string;
  readonly validFrom: Date;
  readonly validTo: Date;
}
