import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMariadb, type LabMariadb } from '#lab/index.ts';
import { optionsIn, rigBefore } from '#test/mysql-rig/rig.ts';
import { run as runProgram, until } from '#test/ssh-rig/run-program.ts';
import { startHaproxy, type Peer } from '../beside/peers.ts';
import { inTurn, ratios } from '../beside/rounds.ts';
import { recordSessions } from '../beside/record-sessions.ts';
import type { BenchLine } from '../report.ts';

const QUERIES = Number(process.env['QUERIES'] ?? 20_000);
const ROUNDS = Number(process.env['ROUNDS'] ?? 5);
const CLIENTS = Number(process.env['CLIENTS'] ?? 8);
const ROWS = 20_000;

interface Load {
  readonly name: string;
  readonly queries: number;
  /** Statements of one client, separated by semicolons, over and over. */
  readonly statements: string;
}
const picks = (n: number, of: (row: number) => string): string =>
  Array.from({ length: n }, (_, at) => of(1 + ((at * 7_919) % ROWS))).join(';');
const LOADS: readonly Load[] = [
  { name: 'select only', queries: QUERIES, statements: picks(97, (row) => `select v from bench.t where id = ${row}`) },
  {
    name: 'update',
    queries: QUERIES / 4,
    statements: picks(97, (row) => `update bench.t set n = n + 1 where id = ${row}`),
  },
  {
    name: '1,000 rows',
    queries: QUERIES / 40,
    statements: picks(7, (row) => `select * from bench.t where id > ${row % 15_000} limit 1000`),
  },
];

/** mysqlslap through the gateway, each statement recorded, against the server itself and HAProxy in TCP mode, in turn; TLS on every leg. */
export async function run(): Promise<readonly BenchLine[]> {
  const lab = await startMariadb();
  const rig = await rigBefore(lab);
  const dir = mkdtempSync(join(tmpdir(), 'reeve-mysql-proxy-'));
  const recorded = await recordSessions(rig.ports, dir, 'mysql-proxy');
  let peer: Peer | undefined;
  try {
    const straight = envOf(dir, 'direct', lab, lab.port);
    await fill(straight);
    const ways: Record<string, Readonly<Record<string, string>>> = { gateway: rig.env, direct: straight };
    if (existsSync('/usr/sbin/haproxy')) {
      peer = await startHaproxy(dir, lab.port);
      ways['haproxy'] = envOf(dir, 'haproxy', lab, peer.port);
    } else console.log('no haproxy on this machine (apt-get install haproxy): measured against the server itself only');
    const lines: BenchLine[] = [];
    for (const load of LOADS) {
      const cpu: number[] = [];
      const rates = await inTurn(ways, ROUNDS, async (way, env, warm) => {
        const [before, statements] = [process.cpuUsage(), rig.gateway.metrics.statements];
        const rate = await slap(env, load);
        const used = process.cpuUsage(before);
        await until(() => rig.gateway.metrics.sessionsOpen === 0, 'sessions to end');
        await recorded.finish();
        if (way === 'gateway' && !warm)
          cpu.push((used.user + used.system) / (rig.gateway.metrics.statements - statements));
        return rate;
      });
      lines.push(...ratios('mysql-proxy', load.name, '1/s', rates, cpu));
    }
    return lines;
  } finally {
    await peer?.stop();
    await rig.stop();
    await lab.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

function envOf(dir: string, name: string, lab: LabMariadb, port: number): Readonly<Record<string, string>> {
  const folder = join(dir, name);
  mkdirSync(folder);
  const { username: user, password } = lab.management;
  return optionsIn(folder, { port, user, password, ca: lab.certificateFile });
}

async function fill(env: Readonly<Record<string, string>>): Promise<void> {
  const text = `create database bench; create table bench.t (id int primary key, n int not null, v varchar(100) not null) engine=innodb;
    use bench; insert into bench.t select seq, 0, repeat(md5(seq), 3) from seq_1_to_${ROWS}; set global innodb_flush_log_at_trx_commit = 2`;
  const ran = await runProgram('mariadb', ['-e', text], { env, limitMs: 60_000 });
  if (ran.code !== 0) throw new Error(ran.stderr.toString());
}

/** Statements a second, by the program's own clock: connections are made before it runs. */
async function slap(env: Readonly<Record<string, string>>, load: Load): Promise<number> {
  const file = join(env['HOME'] ?? tmpdir(), 'load.sql');
  writeFileSync(file, load.statements);
  const ran = await runProgram(
    'mariadb-slap',
    [
      `--query=${file}`,
      '--delimiter=;',
      `--concurrency=${CLIENTS}`,
      `--number-of-queries=${load.queries}`,
      '--create-schema=bench',
      '--no-drop',
      '--csv',
    ],
    { env, limitMs: 120_000 },
  );
  // ,mixed,average,least,most,clients,queries a client
  const [, , seconds] = ran.stdout.toString().trim().split(',');
  if (ran.code !== 0 || !(Number(seconds) > 0))
    throw new Error(`mariadb-slap: ${ran.stderr.toString()}${ran.stdout.toString()}`);
  return load.queries / Number(seconds);
}
