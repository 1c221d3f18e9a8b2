import { expect, test } from 'vitest';
import { addBit, bitsOf, countCommon, emptyBits, type Bits } from './bits.ts';
import { constrain, measure } from './candidates.ts';
import { findOutliers } from './find-outliers.ts';
import { matrixOf } from './matrix.ts';
import { mineCandidates } from './mine-candidates.ts';
import { mineTolerant } from './mine-tolerant.ts';
import { randomFrom } from './random.ts';
import { plant, recovery, type Planting } from './testing/planted.ts';

const worlds: readonly Omit<Planting, 'of' | 'seed' | 'noise'>[] = [
  { users: 100, permissions: 60, roles: 6, size: [5, 10], each: [1, 2] },
  { users: 200, permissions: 100, roles: 8, size: [6, 12], each: [1, 3] },
  { users: 500, permissions: 200, roles: 15, size: [8, 20], each: [1, 3] },
  { users: 400, permissions: 200, roles: 20, size: [10, 20], each: [1, 1] },
];

test.each(worlds.flatMap((world) => (['held', 'cells'] as const).map((of) => ({ ...world, of }))))(
  '$roles roles planted among $users people with 5 % of $of wrong are found again, identically for the same seed',
  (world) => {
    // Another seed for the small ones; the large ones take a while.
    for (const seed of world.users < 400 ? [1, 2] : [1]) {
      const { matrix, roles } = plant({ ...world, noise: 0.05, seed });
      const found = mineTolerant(matrix, { tolerance: 0.25, seed: 7 });
      const { permissions } = recovery(roles, found);
      expect(permissions).toBeGreaterThanOrEqual(0.95);
      if (seed === 2) expect(mineTolerant(matrix, { tolerance: 0.25, seed: 7 })).toEqual(found);
    }
  },
);

test('nothing is found where there is only chance', () => {
  const { matrix } = plant({
    users: 400,
    permissions: 150,
    roles: 1,
    size: [1, 1],
    each: [0, 0],
    noise: 0.05,
    of: 'cells',
    seed: 3,
  });
  expect(mineTolerant(matrix, { tolerance: 0.25, seed: 1 })).toEqual([]);
});

test('a role keeps to its tolerance both ways', () => {
  const { matrix } = plant({ ...(worlds[1] as (typeof worlds)[number]), noise: 0.05, of: 'cells', seed: 9 });
  for (const role of mineTolerant(matrix, { tolerance: 0.2, seed: 1 })) {
    const given = countCommon(role.permissions, role.permissions);
    for (const user of bitsOf(role.users))
      expect(countCommon(matrix.rows[user] as Bits, role.permissions)).toBeGreaterThanOrEqual(given * 0.75);
    const { users, permissions, extra } = measure(matrix, role);
    expect(extra).toBeLessThanOrEqual(users * permissions * 0.2);
  }
});

/** Four departments with access of their own, and everybody with a few things beside. */
function company(seed: number): { pairs: [number, number][]; department: (user: number) => number } {
  const random = randomFrom(seed);
  const department = (user: number): number => user % 4;
  const pairs = Array.from({ length: 400 }, (_, user) => [
    ...Array.from({ length: 12 }, (_, n): [number, number] => [user, department(user) * 12 + n]).filter(
      () => random(100) < 92,
    ),
    ...Array.from({ length: 3 }, (): [number, number] => [user, 48 + random(40)]),
  ]).flat();
  return { pairs, department };
}
const NAMES = ['Engineering', 'Finance', 'People', 'Sales'];
const attributesOf = (department: (user: number) => number) => [
  { name: 'department', values: Array.from({ length: 400 }, (_, user) => NAMES[department(user)] ?? null) },
];

test('a person planted with the access of a foreign department is in the first percent of outliers, with what it is', () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const { pairs, department } = company(seed);
    const odd = 17 + seed * 31;
    const foreign = (department(odd) + 1) % 4;
    const planted = Array.from({ length: 12 }, (_, n): [number, number] => [odd, foreign * 12 + n]);
    const outliers = findOutliers(matrixOf(400, 88, [...pairs, ...planted]), attributesOf(department), 4);
    const found = outliers.find(({ user }) => user === odd);
    expect(found).toBeDefined();
    const named = found?.because.slice(0, 15).map(({ permission }) => permission) ?? [];
    expect(named.filter((p) => Math.floor(p / 12) === foreign).length).toBeGreaterThanOrEqual(11);
  }
});

test('candidates say in words who is in them, and whether a rule would find the same people', () => {
  const { pairs, department } = company(1);
  const matrix = matrixOf(400, 88, pairs);
  const { candidates } = mineCandidates({
    matrix,
    attributes: attributesOf(department),
    names: Array.from({ length: 88 }, (_, n) => `thing ${n}`),
    tolerance: 0.25,
    constraints: { fewestUsers: 5 },
    share: 0.9,
    seed: 1,
  });
  expect(candidates.filter(({ name }) => name.startsWith('Finance'))).toMatchObject([
    {
      name: 'Finance: 12 entitlements',
      stability: 1,
      rule: { terms: [{ attribute: 'department', value: 'Finance' }], finds: 100, findsOfRole: 100, same: true },
    },
  ]);
  expect(candidates[0]?.coverage).toBeGreaterThan(1000);
});

test('a role that is too large is cut, and one that is too small is none', () => {
  const role = { users: emptyBits(64), permissions: emptyBits(32) };
  for (let n = 0; n < 50; n += 1) addBit(role.users, n);
  for (let n = 0; n < 9; n += 1) addBit(role.permissions, n);
  const count = (set: Bits): number => countCommon(set, set);
  const parts = constrain([role], { mostUsers: 20, mostPermissions: 5, fewestUsers: 3 });
  expect(parts.map(({ users, permissions }) => [count(users), count(permissions)])).toEqual([
    [17, 5],
    [17, 4],
    [17, 5],
    [17, 4],
    [16, 5],
    [16, 4],
  ]);
  expect(constrain([role], { fewestUsers: 51 })).toEqual([]);
});
