import { addBit, bitsOf, dropBit, emptyBits, isWithin, listBits, type Bits } from './bits.ts';
import type { Matrix } from './matrix.ts';
import { randomFrom, shuffle } from './random.ts';
import type { Role } from './reduce.ts';

/** How many users and permissions each row and column of the matrix stands for. */
export interface Weights {
  readonly users: readonly number[];
  readonly permissions: readonly number[];
}

/** Tries to do better, at most; fewer for a large matrix. */
const TRIES = 4_000;
/** Work of one try, at most, in assignments looked at. */
const WORK = 200_000_000;

/**
 * Keeps as many roles and what they give together, and leaves out users of roles and permissions of roles that others
 * make up for: first the most for the least; then, again and again, a few roles are made as wide as they may be and
 * thinned out in another order, and what came out simpler stays. The same for the same seed.
 */
export function simplify(matrix: Matrix, roles: readonly Role[], weights: Weights, seed: number): readonly Role[] {
  if (roles.length === 0) return [];
  const cover = new Cover(
    matrix,
    roles.map((role) => widened(matrix, role)),
    weights,
  );
  cover.thin(
    cover.roles.map((_, n) => n),
    (list) => list,
  );
  const random = randomFrom(seed);
  const size = cover.roles.reduce(
    (sum, role) => sum + listBits(role.users).length + listBits(role.permissions).length,
    1,
  );
  const tries = Math.min(TRIES, Math.floor(WORK / (size * matrix.columns.length)));
  for (let n = 0; n < tries; n += 1) cover.improve(random);
  return cover.roles.filter(({ users, permissions }) => users.some((w) => w !== 0) && permissions.some((w) => w !== 0));
}

/** A role with everybody who may be in it. */
function widened({ rows }: Matrix, { permissions }: Role): Role {
  const users = emptyBits(rows.length);
  for (const [user, row] of rows.entries()) if (isWithin(permissions, row)) addBit(users, user);
  return { users, permissions: permissions.slice() };
}

/** A role with everything all who are in it hold. */
function deepened({ columns }: Matrix, { users }: Role): Role {
  const permissions = emptyBits(columns.length);
  for (const [permission, column] of columns.entries()) if (isWithin(users, column)) addBit(permissions, permission);
  return { users: users.slice(), permissions };
}

/** Roles, users in roles, and permissions in roles, added up (Molloy et al.: Mining roles with semantic meanings, SACMAT 2008). */
export const complexity = (roles: readonly Role[], weights: Weights): number =>
  roles.reduce(
    (sum, role) => sum + 1 + weigh(role.users, weights.users) + weigh(role.permissions, weights.permissions),
    0,
  );

function weigh(set: Bits, weights: readonly number[]): number {
  let sum = 0;
  for (const n of bitsOf(set)) sum += weights[n] ?? 1;
  return sum;
}

/** Roles that make up a matrix together, and by how many of them each assignment is given. */
class Cover {
  roles: Role[];
  private readonly matrix: Matrix;
  private readonly weights: Weights;
  private readonly times: Uint16Array;
  private readonly width: number;

  constructor(matrix: Matrix, roles: Role[], weights: Weights) {
    this.matrix = matrix;
    this.roles = [];
    this.weights = weights;
    this.width = matrix.columns.length;
    this.times = new Uint16Array(matrix.rows.length * this.width);
    for (const role of roles) this.put(this.roles.length, role);
  }

  /** Makes a few roles as wide as they may be, thins them out in a random order, and keeps that unless it is worse. */
  improve(random: (limit: number) => number): void {
    const chosen = [...new Set(Array.from({ length: 1 + random(4) }, () => random(this.roles.length)))];
    const before = chosen.map((n) => this.roles[n] as Role);
    for (const n of chosen) {
      const deep = random(2) === 0 ? this.roles[n] : deepened(this.matrix, this.roles[n] as Role);
      this.put(n, widened(this.matrix, deep as Role));
    }
    const nearby = this.roles.flatMap((_, n) => (chosen.includes(n) || random(3) === 0 ? [n] : []));
    const others = nearby.filter((n) => !chosen.includes(n)).map((n) => [n, this.copyOf(n)] as const);
    const was = complexity([...before, ...others.map(([, role]) => role)], this.weights);
    this.thin(nearby, (list) => shuffle(list, random));
    const is = complexity(
      nearby.map((n) => this.roles[n] as Role),
      this.weights,
    );
    if (is <= was) return;
    for (const [at, n] of chosen.entries()) this.put(n, before[at] as Role);
    for (const [n, role] of others) this.put(n, role);
  }

  /** Takes from roles the users and permissions that others make up for. */
  thin(which: readonly number[], order: <T>(list: T[]) => T[]): void {
    const parts = which.flatMap((n) => {
      const { users, permissions } = this.roles[n] as Role;
      return [
        ...listBits(users).map((user) => ({ n, user, weight: this.weights.users[user] ?? 1 })),
        ...listBits(permissions).map((permission) => ({
          n,
          permission,
          weight: this.weights.permissions[permission] ?? 1,
        })),
      ];
    });
    for (const part of order(parts).sort((a, b) => b.weight - a.weight))
      if ('user' in part) this.dropUser(part.n, part.user);
      else this.dropPermission(part.n, part.permission);
  }

  private copyOf(n: number): Role {
    const { users, permissions } = this.roles[n] as Role;
    return { users: users.slice(), permissions: permissions.slice() };
  }

  private dropUser(n: number, user: number): void {
    const { users, permissions } = this.roles[n] as Role;
    const at = user * this.width;
    for (const permission of bitsOf(permissions)) if ((this.times[at + permission] as number) < 2) return;
    dropBit(users, user);
    for (const permission of bitsOf(permissions)) this.count(at + permission, -1);
  }

  private dropPermission(n: number, permission: number): void {
    const { users, permissions } = this.roles[n] as Role;
    for (const user of bitsOf(users)) if ((this.times[user * this.width + permission] as number) < 2) return;
    dropBit(permissions, permission);
    for (const user of bitsOf(users)) this.count(user * this.width + permission, -1);
  }

  private put(n: number, role: Role): void {
    const old = this.roles[n];
    if (old !== undefined) this.countAll(old, -1);
    this.roles[n] = { users: role.users.slice(), permissions: role.permissions.slice() };
    this.countAll(role, 1);
  }

  private countAll({ users, permissions }: Role, by: number): void {
    const given = listBits(permissions);
    for (const user of bitsOf(users)) for (const permission of given) this.count(user * this.width + permission, by);
  }

  private count(at: number, by: number): void {
    this.times[at] = (this.times[at] as number) + by;
  }
}
