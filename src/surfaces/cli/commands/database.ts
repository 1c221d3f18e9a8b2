import { spawn } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { AppError } from '#kit/errors/index.ts';
import { call, connection } from '../call.ts';
import { inert } from '../print.ts';
import { withFreshProof } from '../prove-fresh.ts';
import { configDir, shellWord, type IssuedPassword } from './issued-password.ts';
import { keepOptions, mysqlUrl, runMysql } from './mysql-client.ts';

interface Wanted {
  readonly database?: string;
  readonly seconds?: string;
  readonly connections?: string;
}

/**
 * `reeve db connect`: psql or mariadb with everything set. `reeve db credential`: the same for other programs, printed or put
 * where they look.
 */
export function addDatabase(program: Command): void {
  const db = program.commands.find((c) => c.name() === 'db') ?? program.command('db').description('db commands');
  db.command('connect')
    .argument('<target>', 'account@system, or a system where you have one account')
    .argument('[arguments...]', 'handed to psql or mariadb: its options')
    .option('-d, --database <name>', 'default: the one the system is kept with')
    .option('--connections <number>', 'how many may be made, for \\connect and the like', '5')
    .allowUnknownOption()
    .passThroughOptions()
    .description('start psql or mariadb on a database through the gateway, with a password that is made for it')
    .action(async (target: string, rest: string[], options: Wanted) => {
      const issued = await askPassword(target, { ...options, seconds: '600' });
      const certificate = keepCertificate(issued);
      const run = issued.protocol === 'mysql' ? runMysql : runPsql;
      process.exitCode = await run(issued, certificate, rest);
    });
  db.command('credential')
    .argument('<target>', 'account@system, or a system where you have one account')
    .option('-d, --database <name>', 'where it begins; in PostgreSQL good for this one only')
    .option('--seconds <number>', 'how long connections may be made with it', '600')
    .option('--connections <number>', 'how many', '1')
    .option('--pgpass', 'put it into ~/.pgpass instead, in the place of an older one')
    .option('--url', 'print a URL')
    .description(
      'have a password for a database and show how to use it: variables for a shell, a URL, ~/.pgpass; for MySQL a file of options',
    )
    .action(async (target: string, options: Wanted & { pgpass?: boolean; url?: boolean }) => {
      const issued = await askPassword(target, options);
      const certificate = keepCertificate(issued);
      if (issued.protocol === 'mysql') {
        if (options.pgpass === true) throw noPgpass;
        const line =
          options.url === true
            ? mysqlUrl(issued)
            : `mariadb --defaults-extra-file=${shellWord(keepOptions(issued, certificate))}`;
        process.stdout.write(`${inert(line)}\n`);
      } else if (options.pgpass === true) {
        keepInPgpass(issued);
        process.stdout.write(`psql ${inert(shellWord(urlOf({ ...issued, password: '' }, certificate)))}\n`);
      } else if (options.url === true) process.stdout.write(`${inert(urlOf(issued, certificate))}\n`);
      else
        for (const [name, value] of Object.entries(variables(issued, certificate)))
          process.stdout.write(`export ${name}=${inert(shellWord(value))}\n`);
      process.stderr.write(`good until ${inert(issued.endsAt)}\n`);
    });
}

const noPgpass = new AppError({
  code: 'db.no_pgpass',
  status: 400,
  detail: '~/.pgpass is for PostgreSQL, and this is MySQL',
  fix: 'leave --pgpass out: the options are put into a file of their own',
});

async function askPassword(target: string, wanted: Wanted): Promise<IssuedPassword> {
  const at = target.lastIndexOf('@');
  const to = connection();
  return (await withFreshProof(to, () =>
    call(to, 'POST', '/v1/gateway-passwords', {
      system: target.slice(at + 1),
      ...(at > 0 ? { account: target.slice(0, at) } : {}),
      ...(wanted.database === undefined ? {} : { database: wanted.database }),
      ...(wanted.seconds === undefined ? {} : { seconds: Number(wanted.seconds) }),
      ...(wanted.connections === undefined ? {} : { connections: Number(wanted.connections) }),
    }),
  )) as IssuedPassword;
}

/** How libpq is told all of it. Without the gateway's certificate nobody would know whom the password goes to. */
function variables(issued: IssuedPassword, certificate: string): Record<string, string> {
  return {
    PGHOST: issued.host,
    PGPORT: String(issued.port),
    PGUSER: issued.username,
    PGPASSWORD: issued.password,
    PGDATABASE: issued.database,
    PGSSLMODE: 'verify-full',
    PGSSLROOTCERT: certificate,
  };
}

function urlOf(issued: IssuedPassword, certificate: string): string {
  const user = encodeURIComponent(issued.username.replace('@', '%'));
  const password = issued.password === '' ? '' : `:${encodeURIComponent(issued.password)}`;
  const query = `sslmode=verify-full&sslrootcert=${encodeURIComponent(certificate)}`;
  return `postgresql://${user}${password}@${issued.host}:${issued.port}/${encodeURIComponent(issued.database)}?${query}`;
}

function keepCertificate(issued: IssuedPassword): string {
  if (issued.certificate === null)
    throw new AppError({
      code: 'gateway.certificate_unknown',
      status: 503,
      detail:
        'this Reeve does not know the certificate of its gateways for databases, so nobody could tell whom the password goes to',
      fix: 'give all nodes the same gateway_tls_file',
    });
  const file = join(configDir(), `gateway-${issued.host.replaceAll(/[^\w.-]/g, '_')}.crt`);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, issued.certificate, { mode: 0o600 });
  return file;
}

/** libpq takes the first line that fits, so an older one of the same place goes. */
function keepInPgpass(issued: IssuedPassword): void {
  const file = process.env['PGPASSFILE'] ?? join(homedir(), '.pgpass');
  const escape = (text: string): string => text.replaceAll(/[\\:]/g, String.raw`\$&`);
  const places = [issued.username, issued.username.replace('@', '%')].map(
    (user) => `${escape(issued.host)}:${issued.port}:*:${escape(user)}:`,
  );
  const lines = existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
    : [];
  const others = lines.filter((line) => !places.some((place) => line.startsWith(place)));
  const ours = places.map((place) => place + escape(issued.password));
  writeFileSync(file, '', { mode: 0o600, flag: 'a' });
  chmodSync(file, 0o600);
  writeFileSync(file, '');
  appendFileSync(file, [...ours, ...others, ''].join('\n'));
}

/** The certificate is in a folder only its owner can read, for as long as psql runs; the password is in no argument. */
async function runPsql(issued: IssuedPassword, certificate: string, rest: readonly string[]): Promise<number> {
  const dir = mkdtempSync(join(tmpdir(), 'reeve-db-'));
  try {
    const copy = join(dir, 'gateway.crt');
    writeFileSync(copy, readFileSync(certificate), { mode: 0o600 });
    const psql = spawn('psql', [...rest], {
      stdio: 'inherit',
      env: { ...process.env, PGPASSFILE: join(dir, 'none'), ...variables(issued, copy) },
    });
    return await new Promise<number>((done, fail) => {
      psql.once('error', () =>
        fail(
          new AppError({
            code: 'db.no_psql',
            status: 503,
            detail: 'psql is not on this machine',
            fix: 'apt-get install postgresql-client, or use reeve db credential with another program',
          }),
        ),
      );
      psql.once('close', (code) => done(code ?? 2));
    });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
