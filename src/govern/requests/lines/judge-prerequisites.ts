import type { Tx } from '#kit/db/index.ts';
import { effectiveAccess, factSays, getIdentity, prerequisitesOf, reachedFrom } from '#spine/graph/index.ts';
import type { Target } from './find-targets.ts';

/** What somebody has that prerequisites ask for, read once for all lines. */
export interface Having {
  readonly entitlements: ReadonlySet<string>;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** What an identity has now: everything it reaches, however, and the facts its sources tell. */
export async function havingOf(tx: Tx, identityId: string): Promise<Having> {
  const reached = await effectiveAccess(tx, identityId);
  const identity = await getIdentity(tx, identityId);
  return { entitlements: new Set(reached.flatMap((a) => a.entitlementId ?? [])), facts: identity?.attributes ?? {} };
}

/**
 * What is missing before each of these may be asked for, in words; what lacks nothing is absent. A role needs what all
 * it brings along needs, so that none is a way around; what it brings itself is not missing for it.
 */
export async function missingFor(
  tx: Tx,
  having: Having,
  targets: readonly Target[],
): Promise<ReadonlyMap<string, string>> {
  const brought = await reachedFrom(tx, {
    entitlementIds: targets.filter((t) => t.kind === 'entitlement').map((t) => t.id),
    roleIds: targets.filter((t) => t.kind === 'role').map((t) => t.id),
  });
  const needs = await prerequisitesOf(tx, [
    ...new Set([...targets.map((t) => t.id), ...brought.map((b) => b.entitlementId)]),
  ]);
  const today = tx.now.toISOString().slice(0, 10);
  const missing = new Map<string, string>();
  for (const target of targets) {
    const along = brought.filter((b) => b.originId === target.id && b.entitlementId !== target.id);
    const given = new Set(along.map((b) => b.entitlementId));
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
    if (lacking.size > 0) missing.set(target.id, [...lacking].join('; '));
  }
  return missing;
}
