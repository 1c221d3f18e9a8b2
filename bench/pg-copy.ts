import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '#lab/index.ts';
import { rigBefore } from '#test/pg-rig/rig.ts';
import { run as runProgram } from '#test/ssh-rig/run-program.ts';
import { recordSessions } from './beside/record-sessions.ts';
import type { BenchLine } from './report.ts';

const MIB = Number(process.env['COPY_MIB'] ?? 1024);

/**
 * COPY of a gigabyte out of a real server and back into it, through the gateway with its recording on and straight: the
 * bytes are the same by digest, and the memory of this process, in which the gateway is, does not grow with them.
 */
export async function run(): Promise<readonly BenchLine[]> {
  const lab = await startPostgres({ binaries: 'debian' });
  const rig = await rigBefore(lab);
  const dir = mkdtempSync(join(tmpdir(), 'reeve-pg-copy-'));
  await recordSessions(rig.ports, dir, 'pg-copy');
  try {
    const psql = (env: Readonly<Record<string, string>>, text: string) =>
      runProgram('psql', ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-c', text], { env, limitMs: 600_000 });
    const made = await psql(
      lab.env(),
      `create unlogged table source as select n, repeat(md5(n::text), 30) || chr(9) || 'häuser' as b from generate_series(1, ${MIB * 1030}) n; create unlogged table sink (like source)`,
    );
    if (made.code !== 0) throw new Error(made.stderr.toString());
    const ways = { direct: lab.env(), gateway: rig.env() };
    const out = 'copy source to stdout';
    const file = join(dir, 'copied');
    const lines: BenchLine[] = [];
    const digests: Record<string, string> = {};
    const speeds: Record<string, number> = {};
    let size = 0;
    for (const [way, env] of Object.entries(ways)) {
      const watch = watchMemory();
      const began = performance.now();
      const { digest, bytes } = await digestOf(
        'psql',
        ['-X', '-q', '-c', out],
        env,
        way === 'direct' ? file : undefined,
      );
      speeds[`out ${way}`] = bytes / 1024 / 1024 / ((performance.now() - began) / 1000);
      digests[`out ${way}`] = digest;
      size = bytes;
      if (way === 'gateway') lines.push(...watch.lines('out', bytes));
      else watch.stop();
    }
    for (const [way, env] of Object.entries(ways)) {
      const watch = watchMemory();
      const began = performance.now();
      const ran = await runProgram(
        'bash',
        ['-c', `psql -X -q -v ON_ERROR_STOP=1 -c "truncate sink" -c "copy sink from stdin" < ${file}`],
        {
          env,
          limitMs: 600_000,
        },
      );
      if (ran.code !== 0) throw new Error(ran.stderr.toString());
      speeds[`in ${way}`] = size / 1024 / 1024 / ((performance.now() - began) / 1000);
      if (way === 'gateway') lines.push(...watch.lines('in', size));
      else watch.stop();
      digests[`in ${way}`] = (
        await digestOf('psql', ['-X', '-q', '-c', out.replace('source', 'sink')], lab.env())
      ).digest;
    }
    if (new Set(Object.values(digests)).size !== 1)
      throw new Error(`what was copied is not the same: ${JSON.stringify(digests)}`);
    console.log(`sha256 of all four: ${digests['out gateway'] ?? ''}`);
    for (const direction of ['out', 'in']) {
      const [value, baseline] = [speeds[`${direction} gateway`] ?? 0, speeds[`${direction} direct`] ?? 0];
      lines.push({
        bench: 'pg-copy',
        case: `${direction}, against direct`,
        metric: 'throughput',
        value,
        unit: 'MiB/s',
        baseline,
        ratio: value / baseline,
      });
    }
    return lines;
  } finally {
    await rig.stop();
    await lab.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** The digest of what a program says, which is not kept but in a file where one is named. */
function digestOf(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  file?: string,
): Promise<{ readonly digest: string; readonly bytes: number }> {
  return new Promise((resolve, reject) => {
    // hashed by another program, so that this process has the gateway's work to do and no other
    const kept = file === undefined ? '' : `| tee ${file}`;
    const command = `set -o pipefail; "$0" "$@" ${kept} | tee >(wc -c >&2) | sha256sum`;
    const child = spawn('bash', ['-c', command, program, ...args], { env: { ...process.env, ...env } });
    let [said, size] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (size += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0
        ? resolve({ digest: said.split(' ')[0] ?? '', bytes: Number(/(\d+)\s*$/.exec(size)?.[1]) })
        : reject(new Error(size)),
    );
  });
}

function watchMemory(): { lines(direction: string, bytes: number): BenchLine[]; stop(): void } {
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 20);
  const stop = (): void => clearInterval(timer);
  return {
    stop,
    lines: (direction, bytes) => {
      stop();
      const line = {
        bench: 'pg-copy',
        case: `${direction}, ${Math.round(bytes / 1024 / 1024)} MiB`,
        unit: 'MiB',
        baseline: null,
        ratio: null,
      };
      return [
        { ...line, metric: 'rss_peak', value: most / 1024 / 1024 },
        { ...line, metric: 'rss_grown', value: (most - before) / 1024 / 1024 },
      ];
    },
  };
}
