/** Starts a PostgreSQL target: own data folder, free port, TLS, scram, roles planted, gone with whoever started it. */
import { X509Certificate } from 'node:crypto';
import { spawn, type ChildProcess } from 'node:child_process';
import { chownSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMPANY_DATABASE } from '#test/fixtures/company/systems/database-roles.ts';
import { makeLabDirectory, processStart, sweepLeftovers, type LabDirectory } from './lab-directory.ts';
import { freePort } from './loopback.ts';
import {
  asServer,
  findPostgresBinaries,
  findServerUser,
  reachableBinaries,
  type ServerUser,
} from './postgres/find-binaries.ts';
import type { DatabasePlan } from './postgres/plan.ts';
import { renderRoles } from './postgres/render-roles.ts';
import { lastLines, mustRun, runCommand, waitUntil } from './run-command.ts';
import { makePassword } from './ssh-keys.ts';

export type { DatabasePlan, PlannedRole } from './postgres/plan.ts';

const START_LIMIT_MS = 15_000;

export interface PostgresOptions {
  readonly plan?: DatabasePlan;
  readonly binaries?: 'auto' | 'debian' | 'embedded';
  /** A loopback address; 127.0.0.1 when not given. */
  readonly address?: string;
  /** A port that stays the same over runs; free when not given. */
  readonly port?: number;
  readonly directory?: LabDirectory;
  readonly log?: (line: string) => void;
}

