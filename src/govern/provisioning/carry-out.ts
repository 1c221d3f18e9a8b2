import type { Targets } from '#connectors/port.ts';
import { AppError } from '#kit/errors/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { atTarget } from './at-target.ts';
import { isAwaited, StillAwaited, Stuck } from './failures.ts';
import { failureClass } from './back-off.ts';
import { provisioningStuck } from './events.ts';
import { findPeople } from './find-people.ts';
import { queueLanes, type Lane } from './lanes.ts';
import { makeAbsent } from './make-absent.ts';
import { makePresent } from './make-present.ts';
import { AWAITED_MS, putOff, putOffLane, putOffUntilOpen, tryAgainLater } from './put-off.ts';
import { giveUp, type ProvisionTask } from './store.ts';
import { waitersOn } from './when-to-write.ts';

/**
 * Carries out tasks of one lane that want the same, once. What cannot be carried out now is put off, and what never can
 * is given to a person.
 */
export async function carryOut(
  targets: Targets,
  job: JobCtx,
  lane: Lane,
  claimed: readonly ProvisionTask[],
): Promise<void> {
  const tasks = await putOffUntilOpen(job, lane, claimed);
  if (tasks.length === 0) return;
  const { people, failed } = await findPeople(job, tasks);
  const way = tasks[0]?.wanted === 'absent' ? makeAbsent(job) : makePresent(job);
  for (const [id, error] of await atTarget(targets, job, people, way)) failed.set(id, error);
  await follow(job, lane, tasks, failed);
  await wakeWaiters(
    job,
    tasks.filter((task) => !failed.has(task.id)),
  );
}

/** What follows from tries that did not come to their end: another one later, or a person. */
async function follow(
  job: JobCtx,
  lane: Lane,
  tasks: readonly ProvisionTask[],
  failed: ReadonlyMap<string, unknown>,
): Promise<void> {
  const later: { task: ProvisionTask; error: unknown }[] = [];
  const awaited = new Map<string, ProvisionTask[]>();
  for (const task of tasks) {
    if (!failed.has(task.id)) continue;
    const error = failed.get(task.id);
    if (error instanceof StillAwaited || isAwaited(error))
      awaited.set(error.message, [...(awaited.get(error.message) ?? []), task]);
    else if (isPermanent(error)) await giveToPerson(job, task, error);
    else later.push({ task, error });
  }
  for (const [problem, theirs] of awaited) await putOff(job.db, theirs, { problem, afterMs: AWAITED_MS });
  for (const { task, error } of await tryAgainLater(job, later)) await giveToPerson(job, task, error);
  const away = later.find(({ error }) => failureClass(error) === 'unreachable');
  if (away !== undefined) await putOffLane(job.db, lane, said(away.error));
}

const said = (error: unknown): string => (error instanceof Error ? error.message : 'failed');

const isPermanent = (error: unknown): boolean =>
  error instanceof Stuck ||
  (error instanceof AppError && error.status === 409) ||
  (error instanceof Error && 'retry' in error && error.retry === false);

async function giveToPerson(job: JobCtx, task: ProvisionTask, error: unknown): Promise<void> {
  const state = error instanceof AppError && error.code === 'system.no_connector' ? 'manual' : 'stuck';
  const problem = said(error);
  await job.act({ action: 'access.provision' }, async (ctx, permit) => {
    if (!(await giveUp(ctx.tx, task, { state, problem, at: ctx.now }))) return;
    const { id: taskId, grantId, systemId, wanted, identityId } = task;
    await ctx.record(permit, {
      event: provisioningStuck,
      subject: identityId,
      data: { taskId, grantId, systemId, wanted, problem },
    });
  });
}

/** Tasks on other systems that waited for these are carried out at once. */
async function wakeWaiters(job: JobCtx, done: readonly ProvisionTask[]): Promise<void> {
  const [first] = done;
  if (first === undefined) return;
  await job.db.tx(async (tx) => {
    await queueLanes(tx, await waitersOn(tx, first.systemId, [...new Set(done.map((task) => task.identityId))]));
  });
}
