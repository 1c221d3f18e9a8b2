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
import type { LicencesNeeded, LicensedProduct } from './licences.ts';

/** What one person has before and would have after, from an instant on. */
export interface BeforeAfter {
  readonly before: readonly Access[];
  readonly after: readonly Access[];
  readonly now: Date;
}

/** What it is judged by. */
export interface JudgedBy {
  /** Rules as they are, and as they would be. */
  readonly rulesBefore: readonly SodRule[];
  readonly rulesAfter: readonly SodRule[];
  readonly exceptions: readonly SodException[];
  /** What says that somebody has a role: rules speak of it, and it is nothing anybody gains. */
  readonly marks: ReadonlySet<string>;
  readonly licences: LicencesNeeded;
}

type Held = HeldAccess & { readonly via: Access['via']; readonly privileged: boolean };

/**
 * What a change of a role means for one person. Gained and lost is what they are granted: targets follow that. A new
 * conflict is judged on all they reach, also by what their accounts hold without a grant; a cleared one is one that
 * nothing granted is in any more. Pure.
 */
export function judgePerson(
  { before, after, now }: BeforeAfter,
  { rulesBefore, rulesAfter, exceptions, marks, licences }: JudgedBy,
): {
  readonly gains: ReadonlyMap<string, Held>;
  readonly loses: ReadonlyMap<string, Held>;
  readonly comes: readonly SodConflict[];
  readonly clears: readonly SodConflict[];
  readonly licencesGained: readonly LicensedProduct[];
  readonly licencesFreed: readonly LicensedProduct[];
} {
  const [was, is] = [held(before, now), held(after, now)];
  const [grantedBefore, grantedAfter] = [was.filter(granted), is.filter(granted)];
  const cleared = worsens(findConflicts(rulesAfter, grantedAfter), findConflicts(rulesBefore, grantedBefore));
  const real = (row: Held): boolean => !marks.has(row.entitlementId);
  const [had, has] = [grantedBefore.filter(real), grantedAfter.filter(real)];
  const needs = (rows: readonly Held[]): ReadonlyMap<LicensedProduct, readonly Held[]> =>
    grouped(rows, (row) => licences.get(row.entitlementId));
  return {
    gains: beyond(byEntitlement(had), byEntitlement(has)),
    loses: beyond(byEntitlement(has), byEntitlement(had)),
    licencesGained: [...beyond(needs(had), needs(has)).keys()],
    licencesFreed: [...beyond(needs(has), needs(had)).keys()],
    comes: withoutExcepted(worsens(findConflicts(rulesBefore, was), findConflicts(rulesAfter, is)), exceptions),
    clears: withoutExcepted(cleared, exceptions),
  };
}

const granted = ({ via }: Held): boolean => via === 'grant';

/** Access to entitlements from an instant on: what is over is neither gained nor lost. */
const held = (access: readonly Access[], now: Date): Held[] =>
  access.flatMap(({ entitlementId, systemId, path, validFrom, validTo, via, privileged }) =>
    entitlementId === undefined || (validTo !== null && validTo <= now)
      ? []
      : [{ entitlementId, systemId, path, validFrom: validFrom < now ? now : validFrom, validTo, via, privileged }],
  );

/** What somebody has at some instant by `more` at which they do not by `less`. */
function beyond<K>(less: ReadonlyMap<K, readonly Held[]>, more: ReadonlyMap<K, readonly Held[]>): ReadonlyMap<K, Held> {
  const found = new Map<K, Held>();
  for (const [id, rows] of more) {
    const before = less.get(id) ?? [];
    const first = rows.find((row) => !isCovered(row, before));
    if (first !== undefined)
      found.set(id, { ...first, privileged: rows.some((row) => row.privileged && !isCovered(row, before)) });
  }
  return found;
}

const byEntitlement = (rows: readonly Held[]): ReadonlyMap<string, readonly Held[]> =>
  grouped(rows, (row) => row.entitlementId);

/** Rows by their key; those without one are left out. */
function grouped<K>(rows: readonly Held[], keyOf: (row: Held) => K | undefined): ReadonlyMap<K, readonly Held[]> {
  const by = new Map<K, Held[]>();
  for (const row of rows) {
    const key = keyOf(row);
    if (key === undefined) continue;
    const known = by.get(key);
    if (known === undefined) by.set(key, [row]);
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
