import type { ChildProcess } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '#kit/errors/index.ts';
import type { Log } from '#kit/log/index.ts';
import type { RunAs } from './choose-user.ts';
import type { Binaries } from './find-binaries.ts';
import type { Cluster } from './init-cluster.ts';
import { freePort, launch, logTail, stopProcess, untilReady } from './launch-postgres.ts';
import { isAlive, isSame, readProcess, type ProcessFacts } from './read-process.ts';
import { claimSupervision, settleStaleLock } from './settle-stale-lock.ts';

/** What it takes to start a server on one cluster, the same at every restart. */
export interface Plan {
  readonly cluster: Cluster;
  readonly binaries: Binaries;
  readonly user: RunAs | undefined;
  readonly log: Log;
  readonly settings: Readonly<Record<string, string>>;
  readonly startTimeoutMs: number;
  readonly patienceMs: number;
}

/** A server that answers. */
export interface Server {
  readonly facts: ProcessFacts;
  readonly port: number;
  readonly supervisedByOther: boolean;
  /** Resolves when the process has ended. */
  readonly ended: Promise<void>;
}

const ATTEMPTS = 3;
const WATCH_MS = 200;
const REMAINS_MS = 10_000;

/** One server on the data directory: the one that is there if it is healthy, else a new one. */
export async function bringUp(plan: Plan, wantedPort: number | undefined): Promise<Server> {
  const { cluster, log } = plan;
  const remainsGone = performance.now() + REMAINS_MS;
  for (let attempt = 1; ;) {
    const found = await settleStaleLock(cluster, log, wantedPort, plan.patienceMs);
    const facts = found === undefined ? undefined : readProcess(found.pid);
    if (found !== undefined && facts !== undefined) {
      log.info('using the PostgreSQL that runs already', { pid: found.pid, port: found.port });
      if (!found.supervisedByOther) await claimSupervision(cluster, found.pid);
      return { ...found, facts, ended: watch(facts) };
    }
    const started = await startNew(plan, wantedPort ?? (await freePort()));
    if (started !== undefined) return started;
    const tail = await logTail(cluster);
    // PostgreSQL's own last guard: children of a killed server that this process may not see are still there.
    if (/pre-existing shared memory block/.test(tail) && performance.now() < remainsGone) {
      await pause(200);
      continue;
    }
    if (attempt >= ATTEMPTS) throw startFailed(cluster, tail);
    attempt += 1;
  }
}

async function startNew(plan: Plan, port: number): Promise<Server | undefined> {
  const { cluster } = plan;
  const child = launch(plan.binaries, cluster, plan.user, port, plan.settings);
  const ended = untilEnded(child);
  const running = (): boolean => child.pid !== undefined && child.exitCode === null && child.signalCode === null;
  const ready = await untilReady(cluster, port, running, plan.startTimeoutMs);
  const facts = child.pid === undefined ? undefined : readProcess(child.pid);
  if (ready && facts !== undefined && running()) {
    await claimSupervision(cluster, facts.pid);
    return { facts, port, supervisedByOther: false, ended };
  }
  if (facts !== undefined && running()) await stopProcess(facts);
  return undefined;
}

const untilEnded = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
    child.unref();
  });

/** An adopted server is no child of ours: it has to be looked at. */
async function watch(facts: ProcessFacts): Promise<void> {
  while (isAlive(facts.pid) && isSame(facts)) await pause(WATCH_MS, undefined, { ref: false });
}

const startFailed = (cluster: Cluster, tail: string): AppError =>
  new AppError({
    code: 'embedded_postgres.start_failed',
    status: 500,
    detail: `PostgreSQL did not start: ${tail}`,
    fix: `look into ${cluster.logFile}; if the port is taken, choose another, or set database_url to a PostgreSQL of your own`,
  });
