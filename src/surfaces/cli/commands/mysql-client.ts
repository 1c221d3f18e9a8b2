import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '#kit/errors/index.ts';
import { configDir, type IssuedPassword } from './issued-password.ts';

/** A value in a file of options: in quotes, since a sign may begin a comment. */
const quoted = (value: string): string => `"${value.replaceAll('\\', String.raw`\\`).replaceAll('"', String.raw`\"`)}"`;

/**
 * What programs of MariaDB or of MySQL are told, as they read it from a file. Without the gateway's certificate nobody would
 * know whom the password goes to, and each is told to verify it in words that the other does not know.
 */
function options(issued: IssuedPassword, certificate: string, of: Programs): string {
  const lines = [
    '[client]',
    `host=${quoted(issued.host)}`,
    `port=${issued.port}`,
    `user=${quoted(issued.username)}`,
    `password=${quoted(issued.password)}`,
    `ssl-ca=${quoted(certificate)}`,
    of === 'mariadb' ? 'ssl-verify-server-cert' : 'ssl-mode=VERIFY_IDENTITY',
    ...(issued.database === '' ? [] : ['[mysql]', `database=${quoted(issued.database)}`]),
  ];
  return `${lines.join('\n')}\n`;
}

type Programs = 'mariadb' | 'mysql';

/** Whose programs are on this machine: MariaDB's come under the name of MySQL's too, and not the other way. */
function programs(): Programs | undefined {
  return (['mariadb', 'mysql'] as const).find((name) => spawnSync(name, ['--version']).error === undefined);
}

/** Keeps the options in a file that only its owner can read, in the place of an older one; answers where. */
export function keepOptions(issued: IssuedPassword, certificate: string): string {
  const dir = join(configDir(), 'db');
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const file = join(dir, `${issued.username.replaceAll(/[^\w.@-]/g, '_')}.cnf`);
  rmSync(file, { force: true });
  writeFileSync(file, options(issued, certificate, programs() ?? 'mariadb'), { mode: 0o600, flag: 'wx' });
  return file;
}

/** One line for a driver; what it is verified by is told beside it. */
export function mysqlUrl(issued: IssuedPassword): string {
  const [user, password, database] = [issued.username, issued.password, issued.database].map(encodeURIComponent);
  return `mysql://${user}:${password}@${issued.host}:${issued.port}/${database}`;
}

/** Starts the client; options and certificate are in a folder only its owner can read, for as long as it runs. */
export async function runMysql(issued: IssuedPassword, certificate: string, rest: readonly string[]): Promise<number> {
  const program = programs();
  if (program === undefined)
    throw new AppError({
      code: 'db.no_mysql',
      status: 503,
      detail: 'neither mariadb nor mysql is on this machine',
      fix: 'apt-get install mariadb-client, or use reeve db credential with another program',
    });
  const dir = mkdtempSync(join(tmpdir(), 'reeve-db-'));
  try {
    const copy = join(dir, 'gateway.crt');
    writeFileSync(copy, readFileSync(certificate), { mode: 0o600 });
    const file = join(dir, 'options.cnf');
    writeFileSync(file, options(issued, copy, program), { mode: 0o600, flag: 'wx' });
    const client = spawn(program, [`--defaults-extra-file=${file}`, ...rest], { stdio: 'inherit' });
    return await new Promise<number>((done, fail) => {
      client.once('error', fail);
      client.once('close', (code) => done(code ?? 2));
    });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
