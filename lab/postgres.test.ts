import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labFoldersOf, sweepLeftovers } from './lab-directory.ts';
import { isFree } from './loopback.ts';
import { findPostgresBinaries } from './postgres/find-binaries.ts';
import { startPostgres, type LabPostgres } from './postgres.ts';
import { runCommand, waitUntil, type CommandResult } from './run-command.ts';

const hasClient = existsSync('/usr/bin/psql');
if (!hasClient)
  process.stderr.write('SKIP the PostgreSQL target with a real client: psql is not installed (postgresql-client)\n');

const origins = (['debian', 'embedded'] as const).filter((origin) => findPostgresBinaries(origin) !== undefined);
if (origins.length < 2)
  process.stderr.write(`SKIP a PostgreSQL target of another origin: only ${origins.join() || 'none'} here\n`);

/** One statement over a real psql; the password travels in the environment of that one process. */
const psql = (env: Readonly<Record<string, string>>, statement: string): Promise<CommandResult> =>
  runCommand('psql', ['-XAtc', statement], { env: { PATH: '/usr/bin:/bin', ...env } });

describe.skipIf(!hasClient).each(origins)('the PostgreSQL target from %s binaries', (origin) => {
  let target: LabPostgres;
  beforeAll(async () => {
    target = await startPostgres({ binaries: origin });
  });
  afterAll(() => target.stop());

  it('lets the superuser and a planted role in over TLS and nobody in without', async () => {
    expect(await psql(target.env(), 'select ssl from pg_stat_ssl where pid = pg_backend_pid()')).toMatchObject({
      code: 0,
      stdout: 't\n',
    });
    expect((await psql(target.env('mikael', 'shop'), 'select count(*) from shop.orders')).stdout).toBe('400\n');
    const plain = await psql({ ...target.env(), PGSSLMODE: 'disable' }, 'select 1');
    expect(plain.code).not.toBe(0);
    expect(plain.stderr).toContain('no encryption');
  });

  it('refuses a wrong password and the password of another role', async () => {
    for (const password of ['wrong', target.passwords.get('yusra') ?? '']) {
      const result = await psql({ ...target.env('mikael'), PGPASSWORD: password }, 'select 1');
      expect(result.stderr).toContain('password authentication failed');
    }
  });

  it('shows the certificate it says it shows', async () => {
    const env = target.env();
    const shown = await runCommand(
      'openssl',
      ['s_client', '-starttls', 'postgres', '-connect', `${env['PGHOST']}:${env['PGPORT']}`],
      { input: '' },
    );
    expect(shown.stdout).toContain(target.tls?.certificate.trim());
  });

  it('has the planted roles: a superuser application, one that skips row security, nested memberships', async () => {
    const roles = await psql(
      target.env(),
      "select rolname, rolsuper, rolbypassrls from pg_roles where rolname like 'svc%' order by 1",
    );
    expect(roles.stdout).toBe('svc_backup|f|f\nsvc_report|f|t\nsvc_shop|t|f\n');
    expect((await psql(target.env(), "select pg_has_role('mikael', 'shop_read', 'member')")).stdout).toBe('t\n');
    expect((await psql(target.env('svc_report', 'shop'), 'select count(*) from shop.customer')).stdout).toBe('40\n');
    expect((await psql(target.env('annika', 'shop'), 'select count(*) from shop.customer')).stdout).toBe('0\n');
  });

  it('keeps what was committed when it is killed and when it is restarted', async () => {
    await psql(target.env('postgres', 'shop'), "insert into shop.customer (name, region) values ('kept', 'north')");
    await target.kill9();
    expect((await psql(target.env(), 'select 1')).code).not.toBe(0);
    await target.up();
    expect(
      (await psql(target.env('postgres', 'shop'), "select count(*) from shop.customer where name = 'kept'")).stdout,
    ).toBe('1\n');
    expect(target.logs()).toContain('automatic recovery in progress');
    await target.restart();
    expect((await psql(target.env(), 'select 1')).stdout).toBe('1\n');
  });

  it('keeps every password of the run out of its log and its process list', async () => {
    const secrets = [target.superuser.password, ...target.passwords.values()];
    const seen = `${target.logs()}\n${(await runCommand('ps', ['axeww'])).stdout}`;
    expect(secrets.filter((secret) => seen.includes(secret))).toEqual([]);
  });

  it('runs beside a second one, which leaves nothing when stopped', async () => {
    const before = labFoldersOf(process.pid);
    const second = await startPostgres({ binaries: origin });
    expect(second.port).not.toBe(target.port);
    expect((await psql({ ...second.env(), PGPASSWORD: target.superuser.password }, 'select 1')).code).not.toBe(0);
    await second.stop();
    await second.stop();
    expect((await psql(second.env(), 'select 1')).stderr).toContain('Connection refused');
    expect(labFoldersOf(process.pid)).toEqual(before);
  });
});

describe.skipIf(origins.length === 0)('a PostgreSQL target whose parent is killed', () => {
  it('shuts down, and the next start sweeps the folder it left', async () => {
    const program = `import { startPostgres } from ${JSON.stringify(join(import.meta.dirname, 'postgres.ts'))};
      console.log((await startPostgres()).port); setInterval(() => {}, 1000);`;
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
    await waitUntil('PostgreSQL to end with its parent', 5000, () => isFree('127.0.0.1', port), 50);
    await sweepLeftovers();
    expect(folders.filter((folder) => existsSync(folder))).toEqual([]);
  });
});
