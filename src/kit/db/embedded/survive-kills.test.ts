import { spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemClock } from '#kit/clock/index.ts';
import { silentLog } from '#kit/log/index.ts';
import { firstLine, killAll, runScript, until } from '#kit/testing/index.ts';
import { openDb, sql, type Db } from '../index.ts';
import { findBinaries } from './find-binaries.ts';
import { startEmbedded, type Embedded, type EmbeddedInput } from './index.ts';
import { isAlive, readProcess } from './read-process.ts';

// Every wait below has its own limit; the machine may be busy.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 });

interface Up {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
}

let dataDir: string;
const started: Embedded[] = [];
const opened: Db[] = [];
const strays: number[] = [];

const start = async (more: Partial<EmbeddedInput> = {}): Promise<Embedded> => {
  const server = await startEmbedded({ dataDir, log: silentLog, ...more });
  started.push(server);
  return server;
};
const open = async (url: string): Promise<Db> => {
  const db = await openDb({ url, clock: systemClock, log: silentLog });
  opened.push(db);
  return db;
};
/** A postmaster nobody looks after: started behind the supervisor's back, with no parent-death signal. */
const startStray = async (port: number, shell = false): Promise<number> => {
  const data = join(dataDir, 'postgres/data');
  const { uid, gid } = statSync(data);
  const server = [
    'setpriv',
    `--reuid=${uid}`,
    `--regid=${gid}`,
    '--clear-groups',
    findBinaries().postgres,
    '-D',
    data,
    '-p',
    String(port),
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    'unix_socket_directories=',
  ];
  // A parent that never reaps its children leaves a killed postmaster as a zombie, as a container without an init does.
  const command = shell ? ['sh', '-c', `${server.map((a) => `'${a}'`).join(' ')} & exec sleep 60`] : server;
  const child = spawn(command[0] ?? '', command.slice(1), { cwd: data, detached: true, stdio: 'ignore' });
  strays.push(child.pid ?? 0);
  return until(() => {
    const lines = existsSync(join(data, 'postmaster.pid'))
      ? readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')
      : [];
    return lines[7]?.trim() === 'ready' && Number(lines[0]);
  });
};
const rows = async (url: string): Promise<Set<number>> => {
  const db = await open(url);
  return new Set((await db.many<{ n: number }>(sql`select n from ack group by n having count(*) = 2`)).map((r) => r.n));
};

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'reeve-kills-'));
  const server = await start();
  const db = await open(server.url);
  await db.run(sql`create table ack (n integer, half integer, constraint ack_once primary key (n, half))`);
  await db.run(sql`insert into ack values (-1, 1), (-1, 2)`);
  await db.close();
  opened.pop();
  await server.stop();
});
afterEach(async () => {
  for (const db of opened.splice(0)) await db.close();
  await killAll();
  for (const server of started.splice(0)) await server.stop();
  for (const pid of strays.splice(0)) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

describe('kill -9 of Reeve', () => {
  it('takes its PostgreSQL along in good order, and the next start works at once', async () => {
    const own = runScript('src/kit/db/embedded/testing/hold-server.ts', [dataDir]);
    const { pid } = await firstLine<Up>(own);
    await own.kill();
    const server = await start();
    expect(server.pid()).not.toBe(pid);
    expect(isAlive(pid)).toBe(false);
    expect(await rows(server.url)).toContain(-1);
    expect(readFileSync(join(dataDir, 'postgres/server.log'), 'utf8')).not.toMatch(/not properly shut down/);
  });
  it('and of PostgreSQL in the same moment is survived, and the next start works at once', async () => {
    const own = runScript('src/kit/db/embedded/testing/hold-server.ts', [dataDir]);
    const { pid } = await firstLine<Up>(own);
    process.kill(pid, 'SIGKILL');
    await own.kill();
    const server = await start();
    expect(await rows(server.url)).toContain(-1);
  });
});

describe('kill -9 of PostgreSQL', () => {
  it('is noticed, and it runs again on the same address; a pool that was open works on', async () => {
    const server = await start();
    const db = await open(server.url);
    const before = server.pid();
    const heard: string[] = [];
    await db.listen(
      'kills',
      (payload) => heard.push(payload),
      () => heard.push('look at the rows'),
    );
    await db.one(sql`select 1`);
    process.kill(before ?? 0, 'SIGKILL');
    await until(() => server.pid() !== undefined && server.pid() !== before, { timeoutMs: 10_000 });
    expect(await until(() => db.one<{ one: number }>(sql`select 1 as one`), { timeoutMs: 10_000 })).toEqual({ one: 1 });
    await until(() => heard.length > 0, { what: 'the listener to be back' });
    await db.run(sql`select pg_notify('kills', 'one')`);
    await until(() => heard.length > 1);
    expect(heard).toEqual(['look at the rows', 'one']);
    expect(server.port).toBe(Number(new URL(server.url).port));
  });
  it('that cannot be mended is reported once, with what to do', async () => {
    const server = await start();
    const reports: string[] = [];
    server.onExit((error) => reports.push(`${error.code}: ${error.fix ?? ''}`));
    const control = join(dataDir, 'postgres/data/global/pg_control');
    const kept = readFileSync(control);
    const { uid, gid } = statSync(control);
    writeFileSync(control, 'nonsense');
    process.kill(server.pid() ?? 0, 'SIGKILL');
    await until(() => reports.length > 0, { timeoutMs: 15_000 });
    expect(reports).toEqual([expect.stringMatching(/^embedded_postgres.lost: look into .*server.log/)]);
    await rm(control);
    writeFileSync(control, kept, { mode: 0o600 });
    chownSync(control, uid, gid);
  });
});

describe('every row that was acknowledged is there', () => {
  it('after kill -9 of PostgreSQL while four writers commit, twice', async () => {
    const server = await start();
    let acked = 0;
    const writer = runScript('src/kit/db/embedded/testing/write-rows.ts', [server.url, '4', '1000']);
    for (const round of [1, 2]) {
      await until(() => writer.lines.length > acked + 100, { timeoutMs: 20_000, what: `commits in round ${round}` });
      const before = server.pid();
      process.kill(before ?? 0, 'SIGKILL');
      acked = writer.lines.length;
      await until(() => server.pid() !== undefined && server.pid() !== before, { timeoutMs: 15_000 });
    }
    await until(() => writer.lines.length > acked + 20, { timeoutMs: 20_000, what: 'commits after the last kill' });
    await writer.kill();
    const there = await rows(server.url);
    const lost = writer.lines.map(Number).filter((n) => !there.has(n));
    expect(lost).toEqual([]);
    expect(writer.lines.length).toBeGreaterThan(200);
  });
  it('after kill -9 of Reeve and PostgreSQL together while four writers commit', async () => {
    const own = runScript('src/kit/db/embedded/testing/hold-server.ts', [dataDir]);
    const { url, pid } = await firstLine<Up>(own);
    const writer = runScript('src/kit/db/embedded/testing/write-rows.ts', [url, '4', '1000000']);
    await until(() => writer.lines.length > 200, { timeoutMs: 20_000, what: 'commits' });
    process.kill(pid, 'SIGKILL');
    await own.kill();
    await writer.kill();
    const server = await start();
    const there = await rows(server.url);
    expect(writer.lines.map(Number).filter((n) => !there.has(n))).toEqual([]);
  });
});

describe('a PostgreSQL that is running already', () => {
  it('and healthy is adopted when nobody looks after it, and stopped at the end', async () => {
    const port = 20_000 + (process.pid % 10_000);
    const pid = await startStray(port);
    const server = await start();
    expect([server.pid(), server.port]).toEqual([pid, port]);
    expect(await rows(server.url)).toContain(-1);
    await server.stop();
    expect(isAlive(pid)).toBe(false);
  });
  it('and belongs to another living Reeve is shared, left alone at the end, and taken over when that one is gone', async () => {
    const own = runScript('src/kit/db/embedded/testing/hold-server.ts', [dataDir]);
    const up = await firstLine<Up>(own);
    const guest = await start();
    expect([guest.pid(), guest.port]).toEqual([up.pid, up.port]);
    await guest.stop();
    expect(isAlive(up.pid)).toBe(true);
    const heir = await start();
    await own.kill();
    await until(() => heir.pid() !== undefined && heir.pid() !== up.pid, { timeoutMs: 10_000 });
    expect(await rows(heir.url)).toContain(-1);
    expect(heir.port).toBe(up.port);
  });
  it('but does not answer is stopped, and a new one started', async () => {
    const pid = await startStray(20_000 + (process.pid % 10_000));
    process.kill(pid, 'SIGSTOP');
    const server = await start({ patienceMs: 500 });
    expect(server.pid()).not.toBe(pid);
    expect(isAlive(pid)).toBe(false);
  });
  it('on another port than the one asked for is stopped, and a new one started there', async () => {
    const port = 20_000 + (process.pid % 10_000);
    const pid = await startStray(port);
    const server = await start({ port: port + 1 });
    expect(server.port).toBe(port + 1);
    expect(isAlive(pid)).toBe(false);
  });
});

describe('a lock left behind', () => {
  it('by a postmaster that is dead and was never reaped does not stop a start', async () => {
    const pid = await startStray(20_000 + (process.pid % 10_000), true);
    process.kill(pid, 'SIGKILL');
    await until(() => readProcess(pid)?.zombie === true);
    const server = await start();
    expect(await rows(server.url)).toContain(-1);
    expect(readProcess(pid)?.zombie).toBe(true);
  });
  it('whose number now names another program does not stop a start, and leaves that program alone', async () => {
    const other = spawn('sleep', ['60']);
    strays.push(other.pid ?? 0);
    const lock = ['', join(dataDir, 'postgres/data'), '1', '5432', '', '127.0.0.1', '1 1', 'ready'];
    writeFileSync(join(dataDir, 'postgres/data/postmaster.pid'), [other.pid, ...lock.slice(1)].join('\n'));
    const server = await start();
    expect(await rows(server.url)).toContain(-1);
    expect(isAlive(other.pid ?? 0)).toBe(true);
  });
});

describe('without the right to see where other processes stand, as root in many containers', () => {
  it('kill -9 of everything is survived too', async () => {
    const wrapper = ['setpriv', '--bounding-set=-sys_ptrace', '--inh-caps=-sys_ptrace'];
    const own = runScript('src/kit/db/embedded/testing/hold-server.ts', [dataDir], wrapper);
    const first = await firstLine<Up>(own);
    const SYS_PTRACE = 1n << 19n;
    const held = /^CapEff:\s+(\w+)/m.exec(readFileSync(`/proc/${own.child.pid}/status`, 'utf8'))?.[1] ?? 'f';
    expect(BigInt(`0x${held}`) & SYS_PTRACE).toBe(0n);
    const guest = runScript('src/kit/db/embedded/testing/hold-server.ts', [dataDir], wrapper);
    expect((await firstLine<Up>(guest)).pid).toBe(first.pid);
    await guest.kill();
    process.kill(first.pid, 'SIGKILL');
    await own.kill();
    const again = runScript('src/kit/db/embedded/testing/hold-server.ts', [dataDir], wrapper);
    const second = await firstLine<Up>(again);
    expect(await rows(second.url)).toContain(-1);
    again.child.kill('SIGTERM');
    await again.ended();
  });
});
