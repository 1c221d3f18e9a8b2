import { isMainThread } from 'node:worker_threads';
import type { ChildProcess } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { AppError } from '#kit/errors/index.ts';
import type { Log } from '#kit/log/index.ts';
import { chooseUser, type RunAs } from './choose-user.ts';
import { findBinaries, reachableBinaries, type Binaries } from './find-binaries.ts';
import { allowPassage, ensureCluster, type Cluster } from './init-cluster.ts';
import { adminUrl, diesWithParent, freePort, launch, logTail, stopProcess, untilReady } from './launch-postgres.ts';
import { isAlive, readProcess } from './read-process.ts';
import { claimSupervision, settleStaleLock } from './settle-stale-lock.ts';

export interface EmbeddedInput {
  /** Reeve's data directory; the cluster goes to `postgres` below it. */
  readonly dataDir: string;
  readonly log: Log;
  /** Default: a free port, another at each start. */
  readonly port?: number;
  /** Folder with `postgres` and `initdb`; default: the installed binaries package. */
  readonly binDir?: string;
  /** PostgreSQL settings over ours, for instance `{ fsync: 'off' }` in tests. */
  readonly settings?: Readonly<Record<string, string>>;
  /** How long recovery after a crash may take before the start counts as failed; default 60 s. */
  readonly startTimeoutMs?: number;
}

/** A PostgreSQL looked after by this process. */
export interface Embedded {
  /** Where Reeve connects, as the owner of its one database. Stays the same when the server is restarted. */
  readonly url: string;
  /** As superuser; for the supervisor and tests. */
  readonly adminUrl: string;
  readonly port: number;
  /** The postmaster at the moment. */
  pid(): number | undefined;
  /** Fast shutdown; returns when it is done. A server another living Reeve started is left alone. */
  stop(): Promise<void>;
  /** Calls back once if the server is gone and could not be brought back. */
  onExit(callback: (error: AppError) => void): void;
}

const MAX_RESTARTS = 5;
const RESTART_WINDOW_MS = 60_000;
const LAUNCH_ATTEMPTS = 3;
const WATCH_MS = 200;

interface Server {
  readonly pid: number;
  readonly port: number;
  readonly supervisedByOther: boolean;
  /** Resolves when the process has ended. */
  readonly ended: Promise<void>;
}

/**
 * Starts (or adopts) the embedded PostgreSQL and keeps it running: when it dies it is started again on the same port,
 * at most five times a minute. Throws an AppError that says what to do when it cannot be started. Main thread only.
 */
export async function startEmbedded(input: EmbeddedInput): Promise<Embedded> {
  if (process.platform !== 'linux' || !isMainThread) throw unsupported();
  const { dataDir, log } = input;
  const user = chooseUser(`${dataDir}/postgres/data`);
  await allowPassage(dataDir, user);
  const binaries = await reachableBinaries(findBinaries(input.binDir), user, dataDir);
  const cluster = await ensureCluster(dataDir, binaries, user);
  if (!diesWithParent())
    log.warn('setpriv is not installed: a killed Reeve leaves its PostgreSQL running until the next start');

  let server = await bringUp({ ...input, binaries, cluster, user }, input.port);
  const port = server.port;
  await ensureDatabase(cluster, port);

  const stopping = new AbortController();
  const { signal } = stopping;
  const exitCallbacks: ((error: AppError) => void)[] = [];
  const restarts: number[] = [];

  const keepUp = async (): Promise<void> => {
    while (!signal.aborted) {
      await server.ended;
      if (signal.aborted) return;
      const now = performance.now();
      restarts.splice(0, restarts.findIndex((at) => now - at < RESTART_WINDOW_MS) >>> 0);
      restarts.push(now);
      if (restarts.length > MAX_RESTARTS) return giveUp(await logTail(cluster));
      log.error('PostgreSQL ended unexpectedly and is started again', { pid: server.pid, attempt: restarts.length });
      await pause(restarts.length === 1 ? 0 : 200 * 2 ** restarts.length);
      try {
        server = await bringUp({ ...input, binaries, cluster, user }, port);
        log.info('PostgreSQL is back', { pid: server.pid, port });
      } catch (error) {
        return giveUp(error instanceof Error ? error.message : String(error));
      }
    }
  };
  const giveUp = (why: string): void => {
    const error = new AppError({
      code: 'embedded_postgres.lost',
      status: 503,
      detail: `PostgreSQL ended and could not be kept running: ${why}`,
      fix: `look into ${cluster.logFile}, free disk or memory if it names them, and start Reeve again`,
    });
    log.error(error.message, { error });
    for (const callback of exitCallbacks) callback(error);
  };
  const keeping = keepUp();

  return {
    url: `postgres://reeve:${cluster.passwords.reeve}@127.0.0.1:${port}/reeve`,
    adminUrl: adminUrl(cluster, port),
    port,
    pid: () => (isAlive(server.pid) ? server.pid : undefined),
    stop: async () => {
      stopping.abort();
      if (server.supervisedByOther) return;
      await stopProcess(server.pid);
      await keeping;
    },
    onExit: (callback) => {
      exitCallbacks.push(callback);
    },
  };
}

