import { availableParallelism, loadavg } from 'node:os';

/**
 * A second as a machine counts it that has nothing else to do: where more wants to run than there are processors, as when
 * tests run side by side, everything gets its share of them and takes so much longer. What Reeve is held to in seconds is
 * measured alone in the tests that vitest.config.ts runs last, and by `npm run chaos -- revoke`.
 */
export const aSecondMs = (): number => 1000 * Math.max(1, (loadavg()[0] ?? 0) / availableParallelism());