export interface LabPostgres {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly origin: 'debian' | 'embedded';
  readonly superuser: { readonly username: string; readonly password: string };
  /** Passwords of the planted login roles. */
  readonly passwords: ReadonlyMap<string, string>;
  readonly databases: readonly string[];
  /** The server's self-signed certificate, absent when openssl is not installed: then it speaks plaintext on loopback only. */
  readonly tls?: { readonly certificate: string; /** SHA-256 as `AB:CD:…` */ readonly fingerprint256: string };
  /** `postgresql://…` as `role` (superuser when not given) on `database` (`postgres` when not given). Holds the password. */
  url(role?: string, database?: string): string;
  logs(): string;
  /** Fast shutdown; committed data stays. */
  down(): Promise<void>;
  up(): Promise<void>;
  restart(): Promise<void>;
  /** SIGKILL of the postmaster and its children, as a crash would. `up` recovers. */
  kill9(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts it and returns when it answers. Rejects with the server's last words. */
export async function startPostgres(options: PostgresOptions = {}): Promise<LabPostgres> {
  const log = options.log ?? (() => undefined);
  const plan = options.plan ?? COMPANY_DATABASE;
  const address = options.address ?? '127.0.0.1';
  if (options.directory === undefined) await sweepLeftovers();
  const directory = options.directory ?? makeLabDirectory();
  const base = join(directory.path, `postgres-${plan.name}`);
  try {
    const found = findPostgresBinaries(options.binaries);
    if (found === undefined)
      throw new Error(
        `no PostgreSQL server found (wanted ${options.binaries ?? 'auto'}): apt-get install postgresql, or npm ci for the embedded one`,
      );
    const user = await findServerUser();
    mkdirSync(base, { mode: 0o700 });
    if (user !== undefined) chownSync(base, user.uid, user.gid);
    const bin = await reachableBinaries(found, user, join(directory.path, 'postgres-binaries'));
    const superuser = { username: 'postgres', password: makePassword() };
    const passwords = new Map(
      plan.roles.filter((role) => role.login === true).map((role) => [role.name, makePassword()]),
    );
    const server = new Server({ base, bin, user, address, directory, name: plan.name });
    const [tls] = await Promise.all([makeCertificate(base, user, address), server.initialise(superuser)]);
    const port = options.port ?? (await freePort(address));
    server.configure(port, tls !== undefined);
    await server.plant(renderRoles(plan, passwords));
    await server.up();
    log(
      `${plan.name}: PostgreSQL (${found.origin}) on ${address} port ${port}${tls === undefined ? ', without TLS: openssl is not installed' : ', TLS'}`,
    );
    return {
      name: plan.name,
      host: address,
      port,
      origin: found.origin,
      superuser,
      passwords,
      databases: plan.databases.map((database) => database.name),
      ...(tls === undefined ? {} : { tls }),
      url: (role = superuser.username, database = 'postgres') => {
        const password = role === superuser.username ? superuser.password : passwords.get(role);
        if (password === undefined) throw new Error(`${plan.name} has no login role ${role}`);
        return `postgresql://${encodeURIComponent(role)}:${password}@${address}:${port}/${database}${tls === undefined ? '' : '?sslmode=require'}`;
      },
      logs: () => server.logs(),
      down: () => server.end('SIGINT'),
      up: () => server.up(),
      restart: async () => {
        await server.end('SIGINT');
        await server.up();
      },
      kill9: () => server.end('SIGKILL'),
      stop: async () => {
        await server.end('SIGINT');
        rmSync(base, { recursive: true, force: true, maxRetries: 5 });
        if (options.directory === undefined) directory.remove();
      },
    };
  } catch (cause) {
    rmSync(base, { recursive: true, force: true, maxRetries: 5 });
    if (options.directory === undefined) directory.remove();
    throw cause;
  }
}

async function makeCertificate(
  base: string,
  user: ServerUser | undefined,
  address: string,
): Promise<LabPostgres['tls']> {
  const key = join(base, 'server.key');
  const cert = join(base, 'server.crt');
  const made = await runCommand('openssl', [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    '7',
    '-subj',
    '/CN=lab postgres',
    '-addext',
    `subjectAltName=IP:${address},DNS:localhost`,
    '-keyout',
    key,
    '-out',
    cert,
  ]).catch(() => undefined);
  if (made?.code !== 0) return undefined;
  if (user !== undefined) for (const file of [key, cert]) chownSync(file, user.uid, user.gid);
  const certificate = readFileSync(cert, 'utf8');
  return { certificate, fingerprint256: new X509Certificate(certificate).fingerprint256 };
}

interface ServerPlace {
  readonly base: string;
  readonly bin: string;
  readonly user: ServerUser | undefined;
  readonly address: string;
  readonly directory: LabDirectory;
  readonly name: string;
}

class Server {
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
    const { base, address, user } = this.#at;
    const settings = [
      `listen_addresses = '${address}'`,
      `port = ${port}`,
      "unix_socket_directories = ''",
      'max_connections = 60',
      'shared_buffers = 32MB',
      'fsync = on',
      "password_encryption = 'scram-sha-256'",
      'log_connections = on',
      'log_disconnections = on',
      "log_statement = 'ddl'",
      "log_line_prefix = '%m [%p] %u@%d '",
      "timezone = 'UTC'",
      ...(tls
        ? ['ssl = on', `ssl_cert_file = '${join(base, 'server.crt')}'`, `ssl_key_file = '${join(base, 'server.key')}'`]
        : []),
    ];
    writeFileSync(join(this.#data, 'postgresql.auto.conf'), `${settings.join('\n')}\n`);
    writeFileSync(join(this.#data, 'pg_hba.conf'), `${tls ? 'hostssl' : 'host'} all all 127.0.0.0/8 scram-sha-256\n`);
    writeFileSync(this.#log, '', { mode: 0o600 });
    if (user !== undefined) chownSync(this.#log, user.uid, user.gid);
  }

  /** Runs statements before the server listens, one a line, as the single user: no password travels over a socket. */
  async plant(statements: ReadonlyMap<string, readonly string[]>): Promise<void> {
    const [program = 'setpriv', ...args] = asServer(this.#at.user);
    for (const [database, lines] of statements) {
      const single = [
        join(this.#at.bin, 'postgres'),
        '--single',
        '-D',
        this.#data,
        '-c',
        'exit_on_error=on',
        '-c',
        'log_statement=none',
        '-c',
        'log_min_messages=warning',
        database,
      ];
      const result = await runCommand(program, [...args, ...single], {
        env: this.#env,
        input: `${lines.join('\n')}\n`,
        cwd: this.#at.base,
      });
      if (result.code !== 0) throw new Error(`could not plant roles in ${database}: ${lastLines(result.stderr)}`);
    }
  }

  async up(): Promise<void> {
    if (!this.#ended) return;
    const [program = 'setpriv', ...args] = asServer(this.#at.user);
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
