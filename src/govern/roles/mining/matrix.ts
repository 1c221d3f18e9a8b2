import { addBit, emptyBits, keyOf, listBits, type Bits } from './bits.ts';

/** Who holds what, as sets both ways: `rows[u]` what user u holds, `columns[p]` who holds permission p. */
export interface Matrix {
  readonly rows: readonly Bits[];
  readonly columns: readonly Bits[];
}

/** A matrix in which no two users hold the same and no two permissions are held by the same, and whom each stands for. */
export interface Classes {
  readonly matrix: Matrix;
  /** For each user of the smaller matrix those of the larger one. */
  readonly users: readonly (readonly number[])[];
  readonly permissions: readonly (readonly number[])[];
}

export function matrixOf(users: number, permissions: number, pairs: Iterable<readonly [number, number]>): Matrix {
  const rows = Array.from({ length: users }, () => emptyBits(permissions));
  const columns = Array.from({ length: permissions }, () => emptyBits(users));
  for (const [user, permission] of pairs) {
    addBit(rows[user] as Bits, permission);
    addBit(columns[permission] as Bits, user);
  }
  return { rows, columns };
}

/** Puts equal users together, then equal permissions: a smallest cover of what is left is one of the whole. */
export function classesOf({ rows, columns }: Matrix): Classes {
  const users = alike(rows);
  const permissions = alike(columns);
  const permissionAt = new Map(permissions.flatMap((members, at) => members.map((member) => [member, at] as const)));
  const pairs = users.flatMap((members, at) =>
    listBits(rows[members[0] as number] as Bits).map((p) => [at, permissionAt.get(p) as number] as const),
  );
  return { matrix: matrixOf(users.length, permissions.length, pairs), users, permissions };
}

/** Numbers of equal sets together, those of the empty set left out. */
function alike(sets: readonly Bits[]): number[][] {
  const groups = new Map<string, number[]>();
  for (const [n, set] of sets.entries()) {
    if (set.every((word) => word === 0)) continue;
    const key = keyOf(set);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [n]);
    else group.push(n);
  }
  return [...groups.values()];
}