interface Plan extends EmbeddedInput {
  readonly binaries: Binaries;
  readonly cluster: Cluster;
  readonly user: RunAs | undefined;
}

/** One server on the data directory: the one that is there if it is healthy, else a new one. */
async function bringUp(plan: Plan, wantedPort: number | undefined): Promise<Server> {
  const { cluster, log, startTimeoutMs = 60_000 } = plan;
  for (let attempt = 1; ; attempt += 1) {
    const found = await settleStaleLock(cluster, log, wantedPort);
    if (found !== undefined) {
      log.info('using the PostgreSQL that runs already', { pid: found.pid, port: found.port });
      if (!found.supervisedByOther) await claimSupervision(cluster);
      return { ...found, ended: watch(found.pid) };
    }
    const port = wantedPort ?? (await freePort());
    await claimSupervision(cluster);
    const child = launch(plan.binaries, cluster, plan.user, port, plan.settings ?? {});
    const ended = untilEnded(child);
    const running = (): boolean => child.pid !== undefined && child.exitCode === null && child.signalCode === null;
    if (child.pid !== undefined && (await untilReady(cluster, port, running, startTimeoutMs)))
      return { pid: child.pid, port, supervisedByOther: false, ended };
    if (child.pid !== undefined && running()) await stopProcess(child.pid);
    if (attempt >= LAUNCH_ATTEMPTS)
      throw new AppError({
        code: 'embedded_postgres.start_failed',
        status: 500,
        detail: `PostgreSQL did not start: ${await logTail(cluster)}`,
        fix: `look into ${cluster.logFile}; if the port is taken, choose another, or set database_url to a PostgreSQL of your own`,
      });
  }
}

const untilEnded = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
    child.unref();
  });

/** An adopted server is no child of ours: it has to be looked at. */
async function watch(pid: number): Promise<void> {
  const startedAt = readProcess(pid)?.startedAt;
  while (isAlive(pid) && readProcess(pid)?.startedAt === startedAt) await pause(WATCH_MS, undefined, { ref: false });
}

/** The role and the database Reeve works with; neither is superuser's. Safe to repeat. */
async function ensureDatabase(cluster: Cluster, port: number): Promise<void> {
  const client = new Client({ connectionString: adminUrl(cluster, port) });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows: roles } = await client.query(`select from pg_roles where rolname = 'reeve'`);
    if (roles.length === 0) await client.query(`create role reeve login password '${cluster.passwords.reeve}'`);
    const { rows: databases } = await client.query(`select from pg_database where datname = 'reeve'`);
    if (databases.length === 0) await client.query('create database reeve owner reeve');
  } finally {
    await client.end();
  }
}

const unsupported = (): AppError =>
  new AppError({
    code: 'embedded_postgres.unsupported',
    status: 500,
    detail: isMainThread
      ? `Reeve brings its own PostgreSQL on Linux only, and this is ${process.platform}`
      : 'the embedded PostgreSQL has to be started from the main thread: it ends with the thread that started it',
    fix: 'set database_url to a PostgreSQL 15 or newer of your own',
  });
