import { enqueue } from '#kit/jobs/index.ts';
import { sql } from '#kit/db/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { dueChecks } from './checks/store.ts';
import { planDue } from './plan-due.ts';
import { enqueueRotation } from './plan-rotation.ts';
import type { RotationEdges } from './reach-target.ts';

export const CHECK_CREDENTIAL = 'rotation.check_credential';

/** Checks that begin in one minute. */
const CHECKS_A_MINUTE = 200;

/** What is due this minute: credentials to be tried, rotations by age and use, and open ones no worker has any more. */
export async function tick(edges: RotationEdges, job: JobCtx): Promise<void> {
  const now = job.clock.now();
  for (const { secretId } of await dueChecks(job.db, now, CHECKS_A_MINUTE))
    await job.db.tx((tx) =>
      enqueue(
        tx,
        CHECK_CREDENTIAL,
        { secretId },
        { key: `${CHECK_CREDENTIAL}:${secretId}`, maxAttempts: 3, priority: 10 },
      ),
    );
  await planDue(edges.keys, job);
  for (const { id } of await adrift(job)) await job.db.tx((tx) => enqueueRotation({ tx }, id));
}

/** Open rotations that no job is left for: one that has been tried for days, or whose job was lost with its queue. */
const adrift = (job: JobCtx): Promise<{ id: string }[]> =>
  job.db.many(sql`
    select r.id from rotation r left join rotation_run n on n.id = r.run_id
     where r.ended_at is null and (n.id is null or (r.wave <= n.released_to and n.state = 'running'))
       and not exists (select from graphile_worker.jobs j where j.key = 'rotation:' || r.id::text and j.attempts < j.max_attempts)
     limit 100`);
