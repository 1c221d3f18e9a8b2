import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Metric } from './render-metrics.ts';

const QUANTILES = [50, 99, 100] as const;
const gauge = (name: string, help: string, value: number): Metric => ({
  name,
  kind: 'gauge',
  help,
  values: [{ value }],
});

/** Watches this process from now on. Returns its numbers as they are, the delays of its loop since it was asked last. */
export function measureProcess(): () => readonly Metric[] {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  return () => {
    const { user, system } = process.cpuUsage();
    const { rss, heapUsed } = process.memoryUsage();
    const loop: Metric = {
      name: 'reeve_loop_delay_seconds',
      kind: 'gauge',
      help: 'How late the process was for what was due, since it was last asked.',
      values: QUANTILES.map((q) => ({ labels: { quantile: String(q / 100) }, value: delay.percentile(q) / 1e9 })),
    };
    delay.reset();
    return [
      {
        name: 'process_cpu_seconds_total',
        kind: 'counter',
        help: 'Processor time the process used.',
        values: [{ value: (user + system) / 1e6 }],
      },
      gauge('process_resident_memory_bytes', 'Memory of the process.', rss),
      gauge('reeve_heap_used_bytes', 'Memory its objects use.', heapUsed),
      gauge('process_start_time_seconds', 'When the process started.', performance.timeOrigin / 1000),
      loop,
    ];
  };
}
