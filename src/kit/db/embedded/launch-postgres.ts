import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, openSync, closeSync, renameSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { isUnreachable } from '../db-error.ts';
import type { RunAs } from './choose-user.ts';
import type { Binaries } from './find-binaries.ts';
import { bareEnvironment, type Cluster } from './init-cluster.ts';
import { isAlive, isSame, type ProcessFacts } from './read-process.ts';

const LOG_LIMIT = 10 * 1024 * 1024;

/** Quiet on values: a failed statement's text and details may hold personal data. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  password_encryption: 'scram-sha-256',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'warning',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
  logging_collector: 'off',
  max_wal_senders: '0',
  wal_level: 'minimal',
  max_connections: '100',
};

/** A port nobody listens on at the moment. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });

const setpriv = (): string | undefined =>
  process.platform === 'linux'
    ? bareEnvironment.PATH.split(delimiter)
        .map((folder) => join(folder, 'setpriv'))
        .find((file) => existsSync(file))
    : undefined;

/** True when a killed Reeve takes its PostgreSQL along: needs util-linux' setpriv. */
export const diesWithParent = (): boolean => setpriv() !== undefined;

/**
 * Starts `postgres`. In its own session, so that Ctrl-C reaches Reeve only and Reeve stops it in order; with a
 * parent-death signal, so that a killed Reeve leaves a clean fast shutdown behind and no orphan. That signal is
 * tied to the thread that spawns: call from the main thread.
 */
export function launch(
  binaries: Binaries,
  cluster: Cluster,
  user: RunAs | undefined,
  port: number,
  extra: Readonly<Record<string, string>>,
): ChildProcess {
  if (existsSync(cluster.logFile) && statSync(cluster.logFile).size > LOG_LIMIT)
    renameSync(cluster.logFile, `${cluster.logFile}.1`);
  const settings = Object.entries({ ...SETTINGS, ...extra, port: String(port) }).flatMap(([k, v]) => [
    '-c',
    `${k}=${v}`,
  ]);
  const server = [binaries.postgres, '-D', cluster.data, ...settings];
  const wrapper = setpriv();
  const become = user === undefined ? [] : [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups'];
  const [command = '', ...args] =
    wrapper === undefined ? server : [wrapper, ...become, '--pdeathsig', 'INT', ...server];
  const log = openSync(cluster.logFile, 'a', 0o600);
  try {
    return spawn(command, args, {
      cwd: cluster.data,
      env: bareEnvironment,
      detached: true,
      stdio: ['ignore', log, log],
      ...(wrapper === undefined && user !== undefined ? { uid: user.uid, gid: user.gid } : {}),
    });
  } finally {
    closeSync(log);
  }
}

export const adminUrl = (cluster: Cluster, port: number, database = 'postgres'): string =>
  `postgres://reeve_admin:${cluster.passwords.admin}@127.0.0.1:${port}/${database}`;

/** What a server on `port` says to our password. `ours` means it serves this very data directory. */
export async function probe(cluster: Cluster, port: number): Promise<'ours' | 'waiting' | 'foreign'> {
  const client = new Client({ connectionString: adminUrl(cluster, port), connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>('show data_directory');
    return rows[0]?.data_directory === cluster.data ? 'ours' : 'foreign';
  } catch (error) {
    return isUnreachable(error) ? 'waiting' : 'foreign';
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Waits until the server answers to our password; returns false when it ended first or time ran out. */
export async function untilReady(
  cluster: Cluster,
  port: number,
  running: () => boolean,
  timeoutMs: number,
): Promise<boolean> {
  const end = performance.now() + timeoutMs;
  while (running() && performance.now() < end) {
    if ((await probe(cluster, port)) === 'ours') return true;
    await pause(20);
  }
  return false;
}

/** Asks ever more firmly: fast shutdown, immediate shutdown, kill. Returns once the process cannot run any more. */
export async function stopProcess(facts: ProcessFacts, gentleMs = 15_000): Promise<void> {
  for (const [signal, waitMs] of [
    ['SIGINT', gentleMs],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 5_000],
  ] as const) {
    try {
      if (!isAlive(facts.pid) || !isSame(facts)) return;
      process.kill(facts.pid, signal);
    } catch {
      return;
    }
    const end = performance.now() + waitMs;
    while (performance.now() < end) {
      if (!isAlive(facts.pid) || !isSame(facts)) return;
      await pause(10);
    }
  }
}

/** The last lines of the server's log, for an error message. */
export async function logTail(cluster: Cluster): Promise<string> {
  const text = await readFile(cluster.logFile, 'utf8').catch(() => '');
  return text.trim().split('\n').slice(-3).join(' | ');
}
