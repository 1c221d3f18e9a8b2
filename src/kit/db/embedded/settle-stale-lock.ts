import { readFileSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '#kit/errors/index.ts';
import type { Log } from '#kit/log/index.ts';
import type { Cluster } from './init-cluster.ts';
import { probe, stopProcess } from './launch-postgres.ts';
import { isAlive, postgresProcessesIn, readProcess } from './read-process.ts';

/** Which Reeve looks after the cluster; with its start time, so that a reused pid is not taken for it. */
interface Supervisor {
  readonly pid: number;
  readonly startedAt: string;
}

/** A server that is running already and serves our data. */
export interface Running {
  readonly pid: number;
  readonly port: number;
  /** Another living Reeve started it and will stop it. */
  readonly supervisedByOther: boolean;
}

export async function claimSupervision(cluster: Cluster): Promise<void> {
  const me: Supervisor = { pid: process.pid, startedAt: readProcess(process.pid)?.startedAt ?? '' };
  await writeFile(cluster.stateFile, JSON.stringify(me), { mode: 0o600 });
}

async function otherSupervisor(cluster: Cluster): Promise<number | undefined> {
  try {
    const parsed = JSON.parse(await readFile(cluster.stateFile, 'utf8')) as Supervisor;
    const facts = readProcess(parsed.pid);
    const lives = facts !== undefined && !facts.zombie && facts.startedAt === parsed.startedAt;
    return lives && parsed.pid !== process.pid ? parsed.pid : undefined;
  } catch {
    return undefined;
  }
}

/** postmaster.pid: line 1 the pid, line 4 the port (PostgreSQL's miscadmin.h). */
export function readLock(cluster: Cluster): { pid: number; port: number } | undefined {
  try {
    const lines = readFileSync(join(cluster.data, 'postmaster.pid'), 'utf8').split('\n');
    const pid = Number(lines[0]);
    return Number.isInteger(pid) && pid > 1 ? { pid, port: Number(lines[3] ?? 0) } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Makes the data directory free to start on, or returns the healthy server that has it. Cases: no lock; a lock whose
 * process is gone, a zombie or somebody else's (a reused pid); a server still shutting down; a healthy orphan of a
 * killed Reeve, which is adopted; a server that does not answer, which is stopped unless another living Reeve owns it.
 */
export async function settleStaleLock(
  cluster: Cluster,
  log: Log,
  wantedPort: number | undefined,
): Promise<Running | undefined> {
  const end = performance.now() + 20_000;
  for (;;) {
    const lock = readLock(cluster);
    const living = postgresProcessesIn(cluster.data);
    if (lock === undefined || !living.includes(lock.pid) || !isAlive(lock.pid)) {
      await clearRemains(cluster, living, log);
      return undefined;
    }
    const owner = await otherSupervisor(cluster);
    if ((await probe(cluster, lock.port)) === 'ours') {
      if (owner !== undefined || wantedPort === undefined || wantedPort === lock.port)
        return { ...lock, supervisedByOther: owner !== undefined };
      log.info('stopping a left-over PostgreSQL that listens on another port', { pid: lock.pid, port: lock.port });
      await stopProcess(lock.pid);
    } else if (performance.now() > end) {
      if (owner !== undefined) throw notOurs(cluster, lock.pid, owner);
      log.warn('stopping a left-over PostgreSQL that does not answer', { pid: lock.pid });
      await stopProcess(lock.pid);
    }
    await pause(50);
  }
}

/**
 * After a postmaster was killed its children leave by themselves, busy ones a little later. Starting earlier would
 * fail on their shared memory, so they are waited for and, in the end, made to leave. Only then may the lock of a
 * dead postmaster be removed: a zombie's pid still answers to kill(pid, 0), and PostgreSQL would refuse to start.
 */
async function clearRemains(cluster: Cluster, living: readonly number[], log: Log): Promise<void> {
  const left = living.filter(isAlive);
  if (left.length > 0) {
    log.warn('waiting for left-over PostgreSQL processes to end', { count: left.length });
    const end = performance.now() + 3_000;
    while (left.some(isAlive) && performance.now() < end) await pause(20);
    for (const pid of left.filter(isAlive)) await stopProcess(pid, 1_000);
  }
  const lock = readLock(cluster);
  if (
    lock !== undefined &&
    readProcess(lock.pid) !== undefined &&
    postgresProcessesIn(cluster.data).filter(isAlive).length === 0
  ) {
    log.warn('removing the lock of a PostgreSQL that is dead', { pid: lock.pid });
    await rm(join(cluster.data, 'postmaster.pid'), { force: true });
  }
}

const notOurs = (cluster: Cluster, pid: number, owner: number): AppError =>
  new AppError({
    code: 'embedded_postgres.in_use',
    status: 500,
    detail: `another Reeve (process ${owner}) runs PostgreSQL (process ${pid}) on ${cluster.data}, and it does not answer`,
    fix: `stop process ${owner}, or give this Reeve a data_dir of its own`,
  });
