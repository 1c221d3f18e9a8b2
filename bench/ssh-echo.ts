import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchLine } from './report.ts';
import { startRole, startThree } from './ssh/start-role.ts';

const KEYS = Number(process.env['KEYS'] ?? 1500);
const SESSIONS = Number(process.env['SESSIONS'] ?? 200);
/** A fast typist, in each of them. */
const PER_SECOND = 2;
const WANTED = { p50: 0.5, p99: 5 } as const;

interface Load {
  readonly atMs: number;
  readonly cpuMs: number;
  readonly threadMs: number;
  readonly lateMs: number;
}

/**
 * What the gateway adds to one keystroke's echo, recorded, while others type in sessions of their own: measured key by key
 * in turn with a direct connection to the same target, and with a relay that passes bytes on and does nothing else: what
 * any process in the middle adds on this machine. Each part is a process.
 */
export async function run(): Promise<readonly BenchLine[]> {
  const dir = mkdtempSync(join(tmpdir(), 'reeve-echo-'));
  const three = await startThree(dir);
  const typist = startRole();
  try {
    const ways = [three.direct, three.relayed, three.through];
    const lines: BenchLine[] = [];
    for (const others of [0, SESSIONS]) {
      if (others > 0) {
        await three.clients.ask('open', { to: three.through, count: others });
        await three.clients.ask('type', { perSecond: PER_SECOND });
      }
      const before = await three.gateway.ask<Load>('load');
      const [near, bare, far] = await typist.ask<{ p50: number; p99: number }[]>('press', { ways, keys: KEYS });
      const after = await three.gateway.ask<Load>('load');
      const share = (ms: 'cpuMs' | 'threadMs'): string =>
        (((after[ms] - before[ms]) / (after.atMs - before.atMs)) * 100).toFixed(0);
      console.log(
        `${others} others: the gateway's thread was busy ${share('threadMs')} %, its process used ${share('cpuMs')} % of a core; its timers were late by ${after.lateMs.toFixed(1)} ms (p99)`,
      );
      for (const metric of ['p50', 'p99'] as const) {
        const [a, b] = [near?.[metric] ?? Number.NaN, far?.[metric] ?? Number.NaN];
        const relayed = (bare?.[metric] ?? Number.NaN) - a;
        lines.push({
          bench: 'ssh-echo',
          case: `${others} others type ${PER_SECOND} keys/s; through ${b.toFixed(3)}, direct ${a.toFixed(3)} ms; a bare relay adds ${relayed.toFixed(3)}`,
          metric: `added_${metric}`,
          value: b - a,
          unit: 'ms',
          baseline: WANTED[metric],
          ratio: (b - a) / WANTED[metric],
        });
      }
    }
    return lines;
  } finally {
    await three.clients.ask('stop').catch(() => undefined);
    typist.stop();
    three.stop();
    await new Promise((resolve) => setTimeout(resolve, 500));
    rmSync(dir, { recursive: true, force: true });
  }
}
