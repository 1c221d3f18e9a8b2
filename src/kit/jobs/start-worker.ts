import { EventEmitter } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { JobHelpers, ParsedCronItem, Runner } from 'graphile-worker';
import { DbError, holdPresence, lendPool, sql, type Db, type Presence } from '#kit/db/index.ts';
import type { Log } from '#kit/log/index.ts';
import { freeAbandonedJobs } from './free-abandoned-jobs.ts';
import { workerLogger } from './worker-logger.ts';

/** What a handler learns about its run. */
export interface JobRun {
  readonly id: string;
  readonly name: string;
  /** 1 at the first. */
  readonly attempt: number;
  readonly maxAttempts: number;
  /** Fires when the worker is stopping and the job should end early; it will be run again. */
  readonly signal: AbortSignal;
}

/** A handler may run twice for one job, so it is idempotent. Throwing means: try again later. */
export type JobHandler = (payload: unknown, run: JobRun) => Promise<void>;

/** A job queued by the clock. One node queues it, whatever the number of nodes. */
export interface CronEntry {
  readonly name: string;
  /** Crontab line of five fields, UTC. */
  readonly every: string;
  readonly maxAttempts?: number;
}

export interface StartWorkerInput {
  readonly url: string;
  readonly db: Db;
  readonly tasks: Readonly<Record<string, JobHandler>>;
  readonly crontab?: readonly CronEntry[];
  /** Jobs at a time on this node; default 4. */
  readonly concurrency?: number;
  readonly log: Log;
  /** How often jobs of dead workers are looked for; default 10 s. */
  readonly abandonedEveryMs?: number;
}

export interface Worker {
  /**
   * Takes no more jobs and waits for the running ones, at most `timeoutMs` (default 10 s). Those that run on are given
   * back to the queue and will be run again.
   */
  stop(timeoutMs?: number): Promise<void>;
}

const RESTART_PAUSE_MS = 1_000;
/** As long as a worker that fails is waited for before another takes its place: one long job must not hold all others. */
const DRAIN_MS = 2_000;

/** One run of the queue's worker, from its start to its failure. */
interface Run {
  readonly runner: Runner;
  readonly presence: Presence;
  /** By what its jobs are locked. */
  readonly pool: string;
  /** Settles when it takes no more jobs; those it has may still run. */
  readonly failing: Promise<void>;
  /** Settles when nothing of it runs any more. */
  readonly ended: Promise<void>;
}

/**
 * Runs queued jobs on this node until stopped. The queue's schema must be installed. When the worker itself fails,
 * for instance because the database is away, it is started again. Jobs of a worker that died are freed within
 * seconds, not hours: each worker holds a presence lock, and a lock that is gone frees its jobs.
 */
