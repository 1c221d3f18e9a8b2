import { differenceOf, intersectionOf, intervalOf, shareTime, timesOf, unionOf, type Interval } from './intervals.ts';
import type { HeldAccess, SodConflict, SodException, SodFunction, SodRule, SodSide } from './model.ts';

/** Every conflict of these rules within one person's access, in the rules' order and then in time. */
export const findConflicts = (rules: readonly SodRule[], access: readonly HeldAccess[]): SodConflict[] => {
  const byEntitlement = grouped(access);
  return rules.flatMap((rule) => conflictsOf(rule, byEntitlement));
};

/** Which of this access fills which side of a rule, at whatever time. */
export const fillSides = (rule: SodRule, access: readonly HeldAccess[]): SodSide[] => sidesOf(rule, grouped(access));

const sidesOf = (rule: SodRule, byEntitlement: ReadonlyMap<string, readonly HeldAccess[]>): SodSide[] =>
  rule.functions.map((f) => ({ function: f.name, access: accessIn(rule, f, byEntitlement) }));

const grouped = (access: readonly HeldAccess[]): ReadonlyMap<string, readonly HeldAccess[]> => {
  const byEntitlement = new Map<string, HeldAccess[]>();
  for (const held of access) {
    const known = byEntitlement.get(held.entitlementId);
    if (known === undefined) byEntitlement.set(held.entitlementId, [held]);
    else known.push(held);
  }
  return byEntitlement;
};

const conflictsOf = (rule: SodRule, byEntitlement: ReadonlyMap<string, readonly HeldAccess[]>): SodConflict[] => {
  if ((rule.counts ?? 'held') !== 'held') return [];
  const sides = sidesOf(rule, byEntitlement);
  const [first, ...others] = sides.map(({ access }) => unionOf(access.map(intervalOf)));
  if (first === undefined || others.length === 0) return [];
  return others.reduce(intersectionOf, first).map((together) => ({
    rule,
    ...timesOf(together),
    sides: sides.map((side) => ({
      function: side.function,
      access: side.access.filter((held) => shareTime(intervalOf(held), together)),
    })),
  }));
};

const accessIn = (
  rule: SodRule,
  { entitlementIds }: SodFunction,
  byEntitlement: ReadonlyMap<string, readonly HeldAccess[]>,
): HeldAccess[] => {
  const { systemIds } = rule;
  const held = [...new Set(entitlementIds)].flatMap((id) => byEntitlement.get(id) ?? []);
  return systemIds === undefined || systemIds.length === 0
    ? held
    : held.filter(({ systemId }) => systemIds.includes(systemId));
};

/** The conflicts, or the parts of them, that no exception tolerates. A lapsed exception tolerates nothing after its end. */
export const withoutExcepted = (
  conflicts: readonly SodConflict[],
  exceptions: readonly SodException[],
): SodConflict[] =>
  conflicts.flatMap((conflict) => {
    const tolerated = exceptions.filter(({ ruleId }) => ruleId === conflict.rule.id).map(intervalOf);
    return clippedTo(conflict, differenceOf([intervalOf(conflict)], tolerated));
  });

/**
 * What of `after` is worse than `before`: the conflicts in which some entitlement fills some side at some instant
 * where it filled none before. Longer is worse, one more entitlement on a side is worse, a second path to the same
 * entitlement is not. So a rule that starts to be enforced leaves those alone who violate it already and change
 * something else.
 */
export const worsens = (before: readonly SodConflict[], after: readonly SodConflict[]): SodConflict[] => {
  const filledBefore = fillings(before);
  return after.flatMap((conflict) => {
    const worse = [...fillings([conflict])].flatMap(([filling, times]) =>
      differenceOf(times, filledBefore.get(filling) ?? []),
    );
    return clippedTo(conflict, unionOf(worse));
  });
};

/** Rule, side and entitlement → when that entitlement fills that side of that rule while it is in conflict. */
const fillings = (conflicts: readonly SodConflict[]): ReadonlyMap<string, readonly Interval[]> => {
  const times = new Map<string, Interval[]>();
  for (const conflict of conflicts) {
    for (const [position, { access }] of conflict.sides.entries()) {
      for (const held of access) {
        const filling = `${conflict.rule.id} ${position} ${held.entitlementId}`;
        const during = intersectionOf([intervalOf(conflict)], [intervalOf(held)]);
        times.set(filling, unionOf([...(times.get(filling) ?? []), ...during]));
      }
    }
  }
  return times;
};

const clippedTo = (conflict: SodConflict, times: readonly Interval[]): SodConflict[] =>
  times.map((interval) => ({
    ...conflict,
    ...timesOf(interval),
    sides: conflict.sides.map((side) => ({
      ...side,
      access: side.access.filter((held) => shareTime(intervalOf(held), interval)),
    })),
  }));
