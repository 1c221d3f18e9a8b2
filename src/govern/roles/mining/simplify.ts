import { addAll, addBit, bitsOf, countCommon, dropBit, emptyBits, hasBit, isWithin, type Bits } from './bits.ts';
import type { Matrix } from './matrix.ts';
import type { Role } from './reduce.ts';

/** How many users and permissions each row and column of the matrix stands for. */
export interface Weights {
  readonly users: readonly number[];
  readonly permissions: readonly number[];
}

/**
 * Keeps roles and what they give together, and leaves out assignments of roles to users and of permissions to roles that
 * others make up for: the most for the least, until nothing more can go. Never more roles than before.
 */
export function simplify(matrix: Matrix, roles: readonly Role[], weights: Weights): readonly Role[] {
  const all = roles.map((role) => ({ users: widest(matrix, role), permissions: role.permissions.slice() }));
  for (let rounds = 0; rounds < 8; rounds += 1) {
    const before = complexity(all, weights);
    const assigned = assign(matrix, all);
    for (const [n, role] of all.entries()) role.users.set(assigned[n] as Bits);
    dropPermissions(all, weights);
    if (complexity(all, weights) >= before) break;
  }
  return all.filter(({ users, permissions }) => users.some((w) => w !== 0) && permissions.some((w) => w !== 0));
}

/** Everybody who may be in a role. */
function widest({ rows }: Matrix, role: Role): Bits {
  const users = emptyBits(rows.length);
  for (const [user, row] of rows.entries()) if (isWithin(role.permissions, row)) addBit(users, user);
  return users;
}

/** Roles, users in roles, and permissions in roles, added up (Molloy et al.: Mining roles with semantic meanings, SACMAT 2008). */
export const complexity = (roles: readonly Role[], weights: Weights): number =>
  roles.reduce((sum, role) => {
    const users = [...bitsOf(role.users)].reduce((n, user) => n + (weights.users[user] ?? 1), 0);
    const permissions = [...bitsOf(role.permissions)].reduce((n, one) => n + (weights.permissions[one] ?? 1), 0);
    return sum + 1 + users + permissions;
  }, 0);

/** Gives each user few roles that make up what they hold: the one that adds most first, then those that others make up for are left out. */
function assign({ rows }: Matrix, roles: readonly Role[]): readonly Bits[] {
  const assigned = roles.map(() => emptyBits(rows.length));
  for (const [user, row] of rows.entries()) {
    const may = roles.flatMap((role, n) => (isWithin(role.permissions, row) ? [n] : []));
    const open = row.slice();
    const chosen: number[] = [];
    for (;;) {
      let best: number | undefined;
      let most = 0;
      for (const n of may) {
        const adds = countCommon((roles[n] as Role).permissions, open);
        if (adds > most) [most, best] = [adds, n];
      }
      if (best === undefined) break;
      chosen.push(best);
      for (let i = 0; i < open.length; i += 1)
        open[i] = (open[i] as number) & ~((roles[best] as Role).permissions[i] as number);
    }
    for (const n of needed(chosen, roles)) addBit(assigned[n] as Bits, user);
  }
  return assigned;
}

/** Of roles that make something up together, those without which it would not be made up. */
function needed(chosen: readonly number[], roles: readonly Role[]): readonly number[] {
  const kept = [...chosen];
  for (const n of chosen) {
    const others = emptyBits((roles[n] as Role).permissions.length * 32);
    for (const other of kept) if (other !== n) addAll(others, (roles[other] as Role).permissions);
    if (isWithin((roles[n] as Role).permissions, others)) kept.splice(kept.indexOf(n), 1);
  }
  return kept;
}

/** Takes from each role what all who are in it have by others of their roles. */
function dropPermissions(roles: readonly Role[], weights: Weights): void {
  const order = roles.map((_, n) => n);
  for (const n of order) {
    const role = roles[n] as Role;
    const permissions = [...bitsOf(role.permissions)].sort(
      (a, b) => (weights.permissions[b] ?? 1) - (weights.permissions[a] ?? 1),
    );
    for (const permission of permissions) {
      const everybody = [...bitsOf(role.users)].every((user) =>
        roles.some((other) => other !== role && hasBit(other.users, user) && hasBit(other.permissions, permission)),
      );
      if (everybody) dropBit(role.permissions, permission);
    }
  }
}
