import { addAll, bitsOf, countCommon, type Bits } from '../mining/bits.ts';
import type { Use } from './split-by-use.ts';

/** A role as it is kept; numbers stand for roles, people and entitlements. */
export interface KeptRole {
  /** Entitlements directly in it. */
  readonly own: Bits;
  /** Who was given it itself, not another role around it. */
  readonly given: Bits;
  /** Roles directly in it. */
  readonly contains: readonly number[];
  /** How what it gives was used in the window, by entitlement; of one that is not there, nothing is known. */
  readonly use: ReadonlyMap<number, Use>;
}

/** Roles with what follows from their being within each other. */
export interface WholeRoles {
  readonly kept: readonly KeptRole[];
  /** All each gives. */
  readonly gives: readonly Bits[];
  /** Who has each, by itself or within another. */
  readonly has: readonly Bits[];
  /** Those in each, however deep. */
  readonly below: readonly ReadonlySet<number>[];
  /** Those each is in, however deep. */
  readonly around: readonly (readonly number[])[];
  /** What each person has by any role. */
  readonly held: readonly Bits[];
  /** How many assignments would go with a role, were it in nobody's hands and in no other role. */
  readonly lostWithout: (role: number) => number;
}

/** Follows the hierarchy of roles, so that what each gives and who has it is known. */
export function madeWhole(kept: readonly KeptRole[], people: number): WholeRoles {
  const below = kept.map((role) => reach(role.contains, (n) => kept[n]?.contains ?? []));
  const around = kept.map((): number[] => []);
  for (const [n, inside] of below.entries()) for (const m of inside) around[m]?.push(n);
  const gives = kept.map((role, n) =>
    unionOf(
      role.own,
      [...(below[n] ?? [])].map((m) => kept[m]?.own),
    ),
  );
  const has = kept.map((role, n) =>
    unionOf(
      role.given,
      (around[n] ?? []).map((m) => kept[m]?.given),
    ),
  );
  const width = kept[0]?.own.length ?? 0;
  const held = Array.from({ length: people }, () => new Uint32Array(width));
  const given = Array.from({ length: people }, (): number[] => []);
  for (const [n, role] of kept.entries())
    for (const user of bitsOf(role.given)) {
      given[user]?.push(n);
      addAll(held[user] as Bits, gives[n] as Bits);
    }

  const givesWithout = (role: number, gone: number): Bits => {
    if (below[role]?.has(gone) !== true) return gives[role] as Bits;
    const inside = reach(
      (kept[role]?.contains ?? []).filter((m) => m !== gone),
      (m) => (kept[m]?.contains ?? []).filter((c) => c !== gone),
    );
    return unionOf(
      (kept[role] as KeptRole).own,
      [...inside].map((m) => kept[m]?.own),
    );
  };
  const lostWithout = (gone: number): number => {
    let lost = 0;
    for (const user of bitsOf(has[gone] as Bits)) {
      const left = (given[user] ?? []).filter((n) => n !== gone).map((n) => givesWithout(n, gone));
      const rest = unionOf(new Uint32Array(width), left);
      const before = held[user] as Bits;
      lost += countCommon(before, before) - countCommon(rest, rest);
    }
    return lost;
  };
  return { kept, gives, has, below, around, held, lostWithout };
}

function reach(from: readonly number[], next: (n: number) => readonly number[]): ReadonlySet<number> {
  const reached = new Set<number>();
  const open = [...from];
  for (let n = open.pop(); n !== undefined; n = open.pop()) {
    if (reached.has(n)) continue;
    reached.add(n);
    open.push(...next(n));
  }
  return reached;
}

function unionOf(first: Bits, others: readonly (Bits | undefined)[]): Bits {
  const all = first.slice();
  for (const other of others) if (other !== undefined) addAll(all, other);
  return all;
}
