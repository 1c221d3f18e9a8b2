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
  /** The postmaster. */
  readonly server: number;
}

/** A server that is running already and serves our data. */
export interface Running {
  readonly pid: number;
  readonly port: number;
  /** Another living Reeve started it and will stop it. */
  readonly supervisedByOther: boolean;
}

const REMAINS_MS = 3_000;

/** Says that this process looks after that server. Written once the server answers, so that a failed start claims nothing. */
export async function claimSupervision(cluster: Cluster, server: number): Promise<void> {
  const me: Supervisor = { pid: process.pid, startedAt: readProcess(process.pid)?.startedAt ?? '', server };
  await writeFile(cluster.stateFile, JSON.stringify(me), { mode: 0o600 });
}

async function otherSupervisor(cluster: Cluster, server: number): Promise<number | undefined> {
  try {
    const parsed = JSON.parse(await readFile(cluster.stateFile, 'utf8')) as Supervisor;
    const facts = readProcess(parsed.pid);
    const lives = facts !== undefined && !facts.zombie && facts.startedAt === parsed.startedAt;
    return lives && parsed.server === server && parsed.pid !== process.pid ? parsed.pid : undefined;
  } catch {
    return undefined;
  }
}

/** postmaster.pid: line 1 the pid, line 4 the port (PostgreSQL's miscadmin.h). */
function readLock(cluster: Cluster): { pid: number; port: number } | undefined {
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
  patienceMs: number,
): Promise<Running | undefined> {
  const patience = performance.now() + patienceMs;
  const remainsLeave = performance.now() + REMAINS_MS;
  for (;;) {
    const lock = readLock(cluster);
    const living = postgresProcessesIn(cluster.data).filter(isAlive);
    if (lock === undefined || !living.includes(lock.pid)) {
      if (living.length === 0) {
        await removeDeadLock(cluster, lock?.pid, log);
        return undefined;
      }
      // Children of a killed postmaster leave by themselves, busy ones a little later; a starting one writes its lock.
      if (performance.now() > remainsLeave) for (const pid of living) await stopPid(pid, 1_000);
    } else {
      const owner = await otherSupervisor(cluster, lock.pid);
      const answer = await probe(cluster, lock.port);
      if (answer === 'ours' && (owner !== undefined || wantedPort === undefined || wantedPort === lock.port))
        return { ...lock, supervisedByOther: owner !== undefined };
      if (answer === 'ours' || performance.now() > patience) {
        if (owner !== undefined) throw notOurs(cluster, lock.pid, owner);
        log.warn('stopping a left-over PostgreSQL that does not answer, or not on the port asked for', {
          pid: lock.pid,
        });
        await stopPid(lock.pid, answer === 'ours' ? undefined : 2_000);
      }
    }
    await pause(20);
  }
}

async function stopPid(pid: number, gentleMs?: number): Promise<void> {
  const facts = readProcess(pid);
  if (facts !== undefined) await stopProcess(facts, gentleMs);
}

/**
 * Once nobody is left in the data directory, the lock of a dead postmaster may go: a zombie's pid, or one that now
 * names some other program, answers to kill(pid, 0), and PostgreSQL would refuse to start.
 */
async function removeDeadLock(cluster: Cluster, pid: number | undefined, log: Log): Promise<void> {
  if (pid === undefined || readProcess(pid) === undefined) return;
  log.warn('removing the lock of a PostgreSQL that is dead', { pid });
  await rm(join(cluster.data, 'postmaster.pid'), { force: true });
}

const notOurs = (cluster: Cluster, pid: number, owner: number): AppError =>
  new AppError({
    code: 'embedded_postgres.in_use',
    status: 500,
    detail: `another Reeve (process ${owner}) runs PostgreSQL (process ${pid}) on ${cluster.data}, and it does not answer`,
    fix: `stop process ${owner}, or give this Reeve a data_dir of its own`,
  });
