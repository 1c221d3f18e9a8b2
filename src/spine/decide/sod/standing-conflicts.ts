import type { Tx } from '#kit/db/index.ts';
import { effectiveAccessOf } from '#spine/graph/index.ts';
import { findConflicts, withoutExcepted } from './find-conflicts.ts';
import type { SodConflict, SodException } from './model.ts';
import { scopeOf } from './person-scope.ts';
import { foreverFrom, heldOf } from './sod-verdict.ts';
import { exceptionsOfAll, rulesTouching, type StoredRule } from './store.ts';

/** What somebody is in conflict with, now or by what is granted already. */
export interface Standing {
  readonly conflicts: readonly SodConflict[];
  /** The same before exceptions are looked at. */
  readonly all: readonly SodConflict[];
}

/**
 * As `standingConflicts`, of many: four statements, however many. Whoever is in no conflict, tolerated or not, is absent.
 */
export async function standingConflictsOf(
  tx: Tx,
  identityIds: readonly string[],
): Promise<ReadonlyMap<string, Standing>> {
  const access = await effectiveAccessOf(tx, identityIds, foreverFrom(tx));
  const reached = new Set([...access.values()].flatMap((rows) => rows.flatMap((row) => row.entitlementId ?? [])));
  const rules = await rulesTouching(tx, [...reached]);
  if (rules.length === 0) return new Map();
  const naming = rulesByEntitlement(rules);
  const counts = await scopeOf(tx, [...access.keys()], rules);
  const exceptions = new Map<string, SodException[]>();
  for (const { identityId, ...exception } of await exceptionsOfAll(tx, identityIds))
    exceptions.set(identityId, [...(exceptions.get(identityId) ?? []), exception]);
  const found = new Map<string, Standing>();
  for (const [identityId, rows] of access) {
    const held = heldOf(tx, rows);
    const touched = new Set(held.flatMap(({ entitlementId }) => naming.get(entitlementId) ?? []));
    const concerned = [...touched].sort((a, b) => a - b).flatMap((r) => rules[r] ?? []);
    const all = findConflicts(
      concerned.filter((rule) => counts(rule, identityId)),
      held,
    );
    if (all.length > 0)
      found.set(identityId, { all, conflicts: withoutExcepted(all, exceptions.get(identityId) ?? []) });
  }
  return found;
}

const rulesByEntitlement = (rules: readonly StoredRule[]): ReadonlyMap<string, readonly number[]> => {
  const naming = new Map<string, number[]>();
  for (const [r, rule] of rules.entries())
    for (const id of new Set(rule.functions.flatMap((f) => f.entitlementIds))) {
      const known = naming.get(id);
      if (known === undefined) naming.set(id, [r]);
      else known.push(r);
    }
  return naming;
};
