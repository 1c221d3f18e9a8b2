import type { Targets } from '#connectors/port.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { carryOut } from './carry-out.ts';
import { claimDue, KEEP_CLAIM_EVERY_MS, keepClaims, releaseClaims } from './claims.ts';
import { comeAgain, queueLane, type Lane } from './lanes.ts';
import type { ProvisionTask } from './store.ts';

/** After so long a lane makes room for other work, and goes on behind it. */
const TURN_MS = 20_000;

/**
 * Makes one system agree with what is wanted of it for the people of one lane, many at a time, until nothing is due. Safe
 * to repeat and to run beside itself: tasks are claimed, what is wanted is read at the last moment, and a task that
 * changed its mind meanwhile is carried out again as last wanted. What is not to be had now is looked at again when it is
 * due.
 */
export async function agreeLane(targets: Targets, job: JobCtx, lane: Lane): Promise<void> {
  const until = performance.now() + TURN_MS;
  for (;;) {
    const tasks = await claimDue(job.db, lane);
    if (tasks.length === 0) return await comeAgain(job.db, lane);
    await whileHeld(job, lane, tasks, () => carryOut(targets, job, lane, tasks));
    if (performance.now() > until) return await queueLane(job.db, lane);
  }
}

/** Works on claimed tasks, keeps the claims on their people up meanwhile, and frees them. */
async function whileHeld(
  job: JobCtx,
  { systemId }: Lane,
  tasks: readonly ProvisionTask[],
  work: () => Promise<void>,
): Promise<void> {
  const people = { systemId, identityIds: [...new Set(tasks.map((task) => task.identityId))] };
  const keeping = setInterval(() => {
    keepClaims(job.db, people).catch((error: unknown) =>
      job.log.warn('claims could not be kept up', { systemId, error }),
    );
  }, KEEP_CLAIM_EVERY_MS);
  try {
    await work();
  } finally {
    clearInterval(keeping);
    await releaseClaims(job.db, people);
  }
}
