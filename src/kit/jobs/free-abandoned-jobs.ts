import { isPresent, sql, type Db } from '#kit/db/index.ts';
import type { Log } from '#kit/log/index.ts';

/** Longer than a worker needs to take its presence lock again after the database was away. */
const GRACE_SECONDS = 5;

/**
 * Frees jobs whose worker is gone (the queue itself would wait four hours), so that another worker takes them.
 * Returns how many. A worker that is cut off but alive may still be at one: handlers are idempotent.
 */
export async function freeAbandonedJobs(db: Db, log: Log): Promise<number> {
  const freed = await db.run(sql`
    update graphile_worker._private_jobs j set locked_at = null, locked_by = null
     where j.locked_by is not null and j.locked_at < now() - make_interval(secs => ${GRACE_SECONDS})
       and not ${isPresent(sql`j.locked_by`)}`);
  if (freed > 0) log.warn('jobs of a worker that died are free again', { count: freed });
  return freed;
}
