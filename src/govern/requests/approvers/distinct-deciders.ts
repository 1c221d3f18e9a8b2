/** One way to take a decision: in whose name, and by whom; the same where they decide themselves. */
export interface Voice {
  readonly voice: string;
  readonly actor: string;
}

/** Looks at no more ways than this where deputies are in it; what is not found by then counts as impossible. */
const LOOKS = 20_000;

/**
 * Whether every step can be decided by another person, in the name of another person. Without deputies it is a system
 * of distinct representatives, found by augmenting paths (Hall 1935, Kuhn 1955); with them whoever decides uses up two
 * people, and the ways are tried, the step with the fewest first.
 */
export const canAllBeDecided = (steps: readonly (readonly Voice[])[]): boolean =>
  steps.every((ways) => ways.every(({ voice, actor }) => voice === actor))
    ? distinct(steps.map((ways) => ways.map(({ voice }) => voice)))
    : tried(steps);

const distinct = (candidates: readonly (readonly string[])[]): boolean => {
  const stepOf = new Map<string, number>();
  const place = (step: number, seen: Set<string>): boolean =>
    (candidates[step] ?? []).some((id) => {
      if (seen.has(id)) return false;
      seen.add(id);
      const holder = stepOf.get(id);
      if (holder !== undefined && !place(holder, seen)) return false;
      stepOf.set(id, step);
      return true;
    });
  return candidates.every((_, step) => place(step, new Set()));
};

const tried = (steps: readonly (readonly Voice[])[]): boolean => {
  const fewestFirst = [...steps].sort((a, b) => a.length - b.length);
  const used = new Set<string>();
  let looks = 0;
  const from = (at: number): boolean => {
    const ways = fewestFirst[at];
    if (ways === undefined) return true;
    for (const { voice, actor } of ways) {
      looks += 1;
      if (looks > LOOKS) return false;
      if (used.has(voice) || used.has(actor)) continue;
      used.add(voice).add(actor);
      if (from(at + 1)) return true;
      used.delete(voice);
      used.delete(actor);
    }
    return false;
  };
  return from(0);
};
