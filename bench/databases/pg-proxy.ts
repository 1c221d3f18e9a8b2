import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selfSigned } from '#kit/crypto/index.ts';
import { startPostgres, type LabPostgres } from '#lab/index.ts';
import { freePort } from '#lab/loopback.ts';
import { rigBefore } from '#test/pg-rig/rig.ts';
import { run as runProgram, start, until, type Running } from '#test/ssh-rig/run-program.ts';
import { inTurn, ratios } from '../beside/rounds.ts';
import { recordSessions } from '../beside/record-sessions.ts';
import type { BenchLine } from '../report.ts';

const SECONDS = Number(process.env['SECONDS_A_RUN'] ?? 5);
const ROUNDS = Number(process.env['ROUNDS'] ?? 3);
const CLIENTS = Number(process.env['CLIENTS'] ?? 8);
const SCALE = 5;
const COPY_MIB = Number(process.env['COPY_MIB'] ?? 256);
const POOLER = '/usr/sbin/pgbouncer';

const CASES: Readonly<Record<string, readonly string[]>> = {
  'select only, prepared': ['-S', '-M', 'prepared'],
  'select only, simple': ['-S', '-M', 'simple'],
  'TPC-B, prepared': ['-M', 'prepared'],
  'TPC-B, simple': ['-M', 'simple'],
};