export async function startWorker(input: StartWorkerInput): Promise<Worker> {
  const { url, db, log, crontab = [], concurrency = 4 } = input;
  const graphile = await import('graphile-worker');
  const logger = await workerLogger(log);
  const taskList = Object.fromEntries(
    Object.entries(input.tasks).map(([name, handler]) => [name, wrap(name, handler, log)]),
  );
  const parsedCronItems: ParsedCronItem[] = graphile.parseCronItems(
    crontab.map(({ name, every, maxAttempts }) => ({
      task: name,
      match: every,
      identifier: name,
      options: { jobKey: `cron:${name}`, backfillPeriod: 0, ...(maxAttempts === undefined ? {} : { maxAttempts }) },
    })),
  );

  const stopping = new AbortController();
  const { signal } = stopping;
  const begin = async (): Promise<Run> => {
    const events = new EventEmitter();
    const failing = new Promise<void>((resolve) => events.once('pool:gracefulShutdown', () => resolve()));
    const made = new Promise<string>((resolve) => {
      events.once('pool:create', (event: { workerPool: { id: string } }) => resolve(event.workerPool.id));
    });
    // Ours, and closed by us: the queue's own would no longer be listened to while it closes, and end the process.
    const pgPool = lendPool({ url, max: Math.min(10, concurrency + 2), log });
    const starting = graphile.run(
      {
        pgPool,
        concurrency,
        taskList,
        parsedCronItems,
        noHandleSignals: true,
        logger,
        events,
        pollInterval: 1_000,
        // At once, and with somebody who looks whether it could be written: else a job whose outcome was lost with a
        // connection stays locked for four hours. So the worker ends, is started again, and its jobs are free.
        preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
      },
      taskList,
      parsedCronItems,
    );
    const runner = await starting.catch(async (error: unknown) => {
      await pgPool.end();
      throw error;
    });
    const ended = runner.promise.catch(() => undefined).then(() => pgPool.end());
    const pool = await made;
    try {
      return { runner, pool, failing, ended, presence: await holdPresence({ url, name: pool, log }) };
    } catch (error) {
      // Without its presence its jobs would be taken for a dead worker's.
      await runner.stop().catch(() => undefined);
      throw error;
    }
  };

  let current = await begin();
  const draining = new Set<Promise<void>>();
  const keepUp = async (): Promise<void> => {
    for (;;) {
      const { ended, failing, presence } = current;
      await Promise.race([ended, failing.then(() => pause(DRAIN_MS, undefined, { ref: false }))]);
      if (signal.aborted) return;
      draining.add(ended);
      void ended.finally(() => draining.delete(ended));
      await presence.release();
      while (!signal.aborted) {
        log.warn('the worker ended and is started again');
        await pause(RESTART_PAUSE_MS, undefined, { ref: false });
        try {
          current = await begin();
          if (!signal.aborted) break;
          // Stopped while it came up: nobody else knows of this one.
          await current.runner.stop().catch(() => undefined);
          await current.presence.release();
        } catch (error) {
          log.warn('the worker could not be started; trying again', { error });
        }
      }
    }
  };
  void keepUp();
  const sweep = async (): Promise<void> => {
    try {
      await freeAbandonedJobs(db, log);
    } catch (error) {
      log.warn('jobs of dead workers could not be looked for', { error });
    }
  };
  const sweeper = setInterval(() => void sweep(), input.abandonedEveryMs ?? 10_000);
  sweeper.unref();
  void sweep();

  return {
    stop: async (timeoutMs = 10_000) => {
      if (signal.aborted) return;
      stopping.abort();
      clearInterval(sweeper);
      const gentle = Promise.allSettled([current.runner.stop(), ...draining]).then(() => true);
      if (!(await Promise.race([gentle, pause(timeoutMs, false)]))) {
        log.warn('jobs still run after the time to stop; they are given back to the queue');
        await db.run(sql`select graphile_worker.force_unlock_workers(array[${current.pool}::text])`);
      }
      await current.presence.release();
      await Promise.race([current.ended, pause(1_000, undefined, { ref: false })]);
    },
  };
}

/** Logs the outcome, and lets the queue keep a code or class name as the last error, not a text with values in it. */
function wrap(name: string, handler: JobHandler, log: Log): (payload: unknown, helpers: JobHelpers) => Promise<void> {
  return async (payload, { job, abortSignal }) => {
    const run: JobRun = {
      id: job.id,
      name,
      attempt: job.attempts,
      maxAttempts: job.max_attempts,
      signal: abortSignal,
    };
    const began = performance.now();
    try {
      await handler(payload, run);
    } catch (error) {
      const last = run.attempt >= run.maxAttempts;
      log[last ? 'error' : 'warn'](last ? 'a job failed for good' : 'a job failed and will be tried again', {
        job: name,
        jobId: run.id,
        attempt: run.attempt,
        maxAttempts: run.maxAttempts,
        durationMs: Math.round(performance.now() - began),
        error,
      });
      throw new Error(labelOf(error), { cause: error });
    }
    log.debug('a job is done', {
      job: name,
      jobId: run.id,
      attempt: run.attempt,
      durationMs: Math.round(performance.now() - began),
    });
  };
}

/** What the queue keeps of an error: its kind and, of a database's, what refused. No text of it: that may hold values. */
const labelOf = (error: unknown): string => {
  if (error instanceof DbError)
    return `${error.name}: ${[error.sqlstate, error.constraint, error.table].filter(Boolean).join(' ')}`;
  if (!(error instanceof Error)) return 'something that is not an error was thrown';
  return 'code' in error && typeof error.code === 'string' ? `${error.name}: ${error.code}` : error.name;
};
