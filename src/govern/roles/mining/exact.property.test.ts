import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addAll, bitsOf, emptyBits, hasBit } from './bits.ts';
import { matrixOf, type Matrix } from './matrix.ts';
import { mineExact } from './mine-exact.ts';

const effort = { seed: 7, budgetMs: 5_000 };
const matrices = (users: number, permissions: number): fc.Arbitrary<Matrix> =>
  fc
    .uniqueArray(fc.tuple(fc.nat(users - 1), fc.nat(permissions - 1)), { selector: ([u, p]) => u * permissions + p })
    .map((pairs) => matrixOf(users, permissions, pairs));

/** What each user has by these roles. */
const given = (matrix: Matrix, roles: ReturnType<typeof mineExact>['roles']): Uint32Array[] => {
  const rows = matrix.rows.map(() => emptyBits(matrix.columns.length));
  for (const { users, permissions } of roles)
    for (const user of bitsOf(users)) addAll(rows[user] as Uint32Array, permissions);
  return rows;
};

/** The fewest groups of assignments all of which fit each other, by trying every way to group them. */
function fewest({ rows, columns }: Matrix): number {
  const edges = rows.flatMap((row, u) => [...bitsOf(row)].map((p) => [u, p] as const));
  const fit = ([u, p]: readonly [number, number], [v, q]: readonly [number, number]): boolean =>
    hasBit(rows[u] as Uint32Array, q) && hasBit(columns[p] as Uint32Array, v);
  let best = edges.length;
  const groups: (readonly [number, number])[][] = [];
  const place = (n: number): void => {
    if (groups.length >= best) return;
    const edge = edges[n];
    if (edge === undefined) {
      best = groups.length;
      return;
    }
    for (const group of groups) {
      if (!group.every((other) => fit(edge, other))) continue;
      group.push(edge);
      place(n + 1);
      group.pop();
    }
    groups.push([edge]);
    place(n + 1);
    groups.pop();
  };
  place(0);
  return best;
}

test('roles give everybody exactly what they held, whatever the matrix', () => {
  fc.assert(
    fc.property(matrices(40, 35), (matrix) => {
      const { roles, atLeast } = mineExact(matrix, { seed: 7, budgetMs: 200 });
      expect(given(matrix, roles)).toEqual(matrix.rows);
      expect(roles.length).toBeGreaterThanOrEqual(atLeast);
    }),
    { numRuns: 70 },
  );
});

test('they are as few as trying every way finds, and it is said so', () => {
  fc.assert(
    fc.property(matrices(5, 4), (matrix) => {
      const { roles, atLeast } = mineExact(matrix, effort);
      expect([roles.length, atLeast]).toEqual([fewest(matrix), fewest(matrix)]);
    }),
    { numRuns: 150 },
  );
});

test('the same seed finds the same roles', () => {
  fc.assert(
    fc.property(matrices(20, 20), (matrix) => {
      expect(mineExact(matrix, effort)).toEqual(mineExact(matrix, effort));
    }),
    { numRuns: 15 },
  );
});

test('a crown, where everybody lacks another thing, needs as many roles as Sperner says', () => {
  // Who lacks exactly one of n things: roles are subsets, and n different ones have to be told apart (Orlin 1977 after Sperner).
  const crown = (n: number): Matrix =>
    matrixOf(
      n,
      n,
      Array.from({ length: n * n }, (_, i) => [Math.floor(i / n), i % n] as const).filter(([u, p]) => u !== p),
    );
  expect([3, 4, 6].map((n) => mineExact(crown(n), effort).roles.length)).toEqual([3, 4, 4]);
});
