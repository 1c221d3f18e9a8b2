/** What an ordinary user gets instead of five hosts: one real sshd run as that user, for that user only. */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { LabDirectory } from '../lab-directory.ts';
import { lastLines, runCommand, waitUntil } from '../run-command.ts';
import { makeSshKey } from '../ssh-keys.ts';
import type { LabHost } from './isolated-host.ts';

const SSHD = ['setpriv', '--inh-caps=-all', '--ambient-caps=-all', '--pdeathsig', 'TERM', '/usr/sbin/sshd'] as const;

/**
 * How to start sshd so that it can give out terminals. An ordinary user's sshd cannot hand a terminal to group tty where
 * devpts is mounted without `gid=5` (machines without systemd); it forgives that on a read-only devpts, and a namespace of
 * its own can have one.
 */
async function sshdCommand(): Promise<{ readonly command: readonly string[]; readonly terminals: boolean }> {
  const devpts = readFileSync('/proc/self/mounts', 'utf8').match(/^\S+ \/dev\/pts devpts (\S+)/m)?.[1] ?? '';
  if (process.getuid?.() === 0 || devpts.split(',').includes('gid=5')) return { command: SSHD, terminals: true };
  const own = ['unshare', '--user', '--map-current-user', '--keep-caps', '--mount'];
  const readOnly = 'mount --bind /dev/pts /dev/pts && mount -o remount,bind,ro,nosuid,noexec /dev/pts';
  const [program = '', ...args] = own;
  const tried = await runCommand(program, [...args, '/bin/sh', '-c', readOnly]).catch(() => undefined);
  if (tried?.code !== 0) return { command: SSHD, terminals: false };
  return { command: [...own, '/bin/sh', '-c', `${readOnly} && exec "$@"`, 'sshd', ...SSHD], terminals: true };
}

/** Starts sshd as the current user on a loopback port; login is by one key of this run. Accounts, sudo and passwords are the machine's and stay out of reach. */
export async function startUserHost(
  directory: LabDirectory,
  name: string,
  at: { readonly address: string; readonly port: number },
): Promise<{ readonly host: LabHost; readonly terminals: boolean }> {
  const me = userInfo();
  const base = join(directory.path, `host-${name}`);
  mkdirSync(base, { recursive: true, mode: 0o700 });
  const hostKey = makeSshKey(`host ${name}`);
  const key = makeSshKey(`${me.username}@${name}`);
  const file = (leaf: string): string => join(base, leaf);
  writeFileSync(file('host_key'), hostKey.privateKey, { mode: 0o600 });
  writeFileSync(file('authorized_keys'), `${key.publicKey}\n`, { mode: 0o600 });
  writeFileSync(file('sshd.log'), '', { mode: 0o600 });
  writeFileSync(
    file('sshd_config'),
    `ListenAddress ${at.address}
Port ${at.port}
HostKey ${file('host_key')}
PidFile ${file('sshd.pid')}
AuthorizedKeysFile ${file('authorized_keys')}
AllowUsers ${me.username}
UsePAM no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
UseDNS no
LogLevel VERBOSE
Subsystem sftp internal-sftp
`,
    { mode: 0o600 },
  );
  if (me.uid === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 }); // only a root sshd separates its privileges there

  const { command, terminals } = await sshdCommand();
  const [program = '', ...args] = command;
  let pid: number | undefined;
  let ended = true;
  const up = async (): Promise<void> => {
    if (!ended) return;
    rmSync(file('sshd.pid'), { force: true });
    const child = spawn(program, [...args, '-D', '-f', file('sshd_config'), '-E', file('sshd.log')], {
      stdio: 'ignore',
    });
    ended = false;
    const finish = (): void => void (ended = true);
    child.on('exit', finish).on('error', finish);
    pid = child.pid;
    const written = (): boolean => {
      try {
        return readFileSync(file('sshd.pid'), 'utf8').trim() !== '';
      } catch {
        return false;
      }
    };
    await waitUntil(`sshd of ${name} to listen`, 15_000, () => ended || written(), 5);
    if (ended) throw new Error(`sshd of ${name} ended at once: ${lastLines(readFileSync(file('sshd.log'), 'utf8'))}`);
    if (pid !== undefined) directory.mark(`host-${name}`, pid);
  };
  /** The listener and every session it forked: sshd makes each session a process group of its own, so they are found by parent. */
  const down = async (): Promise<void> => {
    if (pid === undefined || ended) return;
    const tree = await descendants(pid);
    for (const each of [pid, ...tree]) {
      try {
        process.kill(each, 'SIGKILL');
      } catch {
        // already gone
      }
    }
    await waitUntil(`sshd of ${name} to end`, 2000, () => ended, 5);
  };
  await up();
  const login = { username: me.username, password: '', privateKey: key.privateKey, publicKey: key.publicKey };
  const host: LabHost = {
    name,
    purpose: `sshd of ${me.username} on this machine`,
    host: at.address,
    port: at.port,
    hostKeyFingerprint: hostKey.fingerprint,
    hostKey: hostKey.publicKey.split(' ').slice(0, 2).join(' '),
    root: login,
    management: login,
    accounts: new Map([[me.username, { name: me.username, uid: me.uid, key }]]),
    isolated: false,
    exec: (command, options) => runCommand('/bin/bash', ['-c', command], options),
    logs: () => readFileSync(file('sshd.log'), 'utf8'),
    down,
    up,
    restart: async () => {
      await down();
      await up();
    },
    stop: async () => {
      await down();
      rmSync(base, { recursive: true, force: true });
    },
  };
  return { host, terminals };
}

async function descendants(pid: number): Promise<readonly number[]> {
  const found: number[] = [];
  for (let queue = [pid]; queue.length > 0;) {
    const parent = queue.pop();
    let children: number[] = [];
    try {
      children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8')
        .trim()
        .split(' ')
        .filter(Boolean)
        .map(Number);
    } catch {
      // ended meanwhile
    }
    found.push(...children);
    queue = [...queue, ...children];
  }
  return found;
}
