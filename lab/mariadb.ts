/** Starts a MariaDB target: own data folder, free port, TLS only, accounts and roles planted, gone with whoever started it. */
import { chownSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { COMPANY_MARIADB } from '#test/fixtures/company/systems/mariadb-accounts.ts';
import { makeLabDirectory, sweepLeftovers, type LabDirectory } from './lab-directory.ts';
import { freePort } from './loopback.ts';
import { findMariadb, findMariadbUser } from './mariadb/find-mariadb.ts';
import type { MariadbPlan } from './mariadb/plan.ts';
import { hasPassword, renderAccounts } from './mariadb/render-accounts.ts';
import { MariadbServer } from './mariadb/server.ts';
import { makePassword } from './ssh-keys.ts';
import { makeCertificate, type LabCertificate } from './tls-certificate.ts';

export interface MariadbOptions {
  readonly plan?: MariadbPlan;
  /** A loopback address; 127.0.0.1 when not given. */
  readonly address?: string;
  /** A port that stays the same over runs; free when not given. */
  readonly port?: number;
  /** Whether changes are kept in a binary log, as servers that are copied from do. */
  readonly binaryLog?: boolean;
  readonly directory?: LabDirectory;
  readonly log?: (line: string) => void;
}

export interface LabMariadb {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** May do everything, from everywhere: what Reeve is given. */
  readonly management: { readonly username: string; readonly password: string };
  /** Passwords of the planted accounts by name. */
  readonly passwords: ReadonlyMap<string, string>;
  readonly databases: readonly string[];
  /** The server's self-signed certificate; it takes nobody in clear. */
  readonly tls: LabCertificate;
  /** The same as `server.crt`, for the real client. */
  readonly certificateFile: string;
  /** What the server said, and every log-in and statement of this run. */
  logs(): string;
  /** The files of the binary log, oldest first; none where it keeps none. */
  binaryLogs(): readonly string[];
  /** Orderly shutdown. */
  down(): Promise<void>;
  up(): Promise<void>;
  restart(): Promise<void>;
  /** SIGKILL, as a crash would. `up` recovers. */
  kill9(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts it and returns when it answers. Rejects with the server's last words. */
export async function startMariadb(options: MariadbOptions = {}): Promise<LabMariadb> {
  const log = options.log ?? (() => undefined);
  const plan = options.plan ?? COMPANY_MARIADB;
  const address = options.address ?? '127.0.0.1';
  if (options.directory === undefined) await sweepLeftovers();
  const directory = options.directory ?? makeLabDirectory();
  const base = join(directory.path, `mariadb-${plan.name}`);
  let server: MariadbServer | undefined;
  const stop = async (): Promise<void> => {
    await server?.end('SIGKILL');
    rmSync(base, { recursive: true, force: true, maxRetries: 5 });
    if (options.directory === undefined) directory.remove();
  };
  try {
    const programs = findMariadb();
    if (programs === undefined) throw new Error('no MariaDB server found: apt-get install mariadb-server');
    const user = await findMariadbUser();
    mkdirSync(base, { mode: 0o700 });
    if (user !== undefined) chownSync(base, user.uid, user.gid);
    const { binaryLog = false } = options;
    server = new MariadbServer({ base, programs, user, address, directory, name: plan.name, binaryLog });
    const [tls] = await Promise.all([
      makeCertificate(base, { name: 'lab mariadb', address, user }),
      server.initialise(),
    ]);
    if (tls === undefined) throw new Error('the MariaDB server needs a certificate: apt-get install openssl');
    const management = { username: 'reeve', password: makePassword() };
    const passwords = new Map(plan.accounts.filter(hasPassword).map((account) => [account.name, makePassword()]));
    const port = await listenSomewhere(server, address, options.port);
    await server.tell(renderAccounts(plan, passwords, management));
    log(`${plan.name}: MariaDB on ${address} port ${port}, TLS`);

    const running = server;
    return {
      name: plan.name,
      host: address,
      port,
      management,
      passwords,
      databases: plan.databases.map((database) => database.name),
      tls,
      certificateFile: join(base, 'server.crt'),
      logs: () => running.logs(),
      binaryLogs: () => running.binaryLogs(),
      down: () => running.end('SIGTERM'),
      up: () => running.up(),
      restart: async () => {
        await running.end('SIGTERM');
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
async function listenSomewhere(server: MariadbServer, address: string, wanted: number | undefined): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    const port = wanted ?? (await freePort(address));
    try {
      await server.up(port);
      return port;
    } catch (cause) {
      if (wanted !== undefined || attempt === 3 || !String(cause).includes('Address already in use')) throw cause;
    }
  }
}
