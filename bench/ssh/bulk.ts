import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run as runProgram } from '#test/ssh-rig/run-program.ts';
import { startRig, type Rig } from '#test/ssh-rig/rig.ts';
import { findSshd, startSshd, type Sshd } from '#test/ssh-rig/sshd.ts';
import { recordSessions } from '../beside/record-sessions.ts';
import type { BenchLine } from '../report.ts';

const MIB = 1024 * 1024;
const SIZE = Number(process.env['SIZE_MIB'] ?? 512) * MIB;
const ROUNDS = Number(process.env['ROUNDS'] ?? 5);
const GCM = ['-c', 'aes128-gcm@openssh.com'];

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

/** Throughput of one long stream through the gateway while it is recorded, against OpenSSH's own jump host on this machine. */
export async function run(): Promise<readonly BenchLine[]> {
  const program = findSshd();
  if (program === undefined) {
    console.log('SKIP ssh-bulk: no sshd on this machine (apt-get install openssh-server)');
    return [];
  }
  const sshd = await startSshd(program);
  const rig = await startRig(sshd);
  const dir = mkdtempSync(join(tmpdir(), 'reeve-bulk-'));
  const recorded = await recordSessions(rig.ports, dir, 'ssh-bulk');
  const file = join(dir, 'data');
  writeFileSync(file, randomBytes(SIZE));
  try {
    const ways: Record<string, (direction: 'down' | 'up') => string> = {
      gateway: (direction) => command(rig.ssh(), file, direction),
      'jump, same cipher': (direction) => command(jump(rig, sshd, GCM), file, direction),
      'jump, OpenSSH defaults': (direction) => command(jump(rig, sshd, []), file, direction),
      direct: (direction) => command([...GCM, ...rig.direct()], file, direction),
      'sftp gateway': (direction) => sftp(sftpOptions(rig, 'gateway'), file, join(dir, 'copy'), direction),
      'sftp jump, OpenSSH defaults': (direction) =>
        sftp(sftpOptions(rig, 'jump', sshd), file, join(dir, 'copy'), direction),
    };
    const speeds = new Map<string, number[]>();
    for (let round = 0; round <= ROUNDS; round += 1) {
      for (const direction of ['down', 'up'] as const) {
        for (const [name, make] of Object.entries(ways)) {
          const began = performance.now();
          const cpu = process.cpuUsage();
          const ran = await runProgram('bash', ['-c', make(direction)], { limitMs: 120_000 });
          if (ran.code !== 0) throw new Error(`${name} ${direction}: ${ran.stderr.toString()}`);
          const speed = SIZE / MIB / ((performance.now() - began) / 1000);
          const used = process.cpuUsage(cpu);
          await recorded.finish();
          if (process.env['VERBOSE'])
            console.log(
              round,
              direction,
              name,
              speed.toFixed(0),
              ((used.user + used.system) / 1e6 / (SIZE / MIB / 1024)).toFixed(2),
            );
          if (round > 0) speeds.set(`${name} ${direction}`, [...(speeds.get(`${name} ${direction}`) ?? []), speed]);
        }
      }
    }
    const of = (name: string): number => median(speeds.get(name) ?? []);
    return (['down', 'up'] as const).flatMap((direction) =>
      ['jump, same cipher', 'jump, OpenSSH defaults', 'direct', 'sftp jump, OpenSSH defaults'].map((peer) => ({
        bench: 'ssh-bulk',
        case: `${direction}load against ${peer}`,
        metric: 'throughput',
        value: of(`${ours(peer)} ${direction}`),
        unit: 'MiB/s',
        baseline: of(`${peer} ${direction}`),
        // the machine is never quite still: each round is compared with itself, then the middle one counts
        ratio: median(
          (speeds.get(`${ours(peer)} ${direction}`) ?? []).map(
            (v, i) => v / (speeds.get(`${peer} ${direction}`)?.[i] ?? Number.NaN),
          ),
        ),
      })),
    );
  } finally {
    await rig.stop();
    await sshd.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Which way of ours a peer is compared with. */
const ours = (peer: string): string => (peer.startsWith('sftp') ? 'sftp gateway' : 'gateway');

function sftpOptions(rig: Rig, way: 'gateway' | 'jump', sshd?: Sshd): string[] {
  const { options, destination } = rig.options(way === 'gateway' ? 'gateway' : 'direct');
  if (sshd === undefined) return [...options, destination];
  return [...jump(rig, sshd, []).slice(0, 2), ...options, destination];
}

const sftp = (to: readonly string[], file: string, copy: string, direction: 'down' | 'up'): string =>
  `echo '${direction === 'down' ? 'get' : 'put'} ${file} ${copy}' | sftp -qb - ${to.join(' ')} > /dev/null && rm ${copy}`;

function jump(rig: Rig, sshd: Sshd, cipher: readonly string[]): string[] {
  const { options } = rig.options('direct');
  const hop = ['ssh', ...cipher, ...options, '-W', '%h:%p', `${sshd.user}@127.0.0.1`].join(' ');
  return [...cipher, '-o', `"ProxyCommand=${hop}"`, ...rig.direct()];
}

const command = (ssh: readonly string[], file: string, direction: 'down' | 'up'): string =>
  direction === 'down'
    ? `ssh ${ssh.join(' ')} 'cat ${file}' > /dev/null`
    : `ssh ${ssh.join(' ')} 'cat > /dev/null' < ${file}`;
