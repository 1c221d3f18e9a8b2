import { addBit, bitsOf, emptyBits } from './bits.ts';
import { coverKernel, type Effort } from './cover-kernel.ts';
import { classesOf, type Matrix } from './matrix.ts';
import { reduce, type Role } from './reduce.ts';
import { simplify } from './simplify.ts';

/** Roles that together give everybody exactly what they hold. */
export interface ExactCover {
  readonly roles: readonly Role[];
  /** How few roles there must be at least; as many as there are: no cover is smaller. */
  readonly atLeast: number;
}

/**
 * The fewest roles that give everybody exactly what they hold, as far as the budget lets it be proved. The same for the
 * same seed where the budget is not used up.
 */
export function mineExact(matrix: Matrix, effort: Effort): ExactCover {
  const { matrix: small, users, permissions } = classesOf(matrix);
  const kernel = reduce(small);
  const { groups, atLeast } = coverKernel(kernel, effort);
  const found = [...kernel.forced, ...groups.map((group) => kernel.roleOf(group))];
  const weights = { users: users.map((all) => all.length), permissions: permissions.map((all) => all.length) };
  const roles = simplify(small, found, weights, effort.seed).map((role) => {
    const wide: Role = { users: emptyBits(matrix.rows.length), permissions: emptyBits(matrix.columns.length) };
    for (const user of bitsOf(role.users)) for (const one of users[user] ?? []) addBit(wide.users, one);
    for (const permission of bitsOf(role.permissions))
      for (const one of permissions[permission] ?? []) addBit(wide.permissions, one);
    return wide;
  });
  return { roles, atLeast: kernel.forced.length + atLeast };
}
