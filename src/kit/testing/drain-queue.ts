import { sql } from '#kit/db/index.ts';
import type { JobHandler } from '#kit/jobs/index.ts';
import type { TestDatabase } from './test-database.ts';

interface Due {
  readonly id: string;
  readonly name: string;
  readonly payload: unknown;
  readonly attempts: number;
  readonly maxAttempts: number;
}

const LIMIT = 1_000;

/**
 * Runs what is queued and due by the test's clock, in order, one after another, with what it queues in turn, and
 * returns the names. Takes the place of a worker where a test wants to know when all consequences are done. What a
 * handler throws is thrown here, and its job stays queued. Stops a queue that never empties after 1000 jobs.
 */
export async function drainQueue(t: TestDatabase, tasks: Readonly<Record<string, JobHandler>>): Promise<string[]> {
  const ran: string[] = [];
  while (ran.length < LIMIT) {
    // Jobs without a time carry the server's, which no test clock moves: any time within this test counts as now.
    const job = await t.db.maybe<Due>(sql`
      select j.id::text as id, k.identifier as name, j.payload, j.attempts, j.max_attempts
        from graphile_worker._private_jobs j join graphile_worker._private_tasks k on k.id = j.task_id
       where j.attempts < j.max_attempts
         and (j.run_at <= ${t.clock.now()} or j.run_at between ${t.openedAt} and clock_timestamp())
       order by j.priority, j.run_at, j.id limit 1`);
    if (job === undefined) return ran;
    const handler = tasks[job.name];
    if (handler === undefined) throw new Error(`there is no handler for the queued job ${job.name}`);
    const { id, name, attempts, maxAttempts } = job;
    await handler(job.payload, { id, name, attempt: attempts + 1, maxAttempts, signal: new AbortController().signal });
    await t.db.run(sql`delete from graphile_worker._private_jobs where id = ${id}::bigint`);
    ran.push(name);
  }
  throw new Error(`the queue is not empty after ${LIMIT} jobs; last: ${ran.slice(-5).join(', ')}`);
}
