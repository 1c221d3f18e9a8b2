import { sql, type Queryable } from '#kit/db/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { failureClass, nextTryMs } from './back-off.ts';
import type { Lane } from './lanes.ts';
import { countTries, type ProvisionTask } from './store.ts';
import { closedUntil, whoWait } from './when-to-write.ts';

/** What was put off is looked at again this soon, also when nothing wakes it. */
const LOOK_AGAIN_MS = 60_000;
/** How soon a target is looked at again where others carry changes out. */
export const AWAITED_MS = 120_000;

/** Puts tasks off, and notes why. No try is counted. */
export const putOff = (
  db: Queryable,
  ids: readonly string[],
  why: { readonly problem: string; readonly afterMs: number },
): Promise<number> =>
  db.run(sql`
    update provision_task set problem = ${why.problem}, not_before = clock_timestamp() + make_interval(secs => ${why.afterMs / 1000})
     where id = any(${sql.array(ids)}::uuid[]) and state = 'waiting'`);

/** How long a lane whose system is away is left alone. */
const AWAY_MS = 5_000;

/** Puts off whatever else is due in a lane, since its system is away: it is not to be tried a thousand times. */
export const putOffLane = (db: Queryable, { systemId, lane }: Lane, problem: string): Promise<number> =>
  db.run(sql`
    update provision_task set problem = ${problem}, not_before = clock_timestamp() + make_interval(secs => ${AWAY_MS / 1000})
     where system_id = ${systemId} and lane = ${lane} and state = 'waiting'
       and (not_before is null or not_before <= clock_timestamp())`);

/**
 * Puts tasks off while their system is in maintenance, and those of people who wait for a system that comes first.
 * Returns the others.
 */
export async function putOffUntilOpen(
  job: JobCtx,
  lane: Lane,
  tasks: readonly ProvisionTask[],
): Promise<readonly ProvisionTask[]> {
  const now = job.clock.now();
  const until = await closedUntil(job.db, lane.systemId, now);
  if (until !== undefined) {
    const afterMs = Math.min(until.getTime() - now.getTime(), LOOK_AGAIN_MS);
    const problem = `waits for the end of maintenance at ${until.toISOString()}`;
    await putOff(
      job.db,
      tasks.map((task) => task.id),
      { problem, afterMs },
    );
    return [];
  }
  if (tasks[0]?.wanted !== 'present') return tasks;
  const waits = await whoWait(job.db, lane.systemId, [...new Set(tasks.map((task) => task.identityId))]);
  for (const name of new Set(waits.values())) {
    const ids = tasks.filter((task) => waits.get(task.identityId) === name).map((task) => task.id);
    await putOff(job.db, ids, { problem: `waits until ${name} is done`, afterMs: LOOK_AGAIN_MS });
  }
  return tasks.filter((task) => !waits.has(task.identityId));
}

/** Counts tries that failed, and says when the next is due by what went wrong; returns those that a person has to look at. */
export async function tryAgainLater<T extends { readonly task: ProvisionTask; readonly error: unknown }>(
  job: JobCtx,
  failed: readonly T[],
): Promise<readonly T[]> {
  const given: T[] = [];
  const next = failed.flatMap((one) => {
    const tries = one.task.tries + 1;
    const afterMs = nextTryMs(failureClass(one.error), tries);
    if (afterMs === undefined) given.push(one);
    const problem = one.error instanceof Error ? one.error.message : 'failed';
    return [{ id: one.task.id, tries, problem, afterMs: afterMs ?? 0 }];
  });
  await countTries(job.db, next);
  const [first] = failed;
  if (first !== undefined)
    job.log.warn('a target could not be made to agree; trying again', {
      systemId: first.task.systemId,
      tasks: failed.length,
      tries: first.task.tries + 1,
      error: first.error,
    });
  return given;
}
