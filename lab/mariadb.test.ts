import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLab } from './index.ts';
import { labFoldersOf, sweepLeftovers } from './lab-directory.ts';
import { isFree } from './loopback.ts';
import { findMariadb } from './mariadb/find-mariadb.ts';
import { startMariadb, type LabMariadb } from './mariadb.ts';
import { runCommand, waitUntil, type CommandResult } from './run-command.ts';

const hasServer = findMariadb() !== undefined;
if (!hasServer) process.stderr.write('SKIP the MariaDB target: mariadb-server is not installed\n');

interface Caller {
  readonly user: string;
  readonly password: string;
  /** Options of the client. */
  readonly options?: readonly string[];
}

describe.skipIf(!hasServer)('the MariaDB target', () => {
  let target: LabMariadb;
  beforeAll(async () => {
    target = await startMariadb();
  });
  afterAll(() => target.stop());

  /** One statement over a real client; the password travels in the environment of that one process. */
  const ask = (caller: Caller, statement: string): Promise<CommandResult> => {
    const where = ['-h', target.host, '-P', String(target.port), '--protocol=tcp', '--connect-timeout=5'];
    const options = caller.options ?? [`--ssl-ca=${target.certificateFile}`];
    return runCommand(
      'mariadb',
      ['--no-defaults', ...options, ...where, '-u', caller.user, '-N', '-B', '-e', statement],
      { env: { PATH: '/usr/bin:/bin', MYSQL_PWD: caller.password } },
    );
  };
  const planted = (user: string): Caller => ({ user, password: target.passwords.get(user) ?? '' });
  const manage = (statement: string): Promise<CommandResult> =>
    ask({ user: target.management.username, password: target.management.password }, statement);

  it('lets planted accounts in over TLS, by both kinds of password, and nobody in without', async () => {
    expect((await manage("show status like 'Ssl_version'")).stdout).toMatch(/TLSv1\.[23]/u);
    expect((await ask(planted('lena'), 'select count(*) from billing.invoice')).stdout).toBe('200\n');
    expect((await ask(planted('mikael'), 'select current_role()')).stdout).toBe('dba\n');
    const clear = await ask({ ...planted('lena'), options: ['--skip-ssl'] }, 'select 1');
    expect(clear.stderr).toContain('Access denied');
  });

  it('refuses a wrong password, the password of another, and who is locked', async () => {
    for (const password of ['wrong', target.passwords.get('priya') ?? ''])
      expect((await ask({ user: 'lena', password }, 'select 1')).stderr).toContain('Access denied');
    expect((await ask(planted('gareth'), 'select 1')).stderr).toContain('locked');
  });

  it('has the planted roles and faults', async () => {
    const rows = await manage(`select Role from mysql.roles_mapping where User = 'dba' and Host = ''`);
    expect(rows.stdout).toBe('billing_admin\n');
    expect((await manage("show grants for 'svc_billing'@'127.0.0.%'")).stdout).toContain('ALL PRIVILEGES');
    expect((await ask({ user: 'temp_import', password: '' }, 'select current_user()')).stdout).toBe('temp_import@%\n');
  });

  it('keeps what was committed when it is killed and when it is restarted', async () => {
    await manage("insert into billing.customer (name) values ('kept')");
    await target.kill9();
    expect((await manage('select 1')).code).not.toBe(0);
    await target.up();
    const count = "select count(*) from billing.customer where name = 'kept'";
    expect((await manage(count)).stdout).toBe('1\n');
    await target.restart();
    expect((await manage(count)).stdout).toBe('1\n');
  });

  it('keeps every password of the run out of its logs and its process list', async () => {
    const secrets = [target.management.password, ...target.passwords.values()];
    const seen = `${target.logs()}\n${(await runCommand('ps', ['axeww'])).stdout}`;
    expect(target.logs()).toContain('select count(*) from billing.invoice');
    expect(secrets.filter((secret) => seen.includes(secret))).toEqual([]);
  });

  it('runs beside a second one, which leaves nothing when stopped', async () => {
    const before = labFoldersOf(process.pid);
    const second = await startMariadb();
    expect(second.port).not.toBe(target.port);
    await second.stop();
    await second.stop();
    expect(await isFree(second.host, second.port)).toBe(true);
    expect(labFoldersOf(process.pid)).toEqual(before);
  });
});

it.skipIf(!hasServer)('the lab brings one where it is asked for, on loopback', async () => {
  const lab = await startLab({ hosts: [], postgres: false, mail: false, mariadb: true });
  try {
    expect([lab.mariadb?.host.startsWith('127.'), lab.skipped]).toEqual([true, []]);
  } finally {
    await lab.stop();
  }
});

describe.skipIf(!hasServer)('a MariaDB target whose parent is killed', () => {
  it('shuts down, and the next start sweeps the folder it left', async () => {
    const program = `import { startMariadb } from ${JSON.stringify(join(import.meta.dirname, 'mariadb.ts'))};
      console.log((await startMariadb()).port); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
      cwd: import.meta.dirname,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const port = await new Promise<number>((resolve) => {
      child.stdout.setEncoding('utf8').once('data', (text: string) => resolve(Number(text.trim())));
    });
    const folders = labFoldersOf(child.pid ?? 0);
    expect(folders).toHaveLength(1);
    expect(await isFree('127.0.0.1', port)).toBe(false);
    child.kill('SIGKILL');
    await waitUntil('MariaDB to end with its parent', 10_000, () => isFree('127.0.0.1', port), 50);
    await sweepLeftovers();
    expect(folders.filter((folder) => existsSync(folder))).toEqual([]);
  });
});
