import type { Targets } from '#connectors/port.ts';
import { AppError } from '#kit/errors/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { StillAwaited, Stuck } from './account-for.ts';
import { provisioningStuck } from './events.ts';
import { makeAbsent } from './make-absent.ts';
import { makePresent } from './make-present.ts';
import {
  claimOthers,
  claimTask,
  getTask,
  getTasks,
  KEEP_CLAIM_EVERY_MS,
  keepClaims,
  releaseTasks,
  settleTask,
  type ProvisionTask,
} from './store.ts';
import { lookAgainLater, putOff, tryAgainLater, wakeWaiters } from './try-again.ts';

/** As long as a dead worker's claim holds: whoever takes the task over waits it out instead of trying again later. */
const CLAIM_WAIT_MS = 15_000;

/**
 * Makes one target agree with what its task wants now, and with what else waits to be given to the same person there,
 * and proves it by reading the account back. Safe to repeat and to run beside itself: tasks are claimed, what is wanted
 * is read at the last moment, and a task that changed its mind meanwhile is carried out again as last wanted. Where a
 * later try may succeed it is queued, sooner or later by what went wrong; in a maintenance window it waits without being
 * tried.
 */
export async function agreeTarget(targets: Targets, job: JobCtx, taskId: string): Promise<void> {
  await claimOrWait(job, taskId);
  const claimed = [taskId];
  const keeping = setInterval(() => {
    keepClaims(job.db, claimed, job.clock.now()).catch((error: unknown) =>
      job.log.warn('a claim could not be kept up', { taskId, error }),
    );
  }, KEEP_CLAIM_EVERY_MS);
  try {
    const first = await getTask(job.db, taskId);
    if (first === undefined) return;
    claimed.push(...(await claimOthers(job.db, first, job.clock.now())));
    await carryOutAll(targets, job, claimed);
  } finally {
    clearInterval(keeping);
    await releaseTasks(job.db, claimed);
  }
}

/** Carries claimed tasks out until each is settled or put off. */
async function carryOutAll(targets: Targets, job: JobCtx, claimed: readonly string[]): Promise<void> {
  const open = new Set(claimed);
  for (;;) {
    const waiting = (await getTasks(job.db, [...open])).filter((task) => task.state === 'waiting');
    if (waiting.length === 0) return;
    const present = waiting.filter((task) => task.wanted === 'present');
    for (const tasks of [present, ...waiting.filter((task) => task.wanted === 'absent').map((task) => [task])])
      for (const id of await carryOut(targets, job, tasks)) open.delete(id);
  }
}

/** Carries out together what can be, once; returns the tasks that are not to be looked at again now. */
async function carryOut(targets: Targets, job: JobCtx, tasks: readonly ProvisionTask[]): Promise<readonly string[]> {
  const [first] = tasks;
  if (first === undefined) return [];
  const ids = tasks.map((task) => task.id);
  if (await putOff(job, tasks)) return ids;
  const failed = await once(targets, job, tasks);
  for (const task of tasks) {
    const error = failed.get(task.id);
    if (failed.has(task.id)) await follow(job, task.id, error);
  }
  if (failed.size < tasks.length) await wakeWaiters(job, first);
  return [...failed.keys()];
}

async function once(
  targets: Targets,
  job: JobCtx,
  tasks: readonly ProvisionTask[],
): Promise<ReadonlyMap<string, unknown>> {
  try {
    const [first] = tasks;
    if (first?.wanted === 'absent') await makeAbsent(targets, job, first);
    else return await makePresent(targets, job, tasks);
    return new Map();
  } catch (error) {
    return new Map(tasks.map((task) => [task.id, error]));
  }
}

/** What follows from a try that did not come to its end: another one later, or a person. */
async function follow(job: JobCtx, taskId: string, error: unknown): Promise<void> {
  const problem = error instanceof Error ? error.message : 'failed';
  if (error instanceof StillAwaited) return await lookAgainLater(job, taskId, problem);
  const permanent = error instanceof Stuck || (error instanceof AppError && error.status === 409) || isRefusal(error);
  if (!permanent && (await tryAgainLater(job, taskId, error, problem))) return;
  await giveToPerson(job, taskId, problem, error instanceof AppError && error.code === 'system.no_connector');
}

const isRefusal = (error: unknown): boolean => error instanceof Error && 'retry' in error && error.retry === false;

async function claimOrWait(job: JobCtx, taskId: string): Promise<void> {
  for (let waited = 0; !(await claimTask(job.db, taskId, job.clock.now())); waited += 100) {
    if (waited >= CLAIM_WAIT_MS) throw new Error('another worker is at this task');
    await new Promise((done) => setTimeout(done, 100));
  }
}

async function giveToPerson(job: JobCtx, taskId: string, problem: string, manual: boolean): Promise<void> {
  const task = await getTask(job.db, taskId);
  if (task === undefined) return;
  await job.act({ action: 'access.provision' }, async (ctx, permit) => {
    const settled = await settleTask(ctx.tx, task, { state: manual ? 'manual' : 'stuck', problem, at: ctx.now });
    if (!settled) return;
    await ctx.record(permit, {
      event: provisioningStuck,
      subject: task.identityId,
      data: { taskId, grantId: task.grantId, systemId: task.systemId, wanted: task.wanted, problem },
    });
  });
}
