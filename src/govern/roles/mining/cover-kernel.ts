import { addBit, countCommon, emptyBits, hasBit, keepCommon, type Bits } from './bits.ts';
import { randomFrom, shuffle } from './random.ts';
import type { Edge, Kernel } from './reduce.ts';

/** Groups of assignments, each to be covered by one role, and how few groups there must be at least. */
export interface KernelCover {
  readonly groups: readonly (readonly Edge[])[];
  readonly atLeast: number;
}

export interface Effort {
  readonly seed: number;
  /** When to stop looking for fewer, in milliseconds from the start. */
  readonly budgetMs: number;
}

/**
 * Covers what is left of a matrix with as few cliques as can be found: each part of it that has nothing to do with the
 * others by itself, first with a good cover (iterated greedy, Culberson and Luo 1996, which never gets worse), then, where
 * a set of assignments no two of which fit does not prove it smallest, by search to the end (colouring the graph of what
 * does not fit, Brélaz 1979) while the budget lasts.
 */
export function coverKernel(kernel: Kernel, effort: Effort): KernelCover {
  const until = performance.now() + effort.budgetMs;
  const groups: Edge[][] = [];
  let atLeast = 0;
  for (const part of partsOf(kernel)) {
    const covered = coverPart(part, effort.seed, until);
    atLeast += covered.atLeast;
    for (const group of covered.groups) groups.push(group.map((n) => part.edges[n] as Edge));
  }
  return { groups, atLeast };
}

/** Assignments, and for each which of the others it fits. */
interface Part {
  readonly edges: readonly Edge[];
  readonly fits: readonly Bits[];
}

function partsOf({ matrix, edges }: Kernel): readonly Part[] {
  const permissions = matrix.columns.length;
  const fit = (a: Edge, b: Edge): boolean =>
    hasBit(matrix.rows[Math.floor(a / permissions)] as Bits, b % permissions) &&
    hasBit(matrix.rows[Math.floor(b / permissions)] as Bits, a % permissions);
  const open = new Set(edges);
  const parts: Part[] = [];
  for (const start of edges) {
    if (!open.delete(start)) continue;
    const part = [start];
    for (const edge of part)
      for (const other of open)
        if (fit(edge, other)) {
          open.delete(other);
          part.push(other);
        }
    const fits = part.map((edge, n) => {
      const row = emptyBits(part.length);
      for (const [m, other] of part.entries()) if (m !== n && fit(edge, other)) addBit(row, m);
      return row;
    });
    parts.push({ edges: part, fits });
  }
  return parts;
}

const ROUNDS = 2_000;

function coverPart(part: Part, seed: number, until: number): { groups: readonly number[][]; atLeast: number } {
  const random = randomFrom(seed);
  const apart = largestApart(part, random, until);
  let groups = greedy(part, byDegree(part));
  for (let round = 0; round < ROUNDS && groups.length > apart.length && performance.now() < until; round += 1)
    groups = again(part, groups, random);
  if (groups.length === apart.length) return { groups, atLeast: apart.length };
  const searched = searchAll(part, groups, apart, until);
  return { groups: searched.groups, atLeast: searched.proven ? searched.groups.length : apart.length };
}

const byDegree = ({ fits }: Part): number[] =>
  fits
    .map((row, n) => [countCommon(row, row), n] as const)
    .sort((a, b) => a[0] - b[0] || a[1] - b[1])
    .map(([, n]) => n);

/** Puts each into the first group all of which it fits. */
function greedy({ fits }: Part, order: readonly number[]): number[][] {
  const groups: { readonly members: number[]; readonly open: Bits }[] = [];
  for (const n of order) {
    const group = groups.find(({ open }) => hasBit(open, n));
    const row = fits[n] as Bits;
    if (group === undefined) groups.push({ members: [n], open: row.slice() });
    else {
      group.members.push(n);
      keepCommon(group.open, row);
    }
  }
  return groups.map(({ members }) => members);
}

/** Greedy in an order that goes group by group: never more groups than before. */
function again(part: Part, groups: readonly number[][], random: (limit: number) => number): number[][] {
  const ordered = [...groups];
  const choice = random(3);
  if (choice === 0) ordered.reverse();
  else if (choice === 1) ordered.sort((a, b) => b.length - a.length);
  else shuffle(ordered, random);
  return greedy(part, ordered.flat());
}

/** A large set no two of which fit: each needs a role of its own. */
function largestApart({ fits }: Part, random: (limit: number) => number, until: number): readonly number[] {
  let best: number[] = [];
  for (let round = 0; round < 200 && (round === 0 || performance.now() < until); round += 1) {
    const order = shuffle(
      fits.map((_, n) => n),
      random,
    ).sort((a, b) =>
      round % 2 === 0
        ? countCommon(fits[a] as Bits, fits[a] as Bits) - countCommon(fits[b] as Bits, fits[b] as Bits)
        : 0,
    );
    const chosen: number[] = [];
    for (const n of order) if (chosen.every((m) => !hasBit(fits[n] as Bits, m))) chosen.push(n);
    if (chosen.length > best.length) best = chosen;
  }
  return best;
}

/** Search to the end, as long as there is time: always the one next that fits the fewest open groups. */
function searchAll(
  { fits }: Part,
  known: readonly number[][],
  apart: readonly number[],
  until: number,
): { readonly groups: readonly number[][]; readonly proven: boolean } {
  let best = known;
  let out = false;
  let steps = 0;
  const groups: number[][] = apart.map((n) => [n]);
  const open: Bits[] = apart.map((n) => (fits[n] as Bits).slice());
  const left = new Set(fits.map((_, n) => n).filter((n) => !apart.includes(n)));
  const search = (): void => {
    steps += 1;
    if ((steps & 255) === 0 && performance.now() > until) out = true;
    if (out || groups.length >= best.length) return;
    let next: number | undefined;
    let fewest = Infinity;
    for (const n of left) {
      let choices = 0;
      for (const set of open) if (hasBit(set, n)) choices += 1;
      if (choices < fewest) [fewest, next] = [choices, n];
      if (fewest === 0) break;
    }
    if (next === undefined) {
      best = groups.map((group) => [...group]);
      return;
    }
    left.delete(next);
    const row = fits[next] as Bits;
    for (const [at, set] of open.entries()) {
      if (!hasBit(set, next)) continue;
      const before = set.slice();
      keepCommon(set, row);
      (groups[at] as number[]).push(next);
      search();
      (groups[at] as number[]).pop();
      open[at] = before;
    }
    if (groups.length + 1 < best.length) {
      groups.push([next]);
      open.push(row.slice());
      search();
      groups.pop();
      open.pop();
    }
    left.add(next);
  };
  search();
  return { groups: best, proven: !out };
}
