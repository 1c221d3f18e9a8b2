/**
 * Whether every step can be decided by another person: each set offers somebody no other step needs (a system of
 * distinct representatives, found by augmenting paths; Hall 1935, Kuhn 1955).
 */
export const canAllBeDecided = (candidates: readonly (readonly string[])[]): boolean => {
  const stepOf = new Map<string, number>();
  const place = (step: number, tried: Set<string>): boolean =>
    (candidates[step] ?? []).some((id) => {
      if (tried.has(id)) return false;
      tried.add(id);
      const holder = stepOf.get(id);
      if (holder !== undefined && !place(holder, tried)) return false;
      stepOf.set(id, step);
      return true;
    });
  return candidates.every((_, step) => place(step, new Set()));
};
