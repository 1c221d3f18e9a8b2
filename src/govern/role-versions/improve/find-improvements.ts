/** One role of a set, as it is looked at: who has it and what it gives through everything it contains, as numbers. */
export interface LookedRole {
  readonly id: string;
  readonly holders: ReadonlySet<number>;
  readonly gives: ReadonlySet<number>;
  /** Used: by a session that rested on it, or on a target. Unknown: use cannot be seen everywhere it leads to. */
  readonly use: 'used' | 'unused' | 'unknown';
}

export interface Improvement {
  readonly what: 'retire' | 'merge' | 'contain';
  /** Roles concerned; the first is the one a draft would change. */
  readonly roleIds: readonly string[];
  readonly people: number;
  /** Accesses that stay exactly as they are. */
  readonly coverage: number;
  /** Accesses people would have that they do not have by these roles now. */
  readonly extra: number;
}

/** How much two roles must give in common, of all they give, to be worth one. */
const ALIKE = 0.8;

/**
 * What could be better about a set of roles: such as nobody used, pairs that give the same or nearly so, and roles that
 * give all another gives. Pure; the same set finds
 * the same, in the order of how many people it is about.
 */
export function findImprovements(roles: readonly LookedRole[]): readonly Improvement[] {
  const found: Improvement[] = [];
  for (const role of roles) {
    const { holders, gives, id } = role;
    const all = { people: holders.size, coverage: holders.size * gives.size, extra: 0 };
    if (role.use === 'unused' && holders.size > 0) found.push({ what: 'retire', roleIds: [id], ...all });
  }
  for (const [a, b] of pairs(roles)) {
    const together = common(a.gives, b.gives);
    const people = union(a.holders, b.holders).size;
    const held = a.holders.size * a.gives.size + b.holders.size * b.gives.size;
    const both = common(a.holders, b.holders) * together;
    const coverage = held - both;
    if (together / (a.gives.size + b.gives.size - together) >= ALIKE)
      found.push({
        what: 'merge',
        roleIds: [a.id, b.id],
        people,
        coverage,
        extra: people * (a.gives.size + b.gives.size - together) - coverage,
      });
    else if (together === a.gives.size || together === b.gives.size) {
      const [larger, smaller] = together === b.gives.size ? [a, b] : [b, a];
      found.push({ what: 'contain', roleIds: [larger.id, smaller.id], people, coverage, extra: 0 });
    }
  }
  return found.toSorted(
    (a, b) =>
      b.people - a.people ||
      (a.what < b.what ? -1 : a.what > b.what ? 1 : a.roleIds.join() < b.roleIds.join() ? -1 : 1),
  );
}

/** Pairs of roles that give something in common, by what is given, so that most pairs are never looked at. */
function* pairs(roles: readonly LookedRole[]): Generator<readonly [LookedRole, LookedRole]> {
  const giving = new Map<number, number[]>();
  for (const [n, role] of roles.entries()) {
    const met = new Set<number>();
    for (const thing of role.gives) {
      const others = giving.get(thing) ?? [];
      for (const other of others) met.add(other);
      giving.set(thing, [...others, n]);
    }
    for (const other of [...met].sort((a, b) => a - b)) {
      const first = roles[other];
      if (first !== undefined) yield [first, role];
    }
  }
}

const common = (a: ReadonlySet<number>, b: ReadonlySet<number>): number => {
  let n = 0;
  for (const x of a) if (b.has(x)) n += 1;
  return n;
};
const union = (a: ReadonlySet<number>, b: ReadonlySet<number>): ReadonlySet<number> => new Set([...a, ...b]);
