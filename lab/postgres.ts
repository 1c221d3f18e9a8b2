/** Starts a PostgreSQL target: own data folder, free port, TLS, scram, roles planted, gone with whoever started it. */
import { chownSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { COMPANY_DATABASE } from '#test/fixtures/company/systems/database-roles.ts';
import { makeLabDirectory, sweepLeftovers, type LabDirectory } from './lab-directory.ts';
import { freePort } from './loopback.ts';
import { findPostgresBinaries, findServerUser, reachableBinaries } from './postgres/find-binaries.ts';
import type { DatabasePlan } from './postgres/plan.ts';
import { plantRoles } from './postgres/plant-roles.ts';
import { PostgresServer } from './postgres/server.ts';
import { makePassword } from './ssh-keys.ts';
import { makeCertificate, type LabCertificate } from './tls-certificate.ts';

export interface PostgresOptions {
  readonly plan?: DatabasePlan;
  readonly binaries?: 'auto' | 'debian' | 'embedded';
  /** A loopback address; 127.0.0.1 when not given. */
  readonly address?: string;
  /** A port that stays the same over runs; free when not given. */
  readonly port?: number;
  /** The network namespace it is in; `address` is one there. Then it has a socket beside, and a log it can be asked for. */
  readonly network?: string;
  /** More lines of its configuration. */
  readonly settings?: readonly string[];
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
  /** Where its data folder is, and its socket where it has one. */
  readonly folder: string;
  /** The server's self-signed certificate, absent when openssl is not installed: then it speaks plaintext on loopback only. */
  readonly tls?: LabCertificate;
  /** `postgresql://…` as `role` (superuser when not given) on `database` (`postgres` when not given). Holds the password. */
  url(role?: string, database?: string): string;
  /** The same for libpq programs as `PG…` variables: an argument of a process can be read by everyone on the machine. */
  env(role?: string, database?: string): Readonly<Record<string, string>>;
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
  let server: PostgresServer | undefined;
  const stop = async (): Promise<void> => {
    await server?.end('SIGINT');
    rmSync(base, { recursive: true, force: true, maxRetries: 5 });
    if (options.directory === undefined) directory.remove();
  };
  try {
    const found = findPostgresBinaries(options.binaries);
    if (found === undefined) {
      const wanted = options.binaries ?? 'auto';
      throw new Error(
        `no PostgreSQL server found (wanted ${wanted}): apt-get install postgresql, or npm ci for the embedded one`,
      );
    }
    const user = await findServerUser();
    mkdirSync(base, { mode: 0o700 });
    if (user !== undefined) chownSync(base, user.uid, user.gid);
    const bin = await reachableBinaries(found, user, join(directory.path, 'postgres-binaries'));
    const superuser = { username: 'postgres', password: makePassword() };
    const logins = plan.roles.filter((role) => role.login === true);
    const passwords = new Map(logins.map((role) => [role.name, makePassword()]));
    const { network } = options;
    server = new PostgresServer({
      base,
      bin,
      user,
      address,
      directory,
      name: plan.name,
      network,
      settings: options.settings ?? [],
    });
    const [tls] = await Promise.all([
      makeCertificate(base, { name: 'lab postgres', address, user }),
      server.initialise(superuser),
    ]);
    const wanted = network === undefined ? options.port : (options.port ?? 5432);
    const port = await listenSomewhere(server, address, wanted, tls !== undefined);
    await plantRoles(plan, passwords, {
      ...superuser,
      host: network === undefined ? address : base,
      port,
      certificate: network === undefined ? tls?.certificate : undefined,
    });
    const how = tls === undefined ? 'without TLS: openssl is not installed' : 'TLS';
    log(`${plan.name}: PostgreSQL (${found.origin}) on ${address} port ${port}, ${how}`);

    const running = server;
    const passwordOf = (role: string): string => {
      const password = role === superuser.username ? superuser.password : passwords.get(role);
      if (password === undefined) throw new Error(`${plan.name} has no login role ${role}`);
      return password;
    };
    return {
      name: plan.name,
      host: address,
      port,
      origin: found.origin,
      superuser,
      passwords,
      databases: plan.databases.map((database) => database.name),
      folder: base,
      ...(tls === undefined ? {} : { tls }),
      url: (role = superuser.username, database = 'postgres') =>
        `postgresql://${encodeURIComponent(role)}:${passwordOf(role)}@${address}:${port}/${database}${tls === undefined ? '' : '?sslmode=require'}`,
      env: (role = superuser.username, database = 'postgres') => ({
        PGHOST: address,
        PGPORT: String(port),
        PGUSER: role,
        PGPASSWORD: passwordOf(role),
        PGDATABASE: database,
        PGSSLMODE: tls === undefined ? 'disable' : 'require',
        PGCONNECT_TIMEOUT: '5',
      }),
      logs: () => running.logs(),
      down: () => running.end('SIGINT'),
      up: () => running.up(),
      restart: async () => {
        await running.end('SIGINT');
        await running.up();
      },
      kill9: () => running.end('SIGKILL'),
      stop,
    };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

/** Someone else can take a free port between the look and the bind: then another, unless this one was asked for. */
async function listenSomewhere(
  server: PostgresServer,
  address: string,
  wanted: number | undefined,
  tls: boolean,
): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    const port = wanted ?? (await freePort(address));
    server.configure(port, tls);
    try {
      await server.up();
      return port;
    } catch (cause) {
      if (wanted !== undefined || attempt === 3 || !String(cause).includes('Address already in use')) throw cause;
    }
  }
}
