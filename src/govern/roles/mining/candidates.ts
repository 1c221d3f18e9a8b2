import { addBit, bitsOf, countCommon, emptyBits, keyOf, listBits, type Bits } from './bits.ts';
import type { Matrix } from './matrix.ts';
import type { Role } from './reduce.ts';

/** What a candidate role must keep to. */
export interface Constraints {
  /** Users a role has at most; absent: any number. */
  readonly mostUsers?: number | undefined;
  /** Permissions a role gives at most; absent: any number. */
  readonly mostPermissions?: number | undefined;
  /** Users a role must have; a role for fewer is no role. */
  readonly fewestUsers: number;
}

/** What a candidate role covers of a matrix. */
export interface Measured {
  readonly users: number;
  readonly permissions: number;
  /** Assignments it gives that are there. */
  readonly coverage: number;
  /** Assignments it would give that are not there. */
  readonly extra: number;
}

export function measure({ rows }: Matrix, role: Role): Measured {
  const permissions = countCommon(role.permissions, role.permissions);
  let users = 0;
  let coverage = 0;
  for (const user of bitsOf(role.users)) {
    users += 1;
    coverage += countCommon(rows[user] as Bits, role.permissions);
  }
  return { users, permissions, coverage, extra: users * permissions - coverage };
}

/**
 * Cuts roles that are too large into as few as will do, in the order of users and permissions, leaves out those that
 * are too small, and says each once.
 */
export function constrain(roles: readonly Role[], { mostUsers, mostPermissions, fewestUsers }: Constraints): Role[] {
  const kept = new Map<string, Role>();
  for (const role of roles)
    for (const users of cut(role.users, mostUsers))
      for (const permissions of cut(role.permissions, mostPermissions)) {
        if (countCommon(users, users) < fewestUsers || permissions.every((word) => word === 0)) continue;
        kept.set(`${keyOf(users)} ${keyOf(permissions)}`, { users, permissions });
      }
  return [...kept.values()];
}

/** Parts of a set that are nearly equally large, none larger than `most`. */
function cut(set: Bits, most: number | undefined): Bits[] {
  const all = listBits(set);
  if (most === undefined || all.length <= most) return [set];
  const parts = Math.ceil(all.length / most);
  const size = Math.ceil(all.length / parts);
  return Array.from({ length: parts }, (_, n) => {
    const part = emptyBits(set.length * 32);
    for (const one of all.slice(n * size, (n + 1) * size)) addBit(part, one);
    return part;
  });
}
