import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findSshd, startSshd } from '#test/ssh-rig/sshd.ts';
import { cpuMsOf } from './beside/cpu-of.ts';
import type { BenchLine } from './report.ts';
import { startThree } from './ssh/start-role.ts';

const SESSIONS = Number(process.env['SESSIONS'] ?? 1000);
/** The machine is never quite still: ours and OpenSSH's are set up in turns. */
const TURNS = 5;
const PEERS = 100;
const IDLE_MS = 5_000;
interface Usage {
  readonly cpuMs: number;
  /** What the look itself took after that: it collects garbage first. */
  readonly lookMs: number;
  readonly rss: number;
  readonly open: number;
}

/**
 * What an idle recorded session costs the gateway: memory while it is there, processor time to set it up, which is two
 * handshakes. Beside it what OpenSSH's own server takes for its one.
 */
export async function run(): Promise<readonly BenchLine[]> {
  const dir = mkdtempSync(join(tmpdir(), 'reeve-many-'));
  const three = await startThree(dir);
  const peer = await startPeer();
  try {
    const { gateway, clients, through } = three;
    const open = async (to: object, count: number, cpu: () => number | Promise<number>): Promise<number> => {
      const before = await cpu();
      await clients.ask('open', { to, count });
      return (await cpu()) - before;
    };
    const ours = (): Promise<number> => gateway.ask<number>('cpu');
    // what is loaded once is not a session's
    await open(through, 50, ours);
    if (peer !== undefined) await open(peer.at, 5, peer.cpuMs);
    const before = await gateway.ask<Usage>('usage');
    let [setUpMs, peerMs] = [0, 0];
    for (let turn = 0; turn < TURNS; turn += 1) {
      setUpMs += await open(through, SESSIONS / TURNS, ours);
      if (peer !== undefined) peerMs += await open(peer.at, PEERS / TURNS, peer.cpuMs);
    }
    const after = await gateway.ask<Usage>('usage');
    await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
    const idle = await gateway.ask<Usage>('usage');
    if (after.open !== SESSIONS + 50) throw new Error(`${after.open} sessions are open, not ${SESSIONS + 50}`);
    const idleMs = idle.cpuMs - after.cpuMs - after.lookMs;
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
      line('set_up_cpu', setUpMs / SESSIONS, 'ms a session', 15),
      ...(peer === undefined
        ? []
        : [line('set_up_cpu_beside_sshd', setUpMs / SESSIONS, 'ms a session', peerMs / PEERS)]),
      line('idle_cpu', (idleMs / IDLE_MS) * 100, '% of a core', 5),
    ];
  } finally {
    three.stop();
    await peer?.stop();
    await new Promise((resolve) => setTimeout(resolve, 500));
    rmSync(dir, { recursive: true, force: true });
  }
}

/** OpenSSH's server; its shells are not counted. */
async function startPeer() {
  const program = findSshd();
  if (program === undefined) {
    console.log('SKIP ssh-many beside sshd: no sshd on this machine (apt-get install openssh-server)');
    return undefined;
  }
  const sshd = await startSshd(program);
  const pid = Number(readFileSync(join(sshd.dir, 'pid'), 'utf8'));
  return {
    at: { port: sshd.port, username: sshd.user, privateKey: sshd.privateKey.toString() },
    cpuMs: () => cpuMsOf(pid, 'sshd'),
    stop: () => sshd.stop(),
  };
}
