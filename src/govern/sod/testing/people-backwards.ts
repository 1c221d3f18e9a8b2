import { sql, type Tx } from '#kit/db/index.ts';
import { whoCouldReach } from '#spine/graph/index.ts';
import type { Duties } from '../find-violations.ts';

/**
 * Everybody in conflict with some rule now, asked backwards from each entitlement by `whoCouldReach`: another way to the
 * same, for tests and benchmarks to hold the pass against.
 */
export const peopleBackwards = async (tx: Tx, rules: readonly Duties[]): Promise<string[]> => {
  const holders = new Map<string, Promise<ReadonlySet<string>>>();
  const reaching = (entitlementId: string): Promise<ReadonlySet<string>> => {
    const known = holders.get(entitlementId);
    if (known !== undefined) return known;
    const asked = whoCouldReach(tx, { entitlementId }).then((rows) => new Set(rows.map((r) => r.identityId)));
    holders.set(entitlementId, asked);
    return asked;
  };
  const found = new Set<string>();
  for (const rule of rules) {
    const within = await entitlementsWithin(tx, rule);
    let all: Set<string> | undefined;
    for (const { entitlementIds } of rule.functions) {
      const side = new Set<string>();
      for (const id of entitlementIds) {
        if (!within.has(id)) continue;
        for (const who of await reaching(id)) if (all === undefined || all.has(who)) side.add(who);
      }
      all = side;
      if (all.size === 0) break;
    }
    for (const who of all ?? []) found.add(who);
  }
  return [...found].sort();
};

const entitlementsWithin = async (tx: Tx, rule: Duties): Promise<ReadonlySet<string>> => {
  const ids = rule.functions.flatMap((f) => f.entitlementIds);
  const scope = rule.systemIds ?? [];
  if (scope.length === 0) return new Set(ids);
  const rows = await tx.many<{ id: string }>(
    sql`select id from entitlement where id = any(${ids}::uuid[]) and system_id = any(${[...scope]}::uuid[])`,
  );
  return new Set(rows.map((r) => r.id));
};
