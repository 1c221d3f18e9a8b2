/** One mariadbd process over its life: data folder, first statements, start, crash, end. */
import { spawn, type ChildProcess } from 'node:child_process';
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LabDirectory } from '../lab-directory.ts';
import { asServer, type ServerUser } from '../postgres/find-binaries.ts';
import { lastLines, mustRun, waitUntil } from '../run-command.ts';
import type { MariadbPrograms } from './find-mariadb.ts';

const START_LIMIT_MS = 20_000;
const INSTALL_LIMIT_MS = 100_000;
/** Empty data folders to copy from, beside what other tools keep there; gone with the next `npm ci`. Making one is five seconds of waiting for the disk. */
const TEMPLATES = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'reeve-lab');
/** Small files: a data folder is made for each run. */
const small = [
  '--innodb-log-file-size=4M',
  '--innodb-buffer-pool-size=32M',
  '--innodb-temp-data-file-path=ibtmp1:3M:autoextend',
];

const BINARY_LOG = 'binary-log';

export interface MariadbPlace {
  readonly base: string;
  readonly programs: MariadbPrograms;
  readonly user: ServerUser | undefined;
  readonly address: string;
  readonly directory: LabDirectory;
  readonly name: string;
  readonly binaryLog: boolean;
}

export class MariadbServer {
  readonly #at: MariadbPlace;
  readonly #data: string;
  readonly #log: string;
  readonly #statements: string;
  #port = 0;
  #child: ChildProcess | undefined;
  #ended = true;

  constructor(at: MariadbPlace) {
    this.#at = at;
    this.#data = join(at.base, 'data');
    this.#log = join(at.base, 'server.log');
    this.#statements = join(at.base, 'statements.log');
  }

  get #env(): NodeJS.ProcessEnv {
    return { PATH: '/usr/sbin:/usr/bin:/bin', LC_ALL: 'C.UTF-8', TZ: 'UTC', HOME: this.#at.base };
  }

  /** An empty server: a copy of one made earlier, where there is one. */
  async initialise(): Promise<void> {
    const { base, programs } = this.#at;
    for (const file of [this.#log, this.#statements])
      this.#own(file, (path) => writeFileSync(path, '', { mode: 0o600 }));
    const template = join(TEMPLATES, await this.#templateName());
    // Owners are kept: the files are the server's.
    const copy = (from: string, to: string): Promise<string> => mustRun('cp', ['-a', from, to], { limit: 20_000 });
    if (existsSync(template)) {
      await copy(template, this.#data);
      return;
    }
    this.#own(this.#data, (path) => mkdirSync(path, { mode: 0o700 }));
    const [program = 'setpriv', ...args] = this.#asServer();
    const install = [
      programs.install,
      '--no-defaults',
      `--datadir=${this.#data}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
      '--skip-name-resolve',
      '--skip-log-bin',
      ...small,
    ];
    await mustRun(program, [...args, ...install], { env: this.#env, limit: INSTALL_LIMIT_MS, cwd: base });
    const making = `${template}.${process.pid}`;
    try {
      mkdirSync(TEMPLATES, { recursive: true, mode: 0o700 });
      await copy(this.#data, making);
      await rename(making, template);
    } catch {
      // Another run was first, or the folder cannot be written to: then the next start makes one again.
      await rm(making, { recursive: true, force: true });
    }
  }

  /** One template a version and owner: nothing of a run is in it. */
  async #templateName(): Promise<string> {
    const version = await mustRun(this.#at.programs.server, ['--no-defaults', '--version'], { env: this.#env });
    const name = /Ver (\S+)/u.exec(version)?.[1] ?? 'unknown';
    return `mariadb-${name}-${this.#at.user?.uid ?? process.getuid?.() ?? 0}`.toLowerCase();
  }

  /** Runs statements as root over the server's own socket; they travel on standard input. Only before root has a password. */
  async tell(statements: readonly string[]): Promise<void> {
    const client = ['--no-defaults', `--socket=${join(this.#at.base, 'sock')}`, '--user=root', '--connect-timeout=5'];
    await mustRun(this.#at.programs.client, client, { env: this.#env, limit: 20_000, input: statements.join('\n') });
  }

  /** Starts it on `port`, the one of before when none is given. */
  async up(port = this.#port): Promise<void> {
    if (!this.#ended) return;
    this.#port = port;
    await this.#spawn();
  }

  async #spawn(): Promise<void> {
    const { base, programs, address, name } = this.#at;
    const [program = 'setpriv', ...args] = this.#asServer();
    const out = openSync(this.#log, 'a');
    const settings = [
      '--no-defaults',
      `--datadir=${this.#data}`,
      `--bind-address=${address}`,
      `--port=${this.#port}`,
      `--socket=${join(base, 'sock')}`,
      `--pid-file=${join(base, 'pid')}`,
      `--tmpdir=${base}`,
      `--ssl-cert=${join(base, 'server.crt')}`,
      `--ssl-key=${join(base, 'server.key')}`,
      '--require-secure-transport=ON',
      '--skip-name-resolve',
      ...(this.#at.binaryLog ? [`--log-bin=${join(base, BINARY_LOG)}`, '--binlog-format=MIXED'] : ['--skip-log-bin']),
      '--character-set-server=utf8mb4',
      '--default-time-zone=+00:00',
      '--max-connections=60',
      '--log-warnings=2',
      '--general-log=ON',
      `--general-log-file=${this.#statements}`,
      '--plugin-load-add=auth_ed25519',
      ...small,
    ];
    const said = (): string => readFileSync(this.#log, 'utf8');
    const begun = said().length;
    const child = spawn(program, [...args, programs.server, ...settings], {
      stdio: ['ignore', out, out],
      env: this.#env,
      cwd: base,
    });
    closeSync(out);
    this.#child = child;
    this.#ended = false;
    const finish = (): void => void (this.#ended = true);
    child.on('exit', finish).on('error', finish);
    const ready = (): boolean => said().slice(begun).includes('ready for connections');
    await waitUntil(`MariaDB ${name} to be ready`, START_LIMIT_MS, () => this.#ended || ready(), 20);
    if (this.#ended) throw new Error(`MariaDB ${name} ended while starting: ${lastLines(said().slice(begun))}`);
    if (child.pid !== undefined) this.#at.directory.mark(`mariadb-${name}`, child.pid);
  }

  /** SIGTERM is MariaDB's orderly shutdown; SIGKILL is a crash. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (child?.pid === undefined || this.#ended) return;
    child.kill(signal);
    try {
      await waitUntil(`MariaDB ${this.#at.name} to end`, 10_000, () => this.#ended);
    } catch {
      child.kill('SIGKILL');
      await waitUntil(`MariaDB ${this.#at.name} to be killed`, 2000, () => this.#ended);
    }
    rmSync(join(this.#at.base, 'sock'), { force: true });
  }

  /** What the server said, then every log-in and statement. */
  logs(): string {
    return [this.#log, this.#statements].map((file) => (existsSync(file) ? readFileSync(file, 'utf8') : '')).join('');
  }

  binaryLogs(): readonly string[] {
    return readdirSync(this.#at.base)
      .filter((name) => new RegExp(`^${BINARY_LOG}\\.\\d+$`, 'u').test(name))
      .sort()
      .map((name) => join(this.#at.base, name));
  }

  #asServer(): readonly string[] {
    return asServer(this.#at.user, 'TERM');
  }

  #own(path: string, make: (path: string) => void): void {
    make(path);
    const { user } = this.#at;
    if (user !== undefined) chownSync(path, user.uid, user.gid);
  }
}
