/** One mariadbd process over its life: data folder, first statements, start, crash, end. */
import { spawn, type ChildProcess } from 'node:child_process';
import { chownSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabDirectory } from '../lab-directory.ts';
import { asServer, type ServerUser } from '../postgres/find-binaries.ts';
import { lastLines, mustRun, waitUntil } from '../run-command.ts';
import type { MariadbPrograms } from './find-mariadb.ts';

const START_LIMIT_MS = 20_000;
/** Small files: a data folder is made for each run. */
const small = ['--innodb-log-file-size=4M', '--innodb-buffer-pool-size=32M', '--innodb-flush-method=fsync'];

export interface MariadbPlace {
  readonly base: string;
  readonly programs: MariadbPrograms;
  readonly user: ServerUser | undefined;
  readonly address: string;
  readonly directory: LabDirectory;
  readonly name: string;
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

  async initialise(): Promise<void> {
    const { base, programs } = this.#at;
    this.#own(this.#data, (path) => mkdirSync(path, { mode: 0o700 }));
    for (const file of [this.#log, this.#statements])
      this.#own(file, (path) => writeFileSync(path, '', { mode: 0o600 }));
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
    await mustRun(program, [...args, ...install], { env: this.#env, limit: 60_000, cwd: base });
  }

  /** Starts it on `port`, the one of before when none is given. `first` runs once, before anybody can connect; it may hold secrets. */
  async up(port = this.#port, first: readonly string[] = []): Promise<void> {
    if (!this.#ended) return;
    this.#port = port;
    const before = this.logs().length;
    const init = join(this.#at.base, 'first.sql');
    if (first.length > 0) this.#own(init, (path) => writeFileSync(path, `${first.join('\n')}\n`, { mode: 0o600 }));
    try {
      await this.#spawn(first.length > 0 ? [`--init-file=${init}`] : [], before);
    } finally {
      rmSync(init, { force: true });
    }
  }

  async #spawn(more: readonly string[], before: number): Promise<void> {
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
      '--skip-log-bin',
      '--character-set-server=utf8mb4',
      '--default-time-zone=+00:00',
      '--max-connections=60',
      '--log-warnings=2',
      '--general-log=ON',
      `--general-log-file=${this.#statements}`,
      '--plugin-load-add=auth_ed25519',
      ...small,
      ...more,
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
    // It says so after the init file is done.
    const ready = (): boolean => said().slice(begun).includes('ready for connections');
    await waitUntil(`MariaDB ${name} to be ready`, START_LIMIT_MS, () => this.#ended || ready(), 20);
    const wrong = /\[ERROR\].*init[-_]?file.*/iu.exec(said().slice(begun))?.[0];
    if (this.#ended || wrong !== undefined) {
      await this.end('SIGKILL');
      throw new Error(`MariaDB ${name} ended while starting: ${wrong ?? lastLines(this.logs().slice(before))}`);
    }
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

  #asServer(): readonly string[] {
    return asServer(this.#at.user, 'TERM');
  }

  #own(path: string, make: (path: string) => void): void {
    make(path);
    const { user } = this.#at;
    if (user !== undefined) chownSync(path, user.uid, user.gid);
  }
}
