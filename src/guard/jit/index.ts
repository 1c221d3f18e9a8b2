import type { Log } from '#kit/log/index.ts';
import { beginGrant, endGrant, grantsDueToStart, lapsedGrants } from '#spine/graph/index.ts';
import type { JobCtx, Module } from '#spine/operations/index.ts';

const policies = `
@id("jit.reeve_carries_out_begin_and_lapse")
permit (principal == Reeve::Component::"jit", action in [Reeve::Action::"grant.begin", Reeve::Action::"grant.lapse"], resource);
`;

/** Just-in-time access: what was given for a time begins when it is due and lapses when it is over. */
export const jitModule: Module = { name: 'jit', policies };

/**
 * Carries out what has come due: planned grants begin, grants whose end has passed lapse. Safe to run twice and on
 * two nodes: a grant is locked and looked at again before it is touched. Returns how many changed.
 */
export async function carryOutDue(job: JobCtx): Promise<number> {
  const now = job.clock.now();
  const { due, lapsed } = await job.db.tx(
    async (tx) => ({ due: await grantsDueToStart(tx, now), lapsed: await lapsedGrants(tx, now) }),
    { readOnly: true },
  );
  for (const grant of due) {
    await job.act({ action: 'grant.begin' }, (ctx, permit) => beginGrant(ctx, permit, grant.id));
  }
  for (const grant of lapsed) {
    await job
      .act({ action: 'grant.lapse' }, (ctx, permit) =>
        endGrant(ctx, permit, { grantId: grant.id, because: 'its time was over' }),
      )
      .catch((error: unknown) => {
        if (!(error instanceof Error && 'code' in error && error.code === 'grant.already_ended')) throw error;
      });
  }
  return due.length + lapsed.length;
}

/** Looks twice a second for what has come due. Returns a stop that waits for the look in hand. */
export function startLapsing(parts: {
  readonly job: () => JobCtx;
  readonly log: Log;
  readonly everyMs?: number;
}): () => Promise<void> {
  let running: Promise<unknown> | undefined;
  const timer = setInterval(() => {
    running ??= carryOutDue(parts.job())
      .catch((error: unknown) => parts.log.error('grants that came due could not be carried out', { error }))
      .finally(() => {
        running = undefined;
      });
  }, parts.everyMs ?? 500);
  return async () => {
    clearInterval(timer);
    await running;
  };
}
