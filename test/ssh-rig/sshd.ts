import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';

import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { accepts, freePort } from '#lab/loopback.ts';
import { run, start, until, type Running } from './run-program.ts';

/** A real OpenSSH server of the test's own, on loopback, with its own keys and configuration. */
export interface Sshd {
  readonly dir: string;
  readonly port: number;
  readonly user: string;
  readonly hostFingerprint: string;
  /** The key that opens it. */
  readonly privateKey: Buffer;
  readonly keyFile: string;
  readonly knownHosts: string;
  stop(): Promise<void>;
}

const PLACES = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/usr/lib/ssh/sshd'];

/** Where sshd is, or undefined: then tests print SKIP with that reason. */
export function findSshd(): string | undefined {
  return PLACES.find((place) => {
    try {
      accessSync(place, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

export async function makeKey(
  file: string,
  type = 'ed25519',
  extra: readonly string[] = [],
): Promise<{ file: string; fingerprint: string; privateKey: Buffer }> {
  const made = await run('ssh-keygen', ['-q', '-t', type, ...extra, '-N', '', '-C', 'test', '-f', file]);
  if (made.code !== 0) throw new Error(`ssh-keygen: ${made.stderr.toString()}`);
  const shown = await run('ssh-keygen', ['-l', '-f', `${file}.pub`]);
  return { file, fingerprint: shown.stdout.toString().split(' ')[1] ?? '', privateKey: readFileSync(file) };
}

/** A killed test must not leave its server behind. */
const tied = (): readonly string[] =>
  existsSync('/usr/bin/setpriv') ? ['/usr/bin/setpriv', '--pdeathsig', 'TERM'] : [];

/**
 * Hides from the shells sshd starts what this machine's user has them do first, where root may: it is none of a test's
 * business, and may cost a second a command.
 */
async function bare(dir: string): Promise<readonly string[]> {
  const hide = join(dir, 'hide-settings');
  writeFileSync(
    hide,
    'for file in .bashrc .bash_profile .profile .zshenv; do [ ! -f "$HOME/$file" ] || mount --bind /dev/null "$HOME/$file" || exit; done; exec "$@"',
  );
  const wrapped = ['unshare', '--mount', '--', 'sh', hide];
  const possible = process.getuid?.() === 0 && (await run('unshare', ['--mount', '--', 'sh', hide, 'true'])).code === 0;
  return possible ? wrapped : [];
}

export async function startSshd(sshd: string, extraConfig: readonly string[] = []): Promise<Sshd> {
  const dir = mkdtempSync(join(tmpdir(), 'reeve-sshd-'));
  const host = await makeKey(join(dir, 'host'));
  const login = await makeKey(join(dir, 'login'));
  const port = await freePort();
  const user = userInfo().username;
  writeFileSync(join(dir, 'authorized_keys'), readFileSync(`${login.file}.pub`), { mode: 0o600 });
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  writeFileSync(
    join(dir, 'sshd_config'),
    [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${host.file}`,
      `PidFile ${join(dir, 'pid')}`,
      `AuthorizedKeysFile ${join(dir, 'authorized_keys')}`,
      'StrictModes no',
      'UsePAM no',
      'PasswordAuthentication no',
      'PermitRootLogin prohibit-password',
      'PrintMotd no',
      'PrintLastLog no',
      'MaxSessions 100',
      'MaxStartups 200',
      'AcceptEnv LANG LC_*',
      'Subsystem sftp internal-sftp',
      ...extraConfig,
      '',
    ].join('\n'),
  );
  const args = ['-D', '-e', '-f', join(dir, 'sshd_config')];
  const [program = sshd, ...rest] = [...tied(), ...(await bare(dir)), sshd, ...args];
  const server: Running = start(program, rest, { limitMs: 3_600_000 });
  await until(
    async () => {
      if (server.child.exitCode !== null) throw new Error(`sshd did not start: ${server.stderr()}`);
      return accepts(port);
    },
    'sshd to listen',
    10_000,
  );
  const knownHosts = join(dir, 'known_hosts');
  writeFileSync(
    knownHosts,
    `[127.0.0.1]:${port} ${readFileSync(`${host.file}.pub`).toString().split(' ').slice(0, 2).join(' ')}\n`,
  );
  return {
    dir,
    port,
    user,
    hostFingerprint: host.fingerprint,
    privateKey: login.privateKey,
    keyFile: login.file,
    knownHosts,
    stop: async () => {
      server.child.kill('SIGTERM');
      await server.done;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
