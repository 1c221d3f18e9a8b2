import { isMainThread } from 'node:worker_threads';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { AppError } from '#kit/errors/index.ts';
import type { Log } from '#kit/log/index.ts';
import { bringUp, type Plan } from './bring-up.ts';
import { chooseUser } from './choose-user.ts';
import { findBinaries, reachableBinaries } from './find-binaries.ts';
import { allowPassage, ensureCluster, type Cluster } from './init-cluster.ts';
import { adminUrl, diesWithParent, logTail, stopProcess } from './launch-postgres.ts';
import { isAlive } from './read-process.ts';
import { restartBudget } from './restart-budget.ts';

export interface EmbeddedInput {
  /** Reeve's data directory; the cluster goes to `postgres` below it. */
  readonly dataDir: string;
  readonly log: Log;
  /** Default (and 0): a free port, another at each start. */
  readonly port?: number;
  /** Folder with `postgres` and `initdb`; default: the installed binaries package. */
  readonly binDir?: string;
  /** PostgreSQL settings over ours, for instance `{ fsync: 'off' }` in tests. */
  readonly settings?: Readonly<Record<string, string>>;
  /** How long recovery after a crash may take before the start counts as failed; default 60 s. */
  readonly startTimeoutMs?: number;
  /** How long a left-over server that does not answer is waited for before it is stopped; default 20 s. */
  readonly patienceMs?: number;
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

/**
 * Starts (or adopts) the embedded PostgreSQL and keeps it running: when it dies it is started again on the same port,
 * at most five times a minute. Throws an AppError that says what to do when it cannot be started. Main thread only.
 */
export async function startEmbedded(input: EmbeddedInput): Promise<Embedded> {
  if (process.platform !== 'linux' || !isMainThread) throw unsupported();
  const plan = await makePlan(input);
  const { cluster, log } = plan;
  let server = await bringUp(plan, input.port === 0 ? undefined : input.port);
  const { port } = server;
  await ensureDatabase(cluster, port);

  const stopping = new AbortController();
  const { signal } = stopping;
  const exitCallbacks: ((error: AppError) => void)[] = [];
  const budget = restartBudget(MAX_RESTARTS, RESTART_WINDOW_MS);

  const keepUp = async (): Promise<void> => {
    for (;;) {
      await server.ended;
      if (signal.aborted) return;
      const waitMs = budget.take(performance.now());
      if (waitMs === undefined) return giveUp(await logTail(cluster));
      log.error('PostgreSQL ended unexpectedly and is started again', { pid: server.facts.pid });
      await pause(waitMs);
      if (signal.aborted) return;
      try {
        server = await bringUp(plan, port);
      } catch (error) {
        return giveUp(error instanceof Error ? error.message : String(error));
      }
      log.info('PostgreSQL is back', { pid: server.facts.pid, port });
      if (signal.aborted && !server.supervisedByOther) return stopProcess(server.facts);
    }
  };
  const giveUp = (why: string): void => {
    const error = lost(cluster, why);
    log.error('PostgreSQL could not be kept running', { error });
    for (const callback of exitCallbacks) callback(error);
  };
  const keeping = keepUp();

  return {
    url: `postgres://reeve:${cluster.passwords.reeve}@127.0.0.1:${port}/reeve`,
    adminUrl: adminUrl(cluster, port),
    port,
    pid: () => (isAlive(server.facts.pid) ? server.facts.pid : undefined),
    stop: async () => {
      stopping.abort();
      if (server.supervisedByOther) return;
      // The server does not hold this process open: without a timer it could end before it hears that the server has.
      const awake = setInterval(() => undefined, 1_000);
      try {
        await stopProcess(server.facts);
        await keeping;
      } finally {
        clearInterval(awake);
      }
    },
    onExit: (callback) => {
      exitCallbacks.push(callback);
    },
  };
}

async function makePlan(input: EmbeddedInput): Promise<Plan> {
  const { dataDir, log, settings = {}, startTimeoutMs = 60_000, patienceMs = 20_000 } = input;
  const user = chooseUser(`${dataDir}/postgres/data`);
  await allowPassage(dataDir, user);
  const binaries = await reachableBinaries(findBinaries(input.binDir), user, dataDir);
  const cluster = await ensureCluster(dataDir, binaries, user);
  if (!diesWithParent())
    log.warn('setpriv is not installed: a killed Reeve leaves its PostgreSQL running until the next start');
  return { cluster, binaries, user, log, settings, startTimeoutMs, patienceMs };
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

const lost = (cluster: Cluster, why: string): AppError =>
  new AppError({
    code: 'embedded_postgres.lost',
    status: 503,
    detail: `PostgreSQL ended and could not be kept running: ${why}`,
    fix: `look into ${cluster.logFile}, free disk or memory if it names them, and start Reeve again`,
  });
