/** Counts restarts: at most `most` within `windowMs`, with growing pauses. Times are `performance.now()` milliseconds. */
export function restartBudget(most: number, windowMs: number): { take(now: number): number | undefined } {
  let taken: number[] = [];
  return {
    /** How long to wait before this restart, or undefined when there were too many. */
    take(now) {
      taken = [...taken.filter((at) => now - at < windowMs), now];
      if (taken.length > most) return undefined;
      return taken.length === 1 ? 0 : 200 * 2 ** (taken.length - 1);
    },
  };
}
