import {
  findConflicts,
  withoutExcepted,
  worsens,
  type HeldAccess,
  type SodConflict,
  type SodException,
  type SodRule,
} from '#spine/decide/index.ts';
import type { Access } from '#spine/graph/index.ts';

/** What one person has before and would have after, from an instant on. */
export interface BeforeAfter {
  readonly before: readonly Access[];
  readonly after: readonly Access[];
  readonly now: Date;
}

type Held = HeldAccess & { readonly via: Access['via']; readonly privileged: boolean };

/**
 * What a change of a role means for one person. Gained and lost is what they are granted: targets follow that. A new
 * conflict is judged on all they reach, also by what their accounts hold without a grant; a cleared one is one that
 * nothing granted is in any more. Pure.
 */
export function judgePerson(
  { before, after, now }: BeforeAfter,
  rules: readonly SodRule[],
  exceptions: readonly SodException[],
): {
  readonly gains: ReadonlyMap<string, Held>;
  readonly loses: ReadonlyMap<string, Held>;
  readonly newConflicts: readonly string[];
  readonly clearedConflicts: readonly string[];
} {
  const [was, is] = [held(before, now), held(after, now)];
  const [grantedBefore, grantedAfter] = [was.filter(granted), is.filter(granted)];
  const cleared = worsens(findConflicts(rules, grantedAfter), findConflicts(rules, grantedBefore));
  return {
    gains: beyond(grantedBefore, grantedAfter),
    loses: beyond(grantedAfter, grantedBefore),
    newConflicts: rulesOf(withoutExcepted(worsens(findConflicts(rules, was), findConflicts(rules, is)), exceptions)),
    clearedConflicts: rulesOf(withoutExcepted(cleared, exceptions)),
  };
}

const granted = ({ via }: Held): boolean => via === 'grant';

const rulesOf = (conflicts: readonly SodConflict[]): string[] => [...new Set(conflicts.map(({ rule }) => rule.id))];

/** Access to entitlements from an instant on: what is over is neither gained nor lost. */
const held = (access: readonly Access[], now: Date): Held[] =>
  access.flatMap(({ entitlementId, systemId, path, validFrom, validTo, via, privileged }) =>
    entitlementId === undefined || (validTo !== null && validTo <= now)
      ? []
      : [{ entitlementId, systemId, path, validFrom: validFrom < now ? now : validFrom, validTo, via, privileged }],
  );

/** Entitlements that somebody has at some instant by `more` at which they do not by `less`. */
function beyond(less: readonly Held[], more: readonly Held[]): ReadonlyMap<string, Held> {
  const known = byEntitlement(less);
  const found = new Map<string, Held>();
  for (const [id, rows] of byEntitlement(more)) {
    const before = known.get(id) ?? [];
    const first = rows.find((row) => !isCovered(row, before));
    if (first !== undefined)
      found.set(id, { ...first, privileged: rows.some((row) => row.privileged && !isCovered(row, before)) });
  }
  return found;
}

function byEntitlement(rows: readonly Held[]): ReadonlyMap<string, readonly Held[]> {
  const by = new Map<string, Held[]>();
  for (const row of rows) {
    const known = by.get(row.entitlementId);
    if (known === undefined) by.set(row.entitlementId, [row]);
    else known.push(row);
  }
  return by;
}

/** Whether every instant of `row` is within some of `others`. */
function isCovered(row: Held, others: readonly Held[]): boolean {
  let from = row.validFrom.getTime();
  const until = row.validTo?.getTime() ?? Infinity;
  const sorted = [...others].sort((a, b) => +a.validFrom - +b.validFrom);
  for (const other of sorted) {
    if (other.validFrom.getTime() > from) return false;
    from = Math.max(from, other.validTo?.getTime() ?? Infinity);
    if (from >= until) return true;
  }
  return from >= until;
}
