import { addBit, emptyBits, keyOf, type Bits } from './bits.ts';
import type { Role } from './reduce.ts';

/** A matrix as lists, both ways: counting over them costs what is held, not what could be. */
export interface Sparse {
  readonly rows: readonly (readonly number[])[];
  readonly columns: readonly (readonly number[])[];
}

/** Looks at a matrix that proposals cost at most, in assignments: some seconds. */
const MOST_LOOKS = 400_000_000;
const SEEDS_A_USER = 24;
const FEWEST = 2;

/**
 * Roles around what two users have in common of what is left. From there it goes back and forth, from those who hold
 * nearly all of it to what nearly all of them hold, at first more leniently, until it stays the same.
 */
export function proposeRoles(
  sparse: Sparse,
  left: readonly (readonly number[])[],
  { tolerance, random }: { readonly tolerance: number; readonly random: (limit: number) => number },
): readonly Role[] {
  const counts = { users: new Int32Array(sparse.rows.length), permissions: new Int32Array(sparse.columns.length) };
  const holders = sparse.columns.map((): number[] => []);
  for (const [user, row] of left.entries()) for (const p of row) (holders[p] as number[]).push(user);
  const found = new Map<string, Role>();
  const tried = new Set<string>();
  let looks = 0;
  for (let turn = 0; turn < SEEDS_A_USER && looks < MOST_LOOKS; turn += 1)
    for (const row of left) {
      if (row.length < FEWEST || looks >= MOST_LOOKS) continue;
      const company = holders[row[random(row.length)] as number] as number[];
      const other = new Set(left[company[random(company.length)] as number]);
      const common = row.filter((p) => other.has(p));
      if (common.length < FEWEST) continue;
      const start = common.join();
      if (tried.has(start)) continue;
      tried.add(start);
      for (const may of tolerance === 0 ? [0] : [tolerance, tolerance / 2]) {
        const settled = settle(sparse, common, may, counts);
        looks += settled.looks;
        if (settled.users.length < FEWEST || settled.permissions.length === 0) continue;
        const permissions = setOf(settled.permissions, sparse.columns.length);
        const key = keyOf(permissions);
        if (!found.has(key)) found.set(key, { users: setOf(settled.users, sparse.rows.length), permissions });
      }
    }
  return [...found.values()];
}

const LENIENT = 0.35;
const STEPS = 8;

function settle(
  { rows, columns }: Sparse,
  start: readonly number[],
  tolerance: number,
  counts: { readonly users: Int32Array; readonly permissions: Int32Array },
): { readonly users: readonly number[]; readonly permissions: readonly number[]; readonly looks: number } {
  let permissions = start;
  let users: readonly number[] = [];
  let looks = 0;
  for (let step = 0; step < STEPS; step += 1) {
    const may = tolerance === 0 ? 0 : Math.max(tolerance, LENIENT - 0.1 * step);
    const holding = mostly(permissions, columns, may, counts.users);
    const given = mostly(holding.found, rows, may, counts.permissions);
    looks += holding.looks + given.looks;
    users = holding.found;
    const same = may <= tolerance && given.found.join() === permissions.join();
    permissions = given.found;
    if (same || permissions.length === 0) break;
  }
  return { users, permissions, looks };
}

/** What nearly all of `of` have in their lists, from the smallest. */
function mostly(
  of: readonly number[],
  lists: readonly (readonly number[])[],
  tolerance: number,
  counts: Int32Array,
): { readonly found: number[]; readonly looks: number } {
  const met: number[] = [];
  let looks = 0;
  for (const one of of) {
    const list = lists[one] as readonly number[];
    looks += list.length;
    for (const other of list) {
      if (counts[other] === 0) met.push(other);
      counts[other] = (counts[other] as number) + 1;
    }
  }
  const enough = of.length * (1 - tolerance);
  const found = met.filter((other) => (counts[other] as number) >= enough).sort((a, b) => a - b);
  for (const other of met) counts[other] = 0;
  return { found, looks };
}

function setOf(list: readonly number[], size: number): Bits {
  const set = emptyBits(size);
  for (const n of list) addBit(set, n);
  return set;
}
