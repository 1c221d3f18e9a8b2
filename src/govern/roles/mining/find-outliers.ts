import { bitsOf, hasBit, listBits, type Bits } from './bits.ts';
import type { Attribute } from './attributes.ts';
import type { Matrix } from './matrix.ts';

/** One thing that makes somebody stand out. */
export interface Unusual {
  readonly permission: number;
  /** How much of the score it is. */
  readonly weight: number;
  /** How many of those like them by attributes hold it, and of how many. */
  readonly likeThem: readonly [held: number, of: number];
  /** The same among those whose access is most like theirs. */
  readonly nearest: readonly [held: number, of: number];
}

export interface Outlier {
  readonly user: number;
  readonly score: number;
  /** What makes up the score, the most first. */
  readonly because: readonly Unusual[];
}

const NEAREST = 10;
/** Something held by more than this tells nobody apart, and would cost every pair of its holders a look. */
const TELLING = 1_000;
/** Counted among each group of peers as one more who does not hold it: three peers prove less than thirty. */
const DOUBT = 1;
/** What people alike by attributes hold says more about what is usual than what people of like access do: access is what is in question. */
const ALIKE = 2 / 3;

/**
 * Who holds what others like them do not, the most unusual first. Peers are those with the same value of an attribute
 * (the one by which most is shared, of those somebody has), and those whose access is nearest; each grant counts by how
 * rare it is among all, times how few of both kinds of peers hold it.
 */
export function findOutliers(matrix: Matrix, attributes: readonly Attribute[], most: number): readonly Outlier[] {
  const { rows, columns } = matrix;
  const held = columns.map((column) => listBits(column));
  const rarity = held.map((holders) => Math.log((rows.length + 1) / (holders.length + 1)));
  const groups = attributes.map(({ values }) => groupsOf(matrix, values));
  const near = nearestOf(matrix, held, rarity);
  const outliers = rows.map((row, user): Outlier => {
    const alike = attributes.flatMap(({ values }, n) => groups[n]?.get(values[user] ?? '') ?? []);
    const nearest = near(user);
    const because = [...bitsOf(row)].map((permission): Unusual => {
      // Everybody is one of their own group, and holds what is looked at.
      const shares = alike.map(({ size, held: by }) => [(by.get(permission) ?? 1) - 1, size - 1] as const);
      const likeThem = shares.toSorted((a, b) => share(b) - share(a))[0] ?? ([0, 0] as const);
      const by = shareOf(columns[permission] as Bits, nearest);
      const common = alike.length === 0 ? share(by) : ALIKE * share(likeThem) + (1 - ALIKE) * share(by);
      return { permission, weight: (rarity[permission] as number) * (1 - common), likeThem, nearest: by };
    });
    because.sort((a, b) => b.weight - a.weight || a.permission - b.permission);
    return { user, score: because.reduce((sum, { weight }) => sum + weight, 0), because };
  });
  return outliers
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.user - b.user)
    .slice(0, most);
}

const share = ([held, of]: readonly [number, number]): number => held / (of + DOUBT);

const shareOf = (holders: Bits, peers: readonly number[]): readonly [number, number] => [
  peers.reduce((n, peer) => n + (hasBit(holders, peer) ? 1 : 0), 0),
  peers.length,
];

/** People who share a value: how many they are, and how many of them hold each permission. */
interface Group {
  size: number;
  readonly held: Map<number, number>;
}

function groupsOf({ rows }: Matrix, values: readonly (string | null)[]): ReadonlyMap<string, Group> {
  const groups = new Map<string, Group>();
  for (const [user, row] of rows.entries()) {
    const value = values[user] ?? '';
    if (value === '') continue;
    const group = groups.get(value) ?? { size: 0, held: new Map<number, number>() };
    groups.set(value, group);
    group.size += 1;
    for (const p of bitsOf(row)) group.held.set(p, (group.held.get(p) ?? 0) + 1);
  }
  return groups;
}

/** Finds those whose access is most like somebody's: what both hold of what either holds, each by how rare it is. */
function nearestOf(
  { rows }: Matrix,
  held: readonly (readonly number[])[],
  rarity: readonly number[],
): (user: number) => readonly number[] {
  const weights = rows.map((row) => [...bitsOf(row)].reduce((sum, p) => sum + (rarity[p] as number), 0));
  const common = new Float64Array(rows.length);
  return (user) => {
    const met: number[] = [];
    for (const p of bitsOf(rows[user] as Bits)) {
      const holders = held[p] as readonly number[];
      if (holders.length > TELLING) continue;
      for (const other of holders) {
        if (other === user) continue;
        if (common[other] === 0) met.push(other);
        common[other] = (common[other] as number) + (rarity[p] as number);
      }
    }
    const likeness = (other: number): number =>
      (common[other] as number) / ((weights[user] as number) + (weights[other] as number) - (common[other] as number));
    const nearest = met
      .map((other) => [likeness(other), other] as const)
      .sort((a, b) => b[0] - a[0] || a[1] - b[1])
      .slice(0, NEAREST)
      .map(([, other]) => other);
    for (const other of met) common[other] = 0;
    return nearest;
  };
}