/** pgbench through the gateway, each statement recorded, against the server itself and pgbouncer in session mode, in turn; TLS on every leg. */
export async function run(): Promise<readonly BenchLine[]> {
  const lab = await startPostgres({ binaries: 'debian' });
  const rig = await rigBefore(lab);
  const dir = mkdtempSync(join(tmpdir(), 'reeve-pg-proxy-'));
  const recorded = await recordSessions(rig.ports, dir, 'pg-proxy');
  let pooler: { readonly env: Readonly<Record<string, string>>; readonly running: Running } | undefined;
  try {
    if (existsSync(POOLER)) pooler = await startPooler(lab, dir);
    else
      console.log('no pgbouncer on this machine (apt-get install pgbouncer): measured against the server itself only');
    await must('createdb', ['bench'], lab.env());
    await must('pgbench', ['-i', '-q', '-s', String(SCALE), 'bench'], lab.env());
    const ways: Record<string, Readonly<Record<string, string>>> = { gateway: rig.env('bench') };
    if (pooler !== undefined) ways['pgbouncer'] = pooler.env;
    ways['direct'] = lab.env('postgres', 'bench');
    const lines: BenchLine[] = [];
    for (const [name, flags] of Object.entries(CASES)) {
      const cpu: number[] = [];
      const tps = await inTurn(ways, ROUNDS, async (way, env, warm) => {
        // a checkpoint that one run left behind is not the next one's to wait for
        await must('psql', ['-X', '-q', '-c', 'checkpoint'], lab.env());
        const [before, statements] = [process.cpuUsage(), rig.gateway.metrics.statements];
        const ran = await must(
          'pgbench',
          ['-n', '-c', String(CLIENTS), '-j', '2', '-T', String(SECONDS), ...flags, 'bench'],
          env,
        );
        const used = process.cpuUsage(before);
        await until(() => rig.gateway.metrics.sessionsOpen === 0, 'sessions to end');
        await recorded.finish();
        if (way === 'gateway' && !warm)
          cpu.push((used.user + used.system) / (rig.gateway.metrics.statements - statements));
        return Number(/tps = ([\d.]+)/.exec(ran)?.[1]);
      });
      lines.push(...ratios('pg-proxy', name, '1/s', tps, cpu));
    }
    return [...lines, ...(await copySpeed(lab, ways))];
  } finally {
    pooler?.running.child.kill('SIGTERM');
    await pooler?.running.done;
    await rig.stop();
    await lab.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** How fast a COPY flows each way, and how much more memory the gateway has at its end. */
async function copySpeed(
  lab: LabPostgres,
  ways: Readonly<Record<string, Readonly<Record<string, string>>>>,
): Promise<BenchLine[]> {
  const lines: BenchLine[] = [];
  const out = `copy (select repeat('x', 1000) from generate_series(1, ${COPY_MIB * 1024})) to stdout`;
  await must('psql', ['-X', '-q', '-c', 'create unlogged table sink (a text)', 'bench'], lab.env());
  const commands: Record<string, string> = {
    out: `psql -X -q -c "${out}" | tail -c 1 > /dev/null`,
    in: `yes "$(printf 'x%.0s' {1..1000})" | head -c ${COPY_MIB * 1024 * 1024} | psql -X -q -c "copy sink from stdin" -c "truncate sink"`,
  };
  for (const [direction, command] of Object.entries(commands)) {
    const speed = new Map<string, number>();
    let grown = 0;
    for (const [way, env] of Object.entries(ways)) {
      const before = process.memoryUsage().rss;
      let most = before;
      const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 50);
      const began = performance.now();
      await must('bash', ['-c', command], { ...env, PGDATABASE: 'bench' });
      speed.set(way, COPY_MIB / ((performance.now() - began) / 1000));
      clearInterval(watch);
      if (way === 'gateway') grown = (most - before) / 1024 / 1024;
    }
    const through = speed.get('gateway') ?? 0;
    for (const [way, baseline] of speed)
      if (way !== 'gateway')
        lines.push({
          bench: 'pg-proxy',
          case: `copy ${direction}, against ${way}`,
          metric: 'throughput',
          value: through,
          unit: 'MiB/s',
          baseline,
          ratio: through / baseline,
        });
    lines.push({
      bench: 'pg-proxy',
      case: `copy ${direction}`,
      metric: 'memory_grown',
      value: grown,
      unit: 'MiB',
      baseline: null,
      ratio: null,
    });
  }
  return lines;
}

async function must(program: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  const ran = await runProgram(program, args, { env, limitMs: 300_000 });
  if (ran.code !== 0) throw new Error(`${program} ${args.join(' ')}: ${ran.stderr.toString()}`);
  return ran.stdout.toString();
}

/** pgbouncer before the same server, in session mode, with TLS to both sides. */
async function startPooler(
  lab: LabPostgres,
  dir: string,
): Promise<{ env: Readonly<Record<string, string>>; running: Running }> {
  const port = await freePort('127.0.0.1');
  const tls = selfSigned({ names: ['localhost', '127.0.0.1'], from: new Date(Date.now() - 60_000), days: 1 });
  const { username, password } = lab.superuser;
  const secure = lab.tls === undefined ? '' : 'server_tls_sslmode = require';
  const files: Record<string, string> = {
    'pooler.key': tls.key,
    'pooler.crt': tls.certificate,
    'users.txt': `"${username}" "${password}"\n`,
    'pooler.ini': `[databases]
bench = host=${lab.host} port=${lab.port} dbname=bench user=${username} password=${password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = plain
auth_file = ${join(dir, 'users.txt')}
pool_mode = session
default_pool_size = 50
max_client_conn = 200
client_tls_sslmode = require
client_tls_key_file = ${join(dir, 'pooler.key')}
client_tls_cert_file = ${join(dir, 'pooler.crt')}
ignore_startup_parameters = extra_float_digits
${secure}
`,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text, { mode: 0o644 });
  chmodSync(dir, 0o755);
  const running = start(
    'setpriv',
    ['--reuid=nobody', '--regid=nogroup', '--clear-groups', POOLER, join(dir, 'pooler.ini')],
    {
      limitMs: 3_600_000,
    },
  );
  const env = {
    PGHOST: '127.0.0.1',
    PGPORT: String(port),
    PGUSER: username,
    PGPASSWORD: password,
    PGSSLMODE: 'require',
    PGDATABASE: 'bench',
  };
  await until(
    async () => (await runProgram('bash', ['-c', `exec 3<>/dev/tcp/127.0.0.1/${port}`])).code === 0,
    `pgbouncer to listen: ${running.stderr()}`,
  );
  return { env, running };
}
