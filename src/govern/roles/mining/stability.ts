import { bitsOf, countCommon, hasBit, type Bits } from './bits.ts';
import { matrixOf, type Matrix } from './matrix.ts';
import { randomFrom, shuffle } from './random.ts';
import type { Role } from './reduce.ts';

/** How alike what two roles give must be for them to be the same role. */
const SAME = 0.9;

/**
 * How often each role is found again when a random tenth of the users is left out: 1 where always. `mine` mines what is
 * left; a role all of whose users were left out is not asked for in that round.
 */
export function stabilityOf(
  matrix: Matrix,
  roles: readonly Role[],
  mine: (matrix: Matrix, kept: readonly number[]) => readonly Role[],
  {
    seed,
    rounds,
    progress,
  }: { readonly seed: number; readonly rounds: number; readonly progress?: (share: number) => void },
): readonly number[] {
  const random = randomFrom(seed);
  const asked = roles.map(() => 0);
  const again = roles.map(() => 0);
  for (let round = 0; round < rounds; round += 1) {
    const order = shuffle(
      matrix.rows.map((_, user) => user),
      random,
    );
    const kept = order.slice(Math.floor(order.length / 10)).sort((a, b) => a - b);
    const found = mine(without(matrix, kept), kept).map(({ permissions }) => permissions);
    for (const [n, role] of roles.entries()) {
      if (!kept.some((user) => hasBit(role.users, user))) continue;
      asked[n] = (asked[n] as number) + 1;
      if (found.some((permissions) => alike(role.permissions, permissions) >= SAME))
        again[n] = (again[n] as number) + 1;
    }
    progress?.((round + 1) / rounds);
  }
  return roles.map((_, n) => (asked[n] === 0 ? 0 : (again[n] as number) / (asked[n] as number)));
}

function without(matrix: Matrix, kept: readonly number[]): Matrix {
  const pairs = kept.flatMap((user, at) => [...bitsOf(matrix.rows[user] as Bits)].map((p) => [at, p] as const));
  return matrixOf(kept.length, matrix.columns.length, pairs);
}

function alike(a: Bits, b: Bits): number {
  const both = countCommon(a, b);
  const either = countCommon(a, a) + countCommon(b, b) - both;
  return either === 0 ? 1 : both / either;
}
