import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 10;

/**
 * How late this process is for what is due. Every client is in it, so no figure is better than that: one that misses its
 * bar by less says more of the machine than of Reeve.
 */
export function measureLateness(): { readonly mostMs: () => number; stop(): void } {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  return {
    /** Since it was asked last. */
    mostMs: () => {
      const most = Math.max(0, Math.round(delay.max / 1e6) - RESOLUTION_MS);
      delay.reset();
      return most;
    },
    stop: () => void delay.disable(),
  };
}
