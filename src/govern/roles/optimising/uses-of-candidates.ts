import { countCommon, matrixOf, type Matrix } from '../mining/index.ts';
import type { Use } from './split-by-use.ts';

/** How far back use is looked at. */
export const USE_DAYS = 90;
/** What is known of how somebody used what they hold; anything else is unknown. */
export const USED = 1;
export const UNUSED = 2;

/** Who holds what, as pairs, and what is known of the use of each. */
export interface UsedPairs {
  readonly users: number;
  readonly permissions: number;
  readonly pairs: Int32Array;
  readonly use: Uint8Array;
}

/** How what each candidate gives was used by those in it, one for each of its permissions. */
export function usesOfCandidates(
  { users, permissions, pairs, use }: UsedPairs,
  candidates: readonly { readonly users: readonly number[]; readonly permissions: readonly number[] }[],
): readonly (readonly Use[])[] {
  const held = function* (only?: number): Generator<readonly [number, number]> {
    for (let n = 0; n < use.length; n += 1)
      if (only === undefined || use[n] === only) yield [pairs[2 * n] as number, pairs[2 * n + 1] as number];
  };
  const [all, used, unused] = [undefined, USED, UNUSED].map((only) => matrixOf(users, permissions, held(only)));
  return candidates.map((candidate) => {
    const people = new Uint32Array((users + 31) >>> 5);
    for (const user of candidate.users) people[user >>> 5] = (people[user >>> 5] as number) | (1 << (user & 31));
    const count = (of: Matrix | undefined, permission: number): number => {
      const column = of?.columns[permission];
      return column === undefined ? 0 : countCommon(column, people);
    };
    return candidate.permissions.map((permission) => ({
      used: count(used, permission),
      unused: count(unused, permission),
      holders: count(all, permission),
    }));
  });
}
