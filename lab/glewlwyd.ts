/**
 * A single sign-on server that is not ours: Glewlwyd, as Debian packages it, with its own TLS and its own REST API, on
 * loopback. It keeps what it is given in an SQLite file of this run.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, chownSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { makeLabDirectory, sweepLeftovers, type LabDirectory } from './lab-directory.ts';
import { accepts, freePort } from './loopback.ts';
import { asServer, type ServerUser } from './postgres/find-binaries.ts';
import { lastLines, mustRun, runCommand, waitUntil } from './run-command.ts';
import { makePassword } from './ssh-keys.ts';
import { makeCertificate, type LabCertificate } from './tls-certificate.ts';

const PROGRAM = '/usr/bin/glewlwyd';
const SQLITE = '/usr/bin/sqlite3';
/** What Debian's own installer makes the database of. */
const TABLES = '/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3';
const MODULES = '/usr/lib/glewlwyd';
const START_LIMIT_MS = 15_000;

export interface LabGlewlwyd {
  readonly host: string;
  readonly port: number;
  /** An API key that may do everything: what Reeve is given. */
  readonly token: string;
  /** The administrator whose key it is. */
  readonly admin: { readonly username: string; readonly password: string };
  readonly tls: LabCertificate;
  /** Asks it something as its administrator, beside Reeve; the body of the answer. Rejects on everything but a success. */
  ask(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<string>;
  /** Requests with an API key and log-ins with a password so far, as it keeps them itself. */
  attempts(): Promise<number>;
  /** The names of all users, as they are in its database. */
  names(): Promise<readonly string[]>;
  /** All it wrote: its log, and its database as SQL. */
  wrote(): Promise<string>;
  stop(): Promise<void>;
}

/** Why this machine cannot run one; undefined where it can. */
export function whyNoGlewlwyd(): string | undefined {
  const missing = [PROGRAM, SQLITE, TABLES].filter((file) => !existsSync(file));
  return missing.length === 0 ? undefined : `${missing.join(' and ')} is not here: apt-get install glewlwyd sqlite3`;
}

/** Starts one and returns when it answers. Rejects with its last words. */
export async function startGlewlwyd(options: { readonly port?: number } = {}): Promise<LabGlewlwyd> {
  const reason = whyNoGlewlwyd();
  if (reason !== undefined) throw new Error(reason);
  await sweepLeftovers();
  const directory = makeLabDirectory();
  let child: ChildProcess | undefined;
  const stop = async (): Promise<void> => {
    if (child?.exitCode === null && child.signalCode === null) {
      const ended = new Promise((resolve) => child?.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
    }
    directory.remove();
  };
  try {
    const host = '127.0.0.1';
    const port = options.port ?? (await freePort(host));
    const user = await nobody();
    const base = join(directory.path, 'glewlwyd');
    mkdirSync(base, { mode: 0o700 });
    if (user !== undefined) chownSync(base, user.uid, user.gid);
    const tls = await makeCertificate(base, { name: 'glewlwyd', address: host, user });
    if (tls === undefined) throw new Error('Glewlwyd needs a certificate: apt-get install openssl');
    const token = randomBytes(24).toString('base64url');
    await makeDatabase(base, user, token);
    child = await start(base, { host, port, user, directory });
    const ask = asking({ host, port, token, ca: tls.certificate });
    const admin = { username: 'admin', password: makePassword() };
    await ask('PUT', '/user/admin', { password: admin.password });
    const database = join(base, 'glewlwyd.db');
    const sql = (statement: string): Promise<string> => mustRun(SQLITE, ['-readonly', database, statement]);
    const log = (): string => readFileSync(join(base, 'server.log'), 'utf8');
    return {
      host,
      port,
      token,
      admin,
      tls,
      ask,
      attempts: async () => {
        const asked = Number(await sql('select coalesce(sum(gak_counter), 0) from g_api_key'));
        const told = log().match(/API key invalid|Authorization invalid|authenticated with password/gu) ?? [];
        return asked + told.length;
      },
      names: async () => {
        const rows: unknown = JSON.parse((await sql('select json_group_array(gu_username) from g_user')).trim());
        return rows as string[];
      },
      wrote: async () => `${log()}\n${await sql('.dump')}`,
      stop,
    };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

async function nobody(): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const found = await runCommand('getent', ['passwd', 'nobody']);
  const [, , uid, gid] = found.stdout.split(':');
  if (found.code === 0 && uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  throw new Error('Glewlwyd should not run as root and this machine has no user nobody');
}

/** The key is planted as its hash, since the server gives one only to a browser that signed in. */
async function makeDatabase(base: string, user: ServerUser | undefined, token: string): Promise<void> {
  const database = join(base, 'glewlwyd.db');
  const digest = createHash('sha512').update(token).digest('base64').replaceAll('+', '-').replaceAll('/', '_');
  const key = `insert into g_api_key (gak_token_hash, gak_username) values ('{SHA512}${digest}', 'admin');`;
  await mustRun(SQLITE, ['-bail', database], { input: `${readFileSync(TABLES, 'utf8')}\n${key}\n` });
  chmodSync(database, 0o600);
  if (user !== undefined) chownSync(database, user.uid, user.gid);
}

const configuration = (base: string, host: string, port: number): string => `
port = ${port}
bind_address = "${host}"
external_url = "https://${host}:${port}/"
login_url = "login.html"
api_prefix = "api"
log_mode = "console"
log_level = "DEBUG"
cookie_secure = true
session_expiration = 3600
session_key = "GLEWLWYD2_SESSION_ID"
admin_session_authentication = "api_key"
profile_session_authentication = "cookie"
login_api_enabled = true
admin_scope = "g_admin"
profile_scope = "g_profile"
user_module_path = "${MODULES}/user"
client_module_path = "${MODULES}/client"
user_auth_scheme_module_path = "${MODULES}/scheme"
plugin_module_path = "${MODULES}/plugin"
use_secure_connection = true
secure_connection_key_file = "${base}/server.key"
secure_connection_pem_file = "${base}/server.crt"
hash_algorithm = "SHA512"
database = { type = "sqlite3"; path = "${base}/glewlwyd.db"; };
`;

async function start(
  base: string,
  at: {
    readonly host: string;
    readonly port: number;
    readonly user: ServerUser | undefined;
    readonly directory: LabDirectory;
  },
): Promise<ChildProcess> {
  const file = join(base, 'glewlwyd.conf');
  writeFileSync(file, configuration(base, at.host, at.port), { mode: 0o600 });
  if (at.user !== undefined) chownSync(file, at.user.uid, at.user.gid);
  const logFile = join(base, 'server.log');
  const out = openSync(logFile, 'a', 0o600);
  const [program = 'setpriv', ...args] = asServer(at.user, 'TERM');
  const child = spawn(program, [...args, PROGRAM, `--config-file=${file}`], {
    stdio: ['ignore', out, out],
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8', TZ: 'UTC', HOME: base },
    cwd: base,
  });
  closeSync(out);
  let ended = false;
  const finish = (): void => void (ended = true);
  child.on('exit', finish).on('error', finish);
  const said = (): string => readFileSync(logFile, 'utf8');
  // It says that it has started before it listens.
  await waitUntil('Glewlwyd to be ready', START_LIMIT_MS, () => ended || accepts(at.port, at.host));
  if (ended) throw new Error(`Glewlwyd ended while starting: ${lastLines(said())}`);
  if (child.pid !== undefined) at.directory.mark('glewlwyd', child.pid);
  return child;
}

function asking(at: {
  readonly host: string;
  readonly port: number;
  readonly token: string;
  readonly ca: string;
}): LabGlewlwyd['ask'] {
  return (method, path, body) =>
    new Promise((resolve, reject) => {
      const headers = { authorization: `token ${at.token}`, 'content-type': 'application/json' };
      const { host, port, ca } = at;
      const asked = request({ host, port, ca, method, path: `/api${path}`, headers, timeout: 10_000 }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part: string) => (text += part));
        answer.on('end', () =>
          answer.statusCode === 200
            ? resolve(text)
            : reject(new Error(`Glewlwyd answers ${answer.statusCode} to ${method} ${path}: ${text}`)),
        );
      });
      asked.on('timeout', () => asked.destroy(new Error('Glewlwyd does not answer')));
      asked.on('error', reject);
      asked.end(body === undefined ? undefined : JSON.stringify(body));
    });
}
