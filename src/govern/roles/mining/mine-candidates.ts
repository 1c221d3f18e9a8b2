import { nameOf, rolesByAttribute, ruleOf, type Attribute, type AttributeRule } from './attributes.ts';
import { countCommon, keyOf, listBits, type Bits } from './bits.ts';
import { constrain, measure, type Constraints } from './candidates.ts';
import { findOutliers, type Outlier } from './find-outliers.ts';
import type { Matrix } from './matrix.ts';
import { mineExact } from './mine-exact.ts';
import { mineTolerant } from './mine-tolerant.ts';
import type { Role } from './reduce.ts';
import { stabilityOf } from './stability.ts';

/** What is mined, and how. */
export interface MiningTask {
  readonly matrix: Matrix;
  readonly attributes: readonly Attribute[];
  /** Names of the permissions. */
  readonly names: readonly string[];
  /** 0: roles give exactly what is held. Above: how much of a role may be off. */
  readonly tolerance: number;
  readonly constraints: Constraints;
  /** How many of those in a role must share a value for it to be part of its name and rule. */
  readonly share: number;
  readonly seed: number;
}

/** How a candidate was found: in who holds what, or in what people of an attribute hold. */
export type Basis = 'access' | 'attributes';

export interface Candidate {
  readonly name: string;
  readonly basis: Basis;
  readonly users: readonly number[];
  readonly permissions: readonly number[];
  readonly coverage: number;
  readonly extra: number;
  /** How often it was found again with a tenth of the users left out, 0 to 1. */
  readonly stability: number;
  readonly rule: AttributeRule | null;
}

export interface Mined {
  readonly candidates: readonly Candidate[];
  readonly outliers: readonly Outlier[];
  /** Assignments the candidates found in who holds what give together, of those that are there. */
  readonly covered: number;
  readonly assignments: number;
  /** How few roles an exact cover must have, before limits to their size; null where something may be off. */
  readonly atLeast: number | null;
}

const BUDGET_MS = 60_000;
const ROUNDS = 5;
const OUTLIERS = 200;

/** Mines a matrix whole: candidates, the one that covers most first, and outliers. The same for the same seed. */
export function mineCandidates(task: MiningTask, progress: (share: number, doing: string) => void = () => {}): Mined {
  const { matrix, attributes, constraints, tolerance, seed } = task;
  let atLeast: number | null = null;
  const mine = (of: Matrix, budgetMs: number, report?: (share: number) => void): readonly Role[] => {
    if (tolerance > 0) return mineTolerant(of, { tolerance, seed, progress: report });
    const exact = mineExact(of, { seed, budgetMs });
    atLeast ??= exact.atLeast;
    return exact.roles;
  };
  progress(0, 'roles');
  const byAccess = constrain(
    mine(matrix, BUDGET_MS, (share) => progress(0.4 * share, 'roles')),
    constraints,
  );
  progress(0.4, 'attributes');
  const known = new Set(byAccess.map(keyOfRole));
  const byAttribute = constrain(rolesByAttribute(matrix, attributes, tolerance), constraints).filter(
    (role) => !known.has(keyOfRole(role)),
  );
  progress(0.5, 'stability');
  const stable = stabilityOf(
    matrix,
    byAccess,
    (left) => constrain(mine(left, BUDGET_MS / 10), { ...constraints, fewestUsers: 1 }),
    { seed, rounds: ROUNDS, progress: (share) => progress(0.5 + 0.3 * share, 'stability') },
  );
  const stableByAttribute = stabilityOf(
    matrix,
    byAttribute,
    (left, kept) => {
      const of = attributes.map(({ name, values }) => ({ name, values: kept.map((user) => values[user] ?? null) }));
      return constrain(rolesByAttribute(left, of, tolerance), { ...constraints, fewestUsers: 1 });
    },
    { seed, rounds: ROUNDS, progress: (share) => progress(0.8 + 0.1 * share, 'stability') },
  );
  progress(0.9, 'outliers');
  const outliers = findOutliers(matrix, attributes, OUTLIERS);
  progress(1, 'done');
  const candidates = [
    ...byAccess.map((role, n) => describe(task, role, 'access', stable[n] ?? 0)),
    ...byAttribute.map((role, n) => describe(task, role, 'attributes', stableByAttribute[n] ?? 0)),
  ].sort((a, b) => b.coverage - a.coverage || a.extra - b.extra || (a.name < b.name ? -1 : 1));
  return { candidates, outliers, atLeast, ...coveredBy(matrix, byAccess) };
}

const keyOfRole = ({ users, permissions }: Role): string => `${keyOf(users)} ${keyOf(permissions)}`;

function describe(task: MiningTask, role: Role, basis: Basis, stability: number): Candidate {
  const { coverage, extra } = measure(task.matrix, role);
  const permissions = listBits(role.permissions);
  const users = listBits(role.users);
  const rule = ruleOf(role.users, task.attributes, task.share) ?? null;
  // What fewest hold says most about a role.
  const holders = (p: number): number => countCommon(task.matrix.columns[p] as Bits, task.matrix.columns[p] as Bits);
  const names = permissions.toSorted((a, b) => holders(a) - holders(b) || a - b).map((p) => task.names[p] ?? '');
  const name = nameOf(rule ?? undefined, users.length, names);
  return { name, basis, users, permissions, coverage, extra, stability, rule };
}

function coveredBy({ rows, columns }: Matrix, roles: readonly Role[]): { covered: number; assignments: number } {
  const given = rows.map(() => new Uint32Array((columns.length + 31) >>> 5));
  for (const { users, permissions } of roles)
    for (const user of listBits(users)) {
      const row = given[user] as Bits;
      for (let i = 0; i < row.length; i += 1) row[i] = (row[i] as number) | (permissions[i] as number);
    }
  return {
    covered: rows.reduce((sum, row, user) => sum + countCommon(row, given[user] as Bits), 0),
    assignments: rows.reduce((sum, row) => sum + countCommon(row, row), 0),
  };
}
