import { addBit, bitsOf, emptyBits, hasBit, type Bits } from '../bits.ts';
import { matrixOf, type Matrix } from '../matrix.ts';
import { randomFrom } from '../random.ts';
import type { Role } from '../reduce.ts';

export interface Planting {
  readonly users: number;
  readonly permissions: number;
  readonly roles: number;
  /** Permissions of a role, from and to. */
  readonly size: readonly [number, number];
  /** Roles of a user, from and to. */
  readonly each: readonly [number, number];
  /** Share of all cells that are flipped. */
  readonly noise: number;
  /** `held`: so many of what is held are taken away, and as many given to somebody at random; `cells`: each cell may flip. */
  readonly of: 'held' | 'cells';
  readonly seed: number;
}

/** A matrix made of known roles, with some of it wrong. */
export function plant(planting: Planting): { readonly matrix: Matrix; readonly roles: readonly Role[] } {
  const random = randomFrom(planting.seed);
  const between = ([from, to]: readonly [number, number]): number => from + random(to - from + 1);
  const some = (count: number, of: number): Bits => {
    const set = emptyBits(of);
    for (let n = 0; n < count;) {
      const one = random(of);
      if (hasBit(set, one)) continue;
      addBit(set, one);
      n += 1;
    }
    return set;
  };
  const roles = Array.from({ length: planting.roles }, () => ({
    users: emptyBits(planting.users),
    permissions: some(between(planting.size), planting.permissions),
  }));
  const held = new Set<number>();
  for (let user = 0; user < planting.users; user += 1)
    for (const role of bitsOf(some(between(planting.each), planting.roles))) {
      addBit((roles[role] as Role).users, user);
      for (const p of bitsOf((roles[role] as Role).permissions)) held.add(user * planting.permissions + p);
    }
  const cells = planting.users * planting.permissions;
  const noisy = new Set(held);
  const chance = Math.round(planting.noise * 1_000_000);
  if (planting.of === 'cells') {
    for (let cell = 0; cell < cells; cell += 1)
      if (random(1_000_000) < chance) {
        if (!noisy.delete(cell)) noisy.add(cell);
      }
  } else {
    let gone = 0;
    for (const cell of held)
      if (random(1_000_000) < chance) {
        noisy.delete(cell);
        gone += 1;
      }
    while (gone > 0) {
      const cell = random(cells);
      if (held.has(cell) || noisy.has(cell)) continue;
      noisy.add(cell);
      gone -= 1;
    }
  }
  const pairs = [...noisy].map((c) => [Math.floor(c / planting.permissions), c % planting.permissions] as const);
  return { matrix: matrixOf(planting.users, planting.permissions, pairs), roles };
}

/** How much two sets have in common, of all that is in either. */
export function jaccard(a: Bits, b: Bits): number {
  let both = 0;
  let either = 0;
  for (const one of bitsOf(a)) {
    either += 1;
    if (hasBit(b, one)) both += 1;
  }
  for (const one of bitsOf(b)) if (!hasBit(a, one)) either += 1;
  return either === 0 ? 1 : both / either;
}

/** How well known roles were found again: of each the best match among the found, by what it gives and by who is in it. */
export function recovery(
  known: readonly Role[],
  found: readonly Role[],
): { readonly permissions: number; readonly users: number; readonly found: number } {
  let permissions = 0;
  let users = 0;
  for (const role of known) {
    const best = found
      .map((other) => [jaccard(role.permissions, other.permissions), jaccard(role.users, other.users)] as const)
      .sort((a, b) => b[0] - a[0] || b[1] - a[1])[0] ?? [0, 0];
    permissions += best[0];
    users += best[1];
  }
  return { permissions: permissions / known.length, users: users / known.length, found: found.length };
}
