import { addBit, bitsOf, dropBit, emptyBits, hasBit, haveCommon, isWithin, listBits, type Bits } from './bits.ts';
import type { Matrix } from './matrix.ts';

/** Who is in a role, and what it gives. */
export interface Role {
  readonly users: Bits;
  readonly permissions: Bits;
}

/** An assignment of the matrix: user × permissions + permission. */
export type Edge = number;

/** What is left of a matrix when every assignment that decides itself is out of it. */
export interface Kernel {
  readonly matrix: Matrix;
  /** Roles that some smallest cover has. */
  readonly forced: readonly Role[];
  /** Assignments still to be covered; a smallest cover of these, with the forced roles, is a smallest cover of all. */
  readonly edges: readonly Edge[];
  /** The role that covers these assignments, no two of which are apart, with all that comes along with them. */
  roleOf(edges: readonly Edge[]): Role;
}

/**
 * Reduces a matrix to what is hard about covering it with roles. Two assignments fit when one role can cover both: when
 * either user may have the other's permission. A role covers assignments that fit each other, so the fewest roles are the
 * fewest cliques that cover the graph of what fits (Ene, Horne, Milosavljevic, Rao, Schreiber, Tarjan: Fast exact and
 * heuristic methods for role minimization problems, SACMAT 2008). An assignment that fits everything another one fits
 * comes along with it, whatever role covers that one, and is left out; one whose company all fit each other is covered
 * by the role of its company.
 */
export function reduce(matrix: Matrix): Kernel {
  const rest = matrix.rows.map((row) => row.slice());
  const restOf = matrix.columns.map((column) => column.slice());
  const permissions = matrix.columns.length;
  const along = new Map<Edge, Edge[]>();
  const forced: Role[] = [];
  const take = (user: number, permission: number): void => {
    dropBit(rest[user] as Bits, permission);
    dropBit(restOf[permission] as Bits, user);
  };
  const roleOf = (edges: readonly Edge[]): Role => {
    const role = { users: emptyBits(matrix.rows.length), permissions: emptyBits(permissions) };
    const open = [...edges];
    for (let edge = open.pop(); edge !== undefined; edge = open.pop()) {
      addBit(role.users, Math.floor(edge / permissions));
      addBit(role.permissions, edge % permissions);
      open.push(...(along.get(edge) ?? []));
    }
    return role;
  };
  for (let changed = true; changed;) {
    changed = false;
    for (const [user, row] of rest.entries())
      for (const permission of listBits(row)) {
        if (!hasBit(row, permission)) continue;
        const company = companyOf(matrix, rest, user, permission);
        const edge = user * permissions + permission;
        const gone: Edge[] = [];
        for (const other of company.fitAllUsers)
          for (const given of listBits(rest[other] as Bits)) {
            if (!hasBit(company.fitAllPermissions, given) || (other === user && given === permission)) continue;
            take(other, given);
            gone.push(other * permissions + given);
          }
        if (gone.length > 0) along.set(edge, [...(along.get(edge) ?? []), ...gone]);
        if (company.allFit) {
          take(user, permission);
          forced.push(roleOf([edge]));
        }
        changed ||= gone.length > 0 || company.allFit;
      }
  }
  return {
    matrix,
    forced,
    edges: rest.flatMap((row, user) => listBits(row).map((p) => user * permissions + p)),
    roleOf,
  };
}

/** What fits one assignment, of what is left to be covered. */
interface Company {
  /** Users and permissions whose assignments there fit all of it. */
  readonly fitAllUsers: readonly number[];
  readonly fitAllPermissions: Bits;
  /** All of it fits all of it. */
  readonly allFit: boolean;
}

function companyOf({ rows, columns }: Matrix, rest: readonly Bits[], user: number, permission: number): Company {
  const given = rows[user] as Bits;
  const users = [...bitsOf(columns[permission] as Bits)].filter((other) => haveCommon(rest[other] as Bits, given));
  const among = emptyBits(rows.length);
  const permissions = emptyBits(columns.length);
  for (const other of users) {
    addBit(among, other);
    const left = rest[other] as Bits;
    for (let i = 0; i < permissions.length; i += 1)
      permissions[i] = (permissions[i] as number) | ((left[i] as number) & (given[i] as number));
  }
  const fitAllUsers = users.filter((other) => isWithin(permissions, rows[other] as Bits));
  const fitAllPermissions = emptyBits(columns.length);
  for (const one of bitsOf(permissions)) if (isWithin(among, columns[one] as Bits)) addBit(fitAllPermissions, one);
  const full = new Set(fitAllUsers);
  const allFit = users.every((other) => {
    const left = rest[other] as Bits;
    return left.every((word, i) => {
      const fits = full.has(other) ? (fitAllPermissions[i] as number) : 0;
      return (word & (given[i] as number) & ~fits) === 0;
    });
  });
  return { fitAllUsers, fitAllPermissions, allFit };
}
