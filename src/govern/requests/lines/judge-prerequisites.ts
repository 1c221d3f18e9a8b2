import type { Tx } from '#kit/db/index.ts';
import { factSays, prerequisitesOf, reachedFrom } from '#spine/graph/index.ts';
import type { Target } from './find-targets.ts';

/** What somebody has that prerequisites ask for, read once for all lines. */
export interface Having {
  readonly entitlements: ReadonlySet<string>;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** What is needed before each of these may be asked for, read once for whoever asks. */
export type Needs = (having: Having, target: Target) => string | undefined;

/**
 * Tells what somebody lacks before they may ask for one of these, in words; undefined: nothing. A role needs what all
 * it brings along needs, so that none is a way around; what it brings itself is not missing for it.
 */
export async function needsOf(tx: Tx, targets: readonly Target[]): Promise<Needs> {
  if (targets.length === 0) return () => undefined;
  const brought = await reachedFrom(tx, {
    entitlementIds: targets.filter((t) => t.kind === 'entitlement').map((t) => t.id),
    roleIds: targets.filter((t) => t.kind === 'role').map((t) => t.id),
  });
  const alongOf = new Map<string, Set<string>>();
  for (const { originId, entitlementId } of brought)
    if (entitlementId !== originId) alongOf.set(originId, (alongOf.get(originId) ?? new Set()).add(entitlementId));
  const needs = await prerequisitesOf(tx, [
    ...new Set([...targets.map((t) => t.id), ...brought.map((b) => b.entitlementId)]),
  ]);
  const today = tx.now.toISOString().slice(0, 10);
  return (having, target) => {
    const given = alongOf.get(target.id) ?? new Set<string>();
    const lacking = new Set<string>();
    for (const id of [target.id, ...given]) {
      for (const need of needs.get(id) ?? []) {
        if ('needsId' in need) {
          if (having.entitlements.has(need.needsId) || (id !== target.id && given.has(need.needsId))) continue;
          lacking.add(
            need.gone
              ? `${need.name}, which is gone from its system: its owner has to change what is needed`
              : need.name,
          );
        } else if (!factSays(having.facts[need.attribute], need.value, today))
          lacking.add(need.value === null ? need.attribute : `${need.attribute}: ${need.value}`);
      }
    }
    return lacking.size === 0 ? undefined : [...lacking].join('; ');
  };
}
