import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startHttpRig } from '#test/http-rig/rig.ts';
import { run as runProgram, start, until, type Running } from '#test/ssh-rig/run-program.ts';
import { startNginx, type Peer } from './beside/peers.ts';
import { inTurn, ratios } from './beside/rounds.ts';
import { recordSessions } from './beside/record-sessions.ts';
import type { BenchLine } from './report.ts';

const SECONDS = Number(process.env['SECONDS_A_RUN'] ?? 3);
const ROUNDS = Number(process.env['ROUNDS'] ?? 3);
const CLIENTS = Number(process.env['CLIENTS'] ?? 16);

interface Place {
  readonly port: number;
  readonly host: string;
  readonly headers: string;
}
/** What came of it a second. */
interface Came {
  readonly answers: number;
  readonly bytes: number;
}
const CASES = [
  { name: 'small answers', path: '/etag', connections: CLIENTS, of: ({ answers }: Came) => answers, unit: '1/s' },
  { name: '7 KB answers', path: '/text', connections: CLIENTS, of: ({ answers }: Came) => answers, unit: '1/s' },
  { name: '50 MB answers', path: '/big', connections: 2, of: ({ bytes }: Came) => bytes / 1e6, unit: 'MB/s' },
  {
    name: 'gzip, looked through',
    path: '/gzip',
    connections: CLIENTS,
    of: ({ answers }: Came) => answers,
    unit: '1/s',
  },
] as const;

/**
 * Answers through the gateway with each request recorded, against nginx and the application itself, in turn; TLS on every
 * leg. Application and load are processes of their own: this one has the gateway's work to do.
 */
export async function run(): Promise<readonly BenchLine[]> {
  const rig = await startHttpRig();
  const dir = mkdtempSync(join(tmpdir(), 'reeve-http-proxy-'));
  const recorded = await recordSessions(rig.ports, dir, 'http-proxy');
  const application = await startApplication();
  let peer: Peer | undefined;
  try {
    rig.ports.inner.target = { ...rig.ports.inner.target, port: application.port, pinned: [application.pin] };
    const password = `Reeve-Password: ${rig.password()}\r\n`;
    const ways: Record<string, Place> = {
      gateway: { port: rig.gateway.address.port, host: rig.host, headers: password },
      direct: { port: application.port, host: 'localhost', headers: '' },
    };
    if (existsSync('/usr/sbin/nginx')) {
      peer = await startNginx(dir, application.port);
      ways['nginx'] = { port: peer.port, host: 'localhost', headers: '' };
    } else console.log('no nginx on this machine (apt-get install nginx-light): measured against the application only');
    const lines: BenchLine[] = [];
    for (const { name, path, connections, of, unit } of CASES) {
      const cpu: number[] = [];
      const rates = await inTurn(ways, ROUNDS, async (way, place, warm) => {
        const [before, requests] = [process.cpuUsage(), rig.gateway.metrics.requests];
        const came = await load(place, path, connections);
        const used = process.cpuUsage(before);
        if (way === 'gateway' && !warm) cpu.push((used.user + used.system) / (rig.gateway.metrics.requests - requests));
        return of(came);
      });
      lines.push(...ratios('http-proxy', name, unit, rates, cpu));
    }
    return lines;
  } finally {
    await peer?.stop();
    application.running.child.kill('SIGKILL');
    await rig.stop();
    await recorded.finish();
    rmSync(dir, { recursive: true, force: true });
  }
}

const beside = (name: string): string => join(import.meta.dirname, 'beside', name);

async function startApplication(): Promise<{ readonly port: number; readonly pin: string; readonly running: Running }> {
  const running = start(process.execPath, ['--import', 'tsx', beside('http-application.ts')], { limitMs: 3_600_000 });
  await until(() => running.stdout().includes('}'), `the application to start: ${running.stderr()}`, 30_000);
  const { port, pin } = JSON.parse(running.stdout()) as { port: number; pin: string };
  return { port, pin, running };
}

async function load(place: Place, path: string, connections: number): Promise<Came> {
  const asked = {
    port: place.port,
    servername: place.host.split(':')[0],
    head: `GET ${path} HTTP/1.1\r\nHost: ${place.host}\r\n${place.headers}\r\n`,
    connections,
    seconds: SECONDS,
  };
  const ran = await runProgram(process.execPath, ['--import', 'tsx', beside('http-load.ts'), JSON.stringify(asked)], {
    limitMs: 60_000,
  });
  if (ran.code !== 0) throw new Error(ran.stderr.toString());
  const { answers, bytes, seconds } = JSON.parse(ran.stdout.toString()) as Came & { seconds: number };
  return { answers: answers / seconds, bytes: bytes / seconds };
}
