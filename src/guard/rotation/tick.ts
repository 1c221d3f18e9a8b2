import { enqueue } from '#kit/jobs/index.ts';
import { sql } from '#kit/db/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { dueChecks } from './checks/store.ts';
import { dueRotations } from './due-rotations.ts';
import { enqueueRotation, planRotation } from './plan-rotation.ts';
import type { RotationEdges } from './reach-target.ts';

export const CHECK_CREDENTIAL = 'rotation.check_credential';

/** Checks and rotations by policy that begin in one minute. */
const A_MINUTE = { checks: 200, rotations: 50 };

/** What is due this minute: credentials to be tried, rotations by age and use, and open ones no worker has any more. */
export async function tick(edges: RotationEdges, job: JobCtx): Promise<void> {
  const now = job.clock.now();
  for (const { secretId } of await dueChecks(job.db, now, A_MINUTE.checks))
    await job.db.tx((tx) =>
      enqueue(
        tx,
        CHECK_CREDENTIAL,
        { secretId },
        { key: `${CHECK_CREDENTIAL}:${secretId}`, maxAttempts: 3, priority: 10 },
      ),
    );
  for (const { accountId, cause } of await dueRotations(job.db, now, A_MINUTE.rotations))
    await job.act({ action: 'account.rotate', resource: { type: 'Account', id: accountId } }, (ctx, permit) =>
      planRotation(edges.keys, ctx, permit, {
        accountId,
        cause,
        because:
          cause === 'age' ? 'its credential is as old as it may be' : 'its credential was used as often as it may be',
      }),
    );
  for (const { id } of await adrift(job)) await job.db.tx((tx) => enqueueRotation({ tx }, id));
}

/** Open rotations that no job is left for: one that has been tried for days, or whose job was lost with its queue. */
const adrift = (job: JobCtx): Promise<{ id: string }[]> =>
  job.db.many(sql`
    select r.id from rotation r left join rotation_run n on n.id = r.run_id
     where r.ended_at is null and (n.id is null or (r.wave <= n.released_to and n.state = 'running'))
       and not exists (select from graphile_worker.jobs j where j.key = 'rotation:' || r.id::text and j.attempts < j.max_attempts)
     limit 100`);
