import type { Sql, Tx } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/contract.ts';

/** How much may change before a person has to look: whichever is larger of a share and a number. */
export interface Allowance {
  /** Share of those who are there, in percent. */
  readonly percent: number;
  /** This many are always free. */
  readonly free: number;
  /** Never more than this, whatever the share; null: no such bound. */
  readonly most: number | null;
}

/** The number an allowance comes to among `of`. */
export const allowed = (allowance: Allowance, of: number): number =>
  Math.min(Math.max(allowance.free, Math.floor((allowance.percent * of) / 100)), allowance.most ?? Infinity);

/** What a change does to what is there: something new, something different, something taken away. */
export type Effect = 'create' | 'update' | 'delete';

export type ChangeLimits = Readonly<Record<Effect, Allowance>>;

/** Taking away is what hurts when it is wrong, so least of it is free. */
export const DEFAULT_LIMITS: ChangeLimits = {
  create: { percent: 20, free: 50, most: null },
  update: { percent: 20, free: 50, most: null },
  delete: { percent: 5, free: 50, most: null },
};

/** How many changes of one effect there are on one system; `systemId` null where it is none's. */
export interface EffectCount {
  readonly effect: Effect;
  readonly systemId: string | null;
  readonly n: number;
}

/** Why a plan waits for a person. */
export interface OverLimit {
  readonly code: 'limit.create' | 'limit.update' | 'limit.delete';
  /** The system the limit is of; null: the whole plan's. */
  readonly systemId: string | null;
  readonly count: number;
  readonly allowed: number;
  readonly detail: string;
}

const VERBS: Readonly<Record<Effect, string>> = { create: 'added', update: 'changed', delete: 'taken away' };

/**
 * Which limits a plan is over, system by system and as a whole; empty when none. Pure. `population` says how many
 * things there are that such a plan could change, by system; nobody's percentages are of nothing, so an unknown system
 * counts as empty and only its free number is allowed.
 */
export function judgeCounts(
  counts: readonly EffectCount[],
  population: ReadonlyMap<string | null, number>,
  limitsOf: (systemId: string | null) => ChangeLimits,
): readonly OverLimit[] {
  const whole = new Map<Effect, number>();
  for (const { effect, n } of counts) whole.set(effect, (whole.get(effect) ?? 0) + n);
  const everything = [...population.values()].reduce((sum, n) => sum + n, 0);
  const over = (effect: Effect, systemId: string | null, count: number, of: number): OverLimit[] => {
    const most = allowed(limitsOf(systemId)[effect], of);
    if (count <= most) return [];
    const detail = `${count} would be ${VERBS[effect]}; ${most} of ${of} may be at a time`;
    return [{ code: `limit.${effect}`, systemId, count, allowed: most, detail }];
  };
  return [
    ...[...whole].flatMap(([effect, n]) => over(effect, null, n, everything)),
    ...counts
      .filter((c) => c.systemId !== null)
      .flatMap((c) => over(c.effect, c.systemId, c.n, population.get(c.systemId) ?? 0)),
  ];
}

/** One change of a plan. */
export interface MassItem {
  /** From 1, in the order they are applied. */
  readonly position: number;
  readonly effect: Effect;
  readonly systemId: string | null;
  readonly identityId: string | null;
  /** A line a person can check, for instance `revoke docker on web1`. Names no person: `identityId` does. */
  readonly what: string;
  /** What the kind needs to apply and undo it. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** What came of one item: `skipped` says why it was not due any more, or could not be done. */
export type Outcome = { readonly position: number } & (
  | { readonly state: 'done'; readonly data?: Readonly<Record<string, unknown>> }
  | { readonly state: 'skipped'; readonly problem: string }
);

/**
 * One kind of mass effect. `apply` looks at the last moment: an item whose reason is gone is skipped. It runs in the
 * transaction that marks its items, so each is applied once, however often the work is interrupted. `undo` puts back
 * what `apply` did; a kind without it cannot be undone as a whole, and says so.
 */
export interface MassKind {
  readonly kind: string;
  /** Items a transaction takes; default 200. For a kind that works on sets. */
  readonly batch?: number;
  /** How many things there are that it could change, by system (null: of no system). */
  population(tx: Tx): Promise<ReadonlyMap<string | null, number>>;
  /** Carries out the items of a plan, in their order. */
  apply(ctx: Ctx, permit: Permit, items: readonly MassItem[], change: MassChange): Promise<readonly Outcome[]>;
  /** Puts back items of a plan that were done, newest first. */
  undo?(ctx: Ctx, permit: Permit, items: readonly MassItem[], change: MassChange): Promise<readonly Outcome[]>;
  /** What follows once all of a plan is applied, in the transaction that says so. */
  settled?(ctx: Ctx, permit: Permit, change: MassChange): Promise<void>;
}

/** What is to be planned. */
export interface MassPlan {
  /** One plan of a kind and key is open at a time: a new one supersedes one that waits. For instance a rule's or a system's id. */
  readonly key: string;
  /** What it is, for the person who decides about it. Names no person. */
  readonly title: string;
  /** A query yielding `effect, system_id, identity_id, what, data` in the order they are to be applied. */
  readonly items: Sql;
  /** A query yielding the same and `problem`: what is left alone from the start, and why. It counts for no limit. */
  readonly leftAlone?: Sql | undefined;
}

export type MassState = 'held' | 'applying' | 'canary' | 'applied' | 'declined' | 'superseded' | 'undoing' | 'undone';

export interface MassChange {
  readonly id: string;
  readonly kind: string;
  readonly key: string;
  readonly title: string;
  readonly state: MassState;
  readonly heldBecause: readonly OverLimit[];
  readonly items: number;
  /** Items are applied up to here. */
  readonly appliedTo: number;
  /** Items may be applied up to here: all of them, or those of a canary. */
  readonly releasedTo: number;
  readonly plannedAt: Date;
  readonly plannedBy: string;
  readonly settledAt: Date | null;
  readonly acceptedBy: string | null;
  readonly acceptedAt: Date | null;
  readonly acceptedBecause: string | null;
}
