import { execFile } from 'node:child_process';
import { newId } from '#kit/ids/index.ts';
import { existsSync, statSync } from 'node:fs';
import { chmod, chown, mkdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { randomSecret } from '#kit/crypto/index.ts';
import { AppError } from '#kit/errors/index.ts';
import { canReach, type Binaries } from './find-binaries.ts';
import type { RunAs } from './choose-user.ts';

/** Where one embedded cluster lives: `<data_dir>/postgres`. */
export interface Cluster {
  /** PGDATA; owned by the user PostgreSQL runs as. */
  readonly data: string;
  readonly logFile: string;
  readonly stateFile: string;
  readonly passwords: Passwords;
}

/** `admin` is the superuser, used by the supervisor only; `reeve` owns the one database. */
interface Passwords {
  readonly admin: string;
  readonly reeve: string;
}

const run = promisify(execFile);

/** Nothing of Reeve's environment, which may hold secrets, reaches PostgreSQL. */
export const bareEnvironment = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LANG: 'C', TZ: 'UTC' };

/** The command as it has to be run to become `user`. */
const asUser = (user: RunAs | undefined, ...command: string[]): string[] =>
  user === undefined
    ? command
    : ['setpriv', `--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups', ...command];

/**
 * Makes sure there is a cluster below `dataDir`, made with SCRAM passwords nobody else knows. It is built aside and
 * moved into place whole, so a crash leaves either none or all of it, and two makers end up with one.
 */
export async function ensureCluster(dataDir: string, binaries: Binaries, user: RunAs | undefined): Promise<Cluster> {
  const home = join(dataDir, 'postgres');
  if (!existsSync(home)) await build(home, binaries, user);
  const real = await realpath(home);
  const data = join(real, 'data');
  if (user !== undefined && !canReach(user, join(data, 'PG_VERSION'))) throw unreachable(data, user);
  await checkVersion(data, binaries);
  return {
    data,
    logFile: join(real, 'server.log'),
    stateFile: join(real, 'supervisor.json'),
    passwords: await readPasswords(real),
  };
}

/** Lets the database user pass through a folder of ours, without letting it list what is inside. */
export async function allowPassage(folder: string, user: RunAs | undefined): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (user !== undefined) await chmod(folder, (statSync(folder).mode & 0o777) | 0o011);
}

async function build(home: string, binaries: Binaries, user: RunAs | undefined): Promise<void> {
  const half = `${home}.${process.pid}.${newId()}`;
  try {
    await allowPassage(half, user);
    const data = join(half, 'data');
    const passwordFile = join(half, 'initdb-password');
    const passwords: Passwords = { admin: secret(), reeve: secret() };
    await mkdir(data, { mode: 0o700 });
    await writeFile(passwordFile, passwords.admin, { mode: 0o600 });
    await writeFile(join(half, 'passwords.json'), JSON.stringify(passwords), { mode: 0o600 });
    if (user !== undefined) {
      await chown(data, user.uid, user.gid);
      await chown(passwordFile, user.uid, user.gid);
      if (!canReach(user, passwordFile)) throw unreachable(half, user);
    }
    await initdb(binaries, user, data, passwordFile);
    await rm(passwordFile);
    await rename(half, home).catch((error: unknown) => {
      if (!existsSync(home)) throw error;
    });
  } finally {
    await rm(half, { recursive: true, force: true });
  }
}

/** 192 random bits, in letters that need no quoting in SQL or a URL. */
const secret = (): string => randomSecret(24).toString('base64url');

async function initdb(binaries: Binaries, user: RunAs | undefined, data: string, passwordFile: string): Promise<void> {
  const major = await majorVersion(binaries);
  const locale =
    major >= 17 ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'] : ['--locale=C.UTF-8'];
  const [command = '', ...args] = asUser(
    user,
    binaries.initdb,
    `--pgdata=${data}`,
    '--username=reeve_admin',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--data-checksums',
    '--no-instructions',
    ...locale,
  );
  try {
    await run(command, args, { env: bareEnvironment, cwd: data, timeout: 120_000 });
  } catch (error) {
    throw new AppError({
      code: 'embedded_postgres.init_failed',
      status: 500,
      detail: `PostgreSQL could not make its data directory: ${tail(error)}`,
      fix: 'see that the disk has 100 MB to spare and that the directory can be written, then start again',
      cause: error,
    });
  }
}

const tail = (error: unknown): string => {
  const text = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
  return text.trim().split('\n').slice(-3).join(' ');
};

async function majorVersion(binaries: Binaries): Promise<number> {
  const { stdout } = await run(binaries.postgres, ['--version'], { env: bareEnvironment, timeout: 10_000 });
  return Number(/(\d+)/.exec(stdout)?.[1] ?? 0);
}

async function checkVersion(data: string, binaries: Binaries): Promise<void> {
  const made = Number((await readFile(join(data, 'PG_VERSION'), 'utf8')).trim());
  const have = await majorVersion(binaries);
  if (made !== have)
    throw new AppError({
      code: 'embedded_postgres.wrong_version',
      status: 500,
      detail: `the data in ${data} was made by PostgreSQL ${made}, and this installation brings PostgreSQL ${have}`,
      fix: `dump it with PostgreSQL ${made} and load it into a fresh data_dir, or run the version of Reeve that made it`,
    });
}

async function readPasswords(home: string): Promise<Passwords> {
  const file = join(home, 'passwords.json');
  const parsed: unknown = JSON.parse(await readFile(file, 'utf8'));
  if (typeof parsed === 'object' && parsed !== null && 'admin' in parsed && 'reeve' in parsed)
    return { admin: String(parsed.admin), reeve: String(parsed.reeve) };
  throw new AppError({
    code: 'embedded_postgres.no_password',
    status: 500,
    detail: `${file} does not hold the database passwords`,
    fix: 'restore it from a backup of data_dir',
  });
}

const unreachable = (path: string, user: RunAs): AppError =>
  new AppError({
    code: 'embedded_postgres.unreachable_data',
    status: 500,
    detail: `PostgreSQL runs as ${user.name} and cannot get to ${path}: a folder above it is closed to that user`,
    fix: `set data_dir to a place ${user.name} can reach, for instance /var/lib/reeve, or run Reeve as an ordinary user`,
  });
