/** One PostgreSQL server process over its life: initdb, settings, roles, start, crash, end. */
import { spawn, type ChildProcess } from 'node:child_process';
import { chownSync, closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { processStart, type LabDirectory } from '../lab-directory.ts';
import { lastLines, mustRun, waitUntil } from '../run-command.ts';
import { asServer, type ServerUser } from './find-binaries.ts';

const START_LIMIT_MS = 15_000;

/** Where one server lives and as whom it runs. */
export interface ServerPlace {
  readonly base: string;
  readonly bin: string;
  readonly user: ServerUser | undefined;
  readonly address: string;
  readonly directory: LabDirectory;
  readonly name: string;
  /** The network namespace it runs in; this machine's where undefined. */
  readonly network: string | undefined;
  /** Lines of its configuration. */
  readonly settings: readonly string[];
}

/** A data folder and the postmaster on it. */
export class PostgresServer {
  readonly #at: ServerPlace;
  readonly #data: string;
  readonly #log: string;
  #child: ChildProcess | undefined;
  #ended = true;

  constructor(at: ServerPlace) {
    this.#at = at;
    this.#data = join(at.base, 'data');
    this.#log = join(at.base, 'server.log');
  }

  get #env(): NodeJS.ProcessEnv {
    return { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8', TZ: 'UTC' };
  }

  async initialise(superuser: { readonly username: string; readonly password: string }): Promise<void> {
    const { base, bin, user } = this.#at;
    const pwfile = join(base, 'initial');
    writeFileSync(pwfile, superuser.password, { mode: 0o600 });
    if (user !== undefined) chownSync(pwfile, user.uid, user.gid);
    const [program = 'setpriv', ...args] = asServer(user);
    const initdb = [
      join(bin, 'initdb'),
      '-D',
      this.#data,
      '-U',
      superuser.username,
      '--auth=scram-sha-256',
      `--pwfile=${pwfile}`,
      '--encoding=UTF8',
      '--locale=C.UTF-8',
      '--no-sync',
      '--no-instructions',
    ];
    try {
      await mustRun(program, [...args, ...initdb], { env: this.#env, limit: 30_000, cwd: base });
    } finally {
      rmSync(pwfile, { force: true });
    }
  }

  configure(port: number, tls: boolean): void {
    const { base, address, user, network } = this.#at;
    const settings = [
      `listen_addresses = '${address}'`,
      `port = ${port}`,
      `unix_socket_directories = '${network === undefined ? '' : base}'`,
      ...(network === undefined ? [] : ['logging_collector = on']),
      'max_connections = 60',
      'shared_buffers = 32MB',
      'fsync = on',
      "password_encryption = 'scram-sha-256'",
      'log_connections = on',
      'log_disconnections = on',
      "log_statement = 'ddl'",
      "log_line_prefix = '%m [%p] %u@%d '",
      "timezone = 'UTC'",
      ...this.#at.settings,
      ...(tls
        ? ['ssl = on', `ssl_cert_file = '${join(base, 'server.crt')}'`, `ssl_key_file = '${join(base, 'server.key')}'`]
        : []),
    ];
    writeFileSync(join(this.#data, 'postgresql.auto.conf'), `${settings.join('\n')}\n`);
    const lines =
      network === undefined
        ? [`${tls ? 'hostssl' : 'host'} all all 127.0.0.0/8 scram-sha-256`]
        : ['local all all scram-sha-256', `${tls ? 'hostssl' : 'host'} all all all scram-sha-256`];
    writeFileSync(join(this.#data, 'pg_hba.conf'), `${lines.join('\n')}\n`);
    writeFileSync(this.#log, '', { mode: 0o600 });
    if (user !== undefined) chownSync(this.#log, user.uid, user.gid);
  }

  async up(): Promise<void> {
    if (!this.#ended) return;
    const { network } = this.#at;
    const inside = network === undefined ? [] : ['nsenter', `--net=/run/netns/${network}`];
    const [program = 'setpriv', ...args] = [...inside, ...asServer(this.#at.user)];
    const out = openSync(this.#log, 'a');
    const child = spawn(program, [...args, join(this.#at.bin, 'postgres'), '-D', this.#data], {
      stdio: ['ignore', out, out],
      env: this.#env,
      cwd: this.#at.base,
    });
    closeSync(out);
    this.#child = child;
    this.#ended = false;
    const finish = (): void => void (this.#ended = true);
    child.on('exit', finish).on('error', finish);
    await waitUntil(
      `PostgreSQL ${this.#at.name} to be ready`,
      START_LIMIT_MS,
      () => this.#ended || this.#isReady(child.pid),
      10,
    );
    if (this.#ended) throw new Error(`PostgreSQL ${this.#at.name} ended while starting: ${lastLines(this.logs())}`);
    if (child.pid !== undefined) this.#at.directory.mark(`postgres-${this.#at.name}`, child.pid);
  }

  /** The eighth line of postmaster.pid says `ready` once the server takes connections. */
  #isReady(pid: number | undefined): boolean {
    const file = join(this.#data, 'postmaster.pid');
    if (!existsSync(file)) return false;
    const lines = readFileSync(file, 'utf8').split('\n');
    return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
  }

  /** SIGINT is PostgreSQL's fast shutdown. After SIGKILL the children notice and end by themselves; waits for them too. */
  async end(signal: 'SIGINT' | 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (child?.pid === undefined || this.#ended) return;
    const backends = childrenOf(child.pid);
    child.kill(signal);
    try {
      await waitUntil(`PostgreSQL ${this.#at.name} to end`, 5000, () => this.#ended);
    } catch {
      child.kill('SIGKILL');
      await waitUntil(`PostgreSQL ${this.#at.name} to be killed`, 2000, () => this.#ended);
    }
    await waitUntil('its backends to end', 5000, () => backends.every((pid) => processStart(pid) === undefined));
  }

  logs(): string {
    return existsSync(this.#log) ? readFileSync(this.#log, 'utf8') : '';
  }
}

function childrenOf(pid: number): readonly number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}
