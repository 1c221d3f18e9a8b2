import { enqueue } from '#kit/jobs/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { failureClass, nextTryMs } from './back-off.ts';
import { countTry, noteProblem, type ProvisionTask } from './store.ts';
import { RUN_TASK } from './want-access.ts';
import { closedUntil, waitersOn, waitsForSystem } from './when-to-write.ts';

/** A task that was put off is looked at again this soon, also when nothing wakes it. */
const LOOK_AGAIN_MS = 60_000;
/** How soon a target is looked at again where others carry changes out. */
const AWAITED_MS = 120_000;

/**
 * Puts tasks of one person on one system off while the system is in maintenance, or while the person waits for a system
 * that comes first. One of them is queued: whoever carries it out takes the others along.
 */
export async function putOff(job: JobCtx, tasks: readonly ProvisionTask[]): Promise<boolean> {
  const [task] = tasks;
  if (task === undefined) return false;
  const now = job.clock.now();
  const until = await closedUntil(job.db, task.systemId, now);
  const first = until === undefined ? await waitsForSystem(job.db, task) : undefined;
  if (until === undefined && first === undefined) return false;
  const problem =
    until === undefined ? `waits until ${first} is done` : `waits for the end of maintenance at ${until.toISOString()}`;
  const afterMs = until === undefined ? LOOK_AGAIN_MS : Math.min(until.getTime() - now.getTime(), LOOK_AGAIN_MS);
  await job.db.tx(async (tx) => {
    await noteProblem(
      tx,
      tasks.map((t) => t.id),
      problem,
    );
    await enqueue(tx, RUN_TASK, { taskId: task.id }, { key: retryKey(task.id), afterMs });
  });
  return true;
}

const retryKey = (taskId: string): string => `${RUN_TASK}:again:${taskId}`;

/** Tasks that waited for this one are tried at once. */
export async function wakeWaiters(job: JobCtx, task: ProvisionTask): Promise<void> {
  await job.db.tx(async (tx) => {
    for (const { id } of await waitersOn(tx, task)) await enqueue(tx, RUN_TASK, { taskId: id }, { key: retryKey(id) });
  });
}

/** Has the task tried again, when depends on what went wrong; false when a person has to look. */
export async function tryAgainLater(job: JobCtx, taskId: string, error: unknown, problem: string): Promise<boolean> {
  return await job.db.tx(async (tx) => {
    const tries = await countTry(tx, taskId, problem);
    const afterMs = nextTryMs(failureClass(error), tries);
    if (afterMs === undefined) return false;
    await enqueue(tx, RUN_TASK, { taskId }, { key: retryKey(taskId), afterMs });
    job.log.warn('a target could not be made to agree; trying again', { taskId, tries, afterMs, error });
    return true;
  });
}

/** What is ordered where others carry it out is looked at again later; nothing went wrong, so no try is counted. */
export async function lookAgainLater(job: JobCtx, taskId: string, problem: string): Promise<void> {
  await job.db.tx(async (tx) => {
    await noteProblem(tx, [taskId], problem);
    await enqueue(tx, RUN_TASK, { taskId }, { key: retryKey(taskId), afterMs: AWAITED_MS });
  });
}
