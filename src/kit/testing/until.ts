import { setTimeout as pause } from 'node:timers/promises';

type Truthy<T> = Exclude<T, false | 0 | '' | null | undefined>;

/**
 * Waits until `condition` returns something truthy, and returns it. Throws with `what` after `timeoutMs` (default
 * 5 s), together with what the condition last threw, if it did.
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  options: { readonly timeoutMs?: number; readonly everyMs?: number; readonly what?: string } = {},
): Promise<Truthy<T>> {
  const { timeoutMs = 5_000, everyMs = 10, what = 'the condition' } = options;
  const end = performance.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const value = await condition();
      if (value) return value as Truthy<T>;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (performance.now() >= end) throw new Error(`${what} did not come true within ${timeoutMs} ms`, { cause: last });
    await pause(everyMs);
  }
}
