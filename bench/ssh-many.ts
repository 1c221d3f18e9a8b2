import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchLine } from './report.ts';
import { startThree } from './ssh/start-role.ts';

const SESSIONS = Number(process.env['SESSIONS'] ?? 1000);
const IDLE_MS = 5_000;
interface Usage {
  readonly cpuMs: number;
  /** What the look itself took after that: it collects garbage first. */
  readonly lookMs: number;
  readonly rss: number;
  readonly open: number;
}

const since = (before: Usage, after: Usage): number => after.cpuMs - before.cpuMs - before.lookMs;

/** What an idle recorded session costs the gateway: memory while it is there, processor time to set it up. */
export async function run(): Promise<readonly BenchLine[]> {
  const dir = mkdtempSync(join(tmpdir(), 'reeve-many-'));
  const three = await startThree(dir);
  try {
    const { gateway, clients, through } = three;
    // what is loaded once is not a session's
    await clients.ask('open', { to: through, count: 50 });
    const before = await gateway.ask<Usage>('usage');
    await clients.ask('open', { to: through, count: SESSIONS });
    const after = await gateway.ask<Usage>('usage');
    await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
    const idle = await gateway.ask<Usage>('usage');
    if (after.open !== SESSIONS + 50) throw new Error(`${after.open} sessions are open, not ${SESSIONS + 50}`);
    const line = (metric: string, value: number, unit: string, baseline: number): BenchLine => ({
      bench: 'ssh-many',
      case: `${SESSIONS} idle recorded sessions`,
      metric,
      value,
      unit,
      baseline,
      ratio: value / baseline,
    });
    return [
      line('memory', (after.rss - before.rss) / 1024 / SESSIONS, 'KiB a session', 200),
      line('set_up_cpu', since(before, after) / SESSIONS, 'ms a session', 15),
      line('idle_cpu', (since(after, idle) / IDLE_MS) * 100, '% of a core', 5),
    ];
  } finally {
    three.stop();
    await new Promise((resolve) => setTimeout(resolve, 500));
    rmSync(dir, { recursive: true, force: true });
  }
}
