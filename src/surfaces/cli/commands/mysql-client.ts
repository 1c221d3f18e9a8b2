import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '#kit/errors/index.ts';
import { configDir, type IssuedPassword } from './issued-password.ts';

/** A value in a file of options: in quotes, since a sign may begin a comment. */
const quoted = (value: string): string => `"${value.replaceAll('\\', String.raw`\\`).replaceAll('"', String.raw`\"`)}"`;

/**
 * What programs of MySQL and MariaDB are told, as they read it from a file. Without the gateway's certificate nobody would
 * know whom the password goes to; MariaDB's and MySQL's programs are told to verify it in words of their own.
 */
function options(issued: IssuedPassword, certificate: string): string {
  const lines = [
    '[client]',
    `host=${quoted(issued.host)}`,
    `port=${issued.port}`,
    `user=${quoted(issued.username)}`,
    `password=${quoted(issued.password)}`,
    `ssl-ca=${quoted(certificate)}`,
    '[client-mariadb]',
    'ssl-verify-server-cert',
    '[mysql]',
    'loose-ssl-mode=VERIFY_IDENTITY',
    ...(issued.database === '' ? [] : [`database=${quoted(issued.database)}`]),
    '[mysqldump]',
    'loose-ssl-mode=VERIFY_IDENTITY',
  ];
  return `${lines.join('\n')}\n`;
}

/** Keeps the options in a file that only its owner can read, in the place of an older one; answers where. */
export function keepOptions(issued: IssuedPassword, certificate: string): string {
  const dir = join(configDir(), 'db');
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const file = join(dir, `${issued.username.replaceAll(/[^\w.@-]/g, '_')}.cnf`);
  rmSync(file, { force: true });
  writeFileSync(file, options(issued, certificate), { mode: 0o600, flag: 'wx' });
  return file;
}

/** One line for a driver; what it is verified by is told beside it. */
export function mysqlUrl(issued: IssuedPassword): string {
  const [user, password, database] = [issued.username, issued.password, issued.database].map(encodeURIComponent);
  return `mysql://${user}:${password}@${issued.host}:${issued.port}/${database}`;
}

/** Starts the client; options and certificate are in a folder only its owner can read, for as long as it runs. */
export async function runMysql(issued: IssuedPassword, certificate: string, rest: readonly string[]): Promise<number> {
  const dir = mkdtempSync(join(tmpdir(), 'reeve-db-'));
  try {
    const copy = join(dir, 'gateway.crt');
    writeFileSync(copy, readFileSync(certificate), { mode: 0o600 });
    const file = join(dir, 'options.cnf');
    writeFileSync(file, options(issued, copy), { mode: 0o600, flag: 'wx' });
    const args = [`--defaults-extra-file=${file}`, ...rest];
    const code = (await started('mariadb', args)) ?? (await started('mysql', args));
    if (code !== undefined) return code;
    throw new AppError({
      code: 'db.no_mysql',
      status: 503,
      detail: 'neither mariadb nor mysql is on this machine',
      fix: 'apt-get install mariadb-client, or use reeve db credential with another program',
    });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** The exit code; undefined where there is no such program. */
function started(program: string, args: readonly string[]): Promise<number | undefined> {
  return new Promise((done) => {
    const child = spawn(program, [...args], { stdio: 'inherit' });
    child.once('error', () => done(undefined));
    child.once('close', (code) => done(code ?? 2));
  });
}
