import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { complexity, listBits, matrixOf, mineExact, type Matrix, type Role } from '#govern/roles/mining/index.ts';
import { watchMemory } from './house/index.ts';
import type { BenchLine } from './report.ts';

/** Where sets of `user permission` lines are. */
const FOLDER =
  process.env['REEVE_BENCH_MATRICES'] ?? join(import.meta.dirname, '..', '..', 'shared', 'data', 'rolemining');

/**
 * Published for each set: the fewest roles known (Ene et al. 2008 and later), those of the best heuristic, and the smallest
 * complexity.
 */
const PUBLISHED: Readonly<
  Record<string, { readonly fewest: number; readonly heuristic: number; readonly complexity: number }>
> = {
  hc: { fewest: 14, heuristic: 14, complexity: 268 },
  domino: { fewest: 20, heuristic: 20, complexity: 747 },
  emea: { fewest: 34, heuristic: 34, complexity: 7280 },
  fire1: { fewest: 64, heuristic: 65, complexity: 2019 },
  fire2: { fewest: 10, heuristic: 10, complexity: 1120 },
  apj: { fewest: 453, heuristic: 454, complexity: 4867 },
  americas_small: { fewest: 178, heuristic: 196, complexity: 10_681 },
};
const BUDGET_MS = 45_000;

/** Roles mined from real matrices, exact cover: checked assignment by assignment against the file. */
export async function run(): Promise<readonly BenchLine[]> {
  const lines: BenchLine[] = [];
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.txt') && !/readme/i.test(file));
  for (const file of files.sort()) {
    const name = basename(file, '.txt');
    const matrix = load(join(FOLDER, file));
    await Promise.resolve();
    const memory = watchMemory();
    const start = performance.now();
    const { roles, atLeast } = mineExact(matrix, { seed: 1, budgetMs: BUDGET_MS });
    const seconds = (performance.now() - start) / 1000;
    const peakMb = memory.stop();
    check(name, matrix, roles);
    const known = PUBLISHED[name];
    const line = (metric: string, value: number, unit: string, baseline: number | undefined): BenchLine => ({
      bench: 'mining',
      case: name,
      metric,
      value,
      unit,
      baseline: baseline ?? null,
      ratio: baseline === undefined ? null : Math.round((value / baseline) * 1000) / 1000,
    });
    lines.push(
      line('roles', roles.length, 'roles', known?.fewest),
      line('roles_against_heuristic', roles.length, 'roles', known?.heuristic),
      line('at_least', atLeast, 'roles', roles.length),
      line('complexity', complexity(roles, { users: [], permissions: [] }), 'roles + assignments', known?.complexity),
      line('seconds', Math.round(seconds * 1000) / 1000, 's', undefined),
      line('peak_rss_mb', Math.round(peakMb), 'MB', undefined),
    );
  }
  return lines;
}

function load(path: string): Matrix {
  const users = new Map<string, number>();
  const permissions = new Map<string, number>();
  const numberOf = (names: Map<string, number>, name: string): number => {
    const known = names.get(name);
    if (known !== undefined) return known;
    names.set(name, names.size);
    return names.size - 1;
  };
  const pairs = readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((row) => {
      const [user, permission] = row.trim().split(/\s+/);
      return user === undefined || permission === undefined
        ? []
        : [[numberOf(users, user), numberOf(permissions, permission)] as const];
    });
  return matrixOf(users.size, permissions.size, pairs);
}

/** Everybody has by their roles what they hold, and nothing else. */
function check(name: string, { rows }: Matrix, roles: readonly Role[]): void {
  const given = rows.map(() => new Set<number>());
  for (const role of roles)
    for (const user of listBits(role.users)) for (const one of listBits(role.permissions)) given[user]?.add(one);
  for (const [user, row] of rows.entries()) {
    const held = listBits(row);
    const has = given[user] ?? new Set();
    if (held.length !== has.size || held.some((one) => !has.has(one)))
      throw new Error(`${name}: user ${user} would not have exactly what they hold`);
  }
}
