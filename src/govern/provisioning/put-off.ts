import { sql, type Queryable } from '#kit/db/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { failureClass, nextTryMs } from './back-off.ts';
import { queueLanes, type Lane } from './lanes.ts';
import { countTries, type ProvisionTask } from './store.ts';
import { closedUntil, whoWait } from './when-to-write.ts';

/** What was put off is looked at again this soon, also when nothing wakes it. */
const LOOK_AGAIN_MS = 60_000;
/** How soon a target is looked at again where others carry changes out. */
export const AWAITED_MS = 120_000;

/** Puts tasks off, and notes why; not those that changed their mind meanwhile. No try is counted. */
export const putOff = (
  db: Queryable,
  tasks: readonly ProvisionTask[],
  why: { readonly problem: string; readonly afterMs: number },
): Promise<number> =>
  db.run(sql`
    update provision_task set problem = ${why.problem}, not_before = clock_timestamp() + make_interval(secs => ${why.afterMs / 1000})
     where id = any(${sql.array(tasks.map((task) => task.id))}::uuid[]) and state = 'waiting'
       and wanted = ${tasks[0]?.wanted ?? 'present'}`);

/** How long a lane whose system is away is left alone. */
const AWAY_MS = 5_000;

/** Puts off whatever else is due in a lane, since its system is away: it is not to be tried a thousand times. */
export const putOffLane = (db: Queryable, { systemId, lane }: Lane, problem: string): Promise<number> =>
  db.run(sql`
    update provision_task set problem = ${problem}, not_before = clock_timestamp() + make_interval(secs => ${AWAY_MS / 1000})
     where system_id = ${systemId} and lane = ${lane} and state = 'waiting'
       and (not_before is null or not_before <= clock_timestamp())`);

/** Who is away is woken for; this is for whoever was missed. */
const ABSENT_MS = 300_000;

/** What was wanted for somebody while they were away is given now. */
export const wakeReturned = (job: JobCtx, identityId: string): Promise<void> =>
  job.db.tx(async (tx) => {
    const woken = await tx.many<{ systemId: string; identityId: string }>(sql`
      update provision_task set not_before = null, problem = null
       where identity_id = ${identityId} and state = 'waiting' and wanted = 'present'
      returning system_id, identity_id`);
    await queueLanes(tx, woken);
  });

/** Those of these people who are on leave or suspended: nothing is opened for them meanwhile. */
const whoAreAway = async (db: Queryable, ids: readonly string[]): Promise<ReadonlySet<string>> =>
  new Set(
    (
      await db.many<{ identityId: string }>(sql`
        select identity_id from identity_facts
         where identity_id = any(${sql.array(ids)}::uuid[]) and valid_to is null and state in ('leave', 'suspended')`)
    ).map((row) => row.identityId),
  );

/**
 * Puts tasks off while their system is in maintenance, and those of people who are away or wait for a system that comes
 * first. Returns the others.
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
    await putOff(job.db, tasks, { problem, afterMs });
    return [];
  }
  if (tasks[0]?.wanted !== 'present') return tasks;
  const ids = [...new Set(tasks.map((task) => task.identityId))];
  const away = await whoAreAway(job.db, ids);
  const theirs = tasks.filter((task) => away.has(task.identityId));
  if (theirs.length > 0) await putOff(job.db, theirs, { problem: 'waits until they are back', afterMs: ABSENT_MS });
  const waits = await whoWait(job.db, lane.systemId, ids);
  for (const name of new Set(waits.values())) {
    const waiting = tasks.filter((task) => waits.get(task.identityId) === name);
    await putOff(job.db, waiting, { problem: `waits until ${name} is done`, afterMs: LOOK_AGAIN_MS });
  }
  return tasks.filter((task) => !waits.has(task.identityId) && !away.has(task.identityId));
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
    return [{ id: one.task.id, wanted: one.task.wanted, tries, problem, afterMs: afterMs ?? 0 }];
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
