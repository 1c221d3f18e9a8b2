import { sql } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx, JobCtx } from '#spine/operations/index.ts';
import { recomputeBirthrights } from '../birthrights/recompute.ts';
import { CORRELATE } from '../correlation/correlate.ts';
import { feedApplied, feedCanaryApplied } from '../events.ts';
import { requireSource } from '../sources/store.ts';
import { applyBatch } from './apply-batch.ts';
import type { FeedRun } from './model.ts';
import { lockRun } from './store.ts';

const ACT = { action: 'lifecycle.apply' } as const;

/**
 * Carries a planned run through: batch by batch, then birthright for everybody it touched, then it counts as applied.
 * Killed anywhere and run again it goes on where it stopped; run twice at once, the two take turns.
 */
export async function applyRun(job: JobCtx, runId: string): Promise<void> {
  while ((await applyNext(job, runId)) > 0);
  await recomputeBirthrights(job, { runId });
  await job.act(ACT, async (ctx, permit) => {
    const run = await lockRun(ctx.tx, runId);
    if (run.state !== 'applying') return;
    if (run.appliedRows < run.plannedRows) {
      if (run.releasedRows === run.appliedRows) await waitAgain(ctx, permit, run);
      return;
    }
    await ctx.tx.run(sql`update feed_run set state = 'applied', settled_at = ${ctx.now} where id = ${runId}`);
    await ctx.record(permit, {
      event: feedApplied,
      data: { runId, sourceId: run.sourceId, counts: { ...run.counts } },
    });
    await enqueue(ctx.tx, CORRELATE, {}, { key: CORRELATE });
  });
}

/** The canary is through: what is left waits for a person again. */
async function waitAgain(ctx: Ctx, permit: Permit, run: FeedRun): Promise<void> {
  await ctx.tx.run(sql`update feed_run set state = 'held' where id = ${run.id}`);
  const data = { runId: run.id, sourceId: run.sourceId, appliedRows: run.appliedRows, plannedRows: run.plannedRows };
  await ctx.record(permit, { event: feedCanaryApplied, data });
  await enqueue(ctx.tx, CORRELATE, {}, { key: CORRELATE });
}

/** Applies the next batch in a transaction of its own; 0 when there is none. */
export async function applyNext(job: JobCtx, runId: string, size?: number): Promise<number> {
  try {
    return await job.act(ACT, async (ctx, permit) => {
      const run = await lockRun(ctx.tx, runId);
      if (run.state !== 'applying') return 0;
      return await applyBatch(ctx, permit, await requireSource(ctx.tx, run.sourceId), run, size);
    });
  } catch (error) {
    const taken = error instanceof AppError && error.code === 'graph.username_is_one_identitys_at_a_time';
    if (taken && (await skipTaken(job, runId)) > 0) return 1;
    throw error;
  }
}

/** Somebody got the username of a planned row since the plan was made: that row is left out, the others go on. */
async function skipTaken(job: JobCtx, runId: string): Promise<number> {
  return await job.act(ACT, async (ctx) => {
    const run = await lockRun(ctx.tx, runId);
    return await ctx.tx.run(sql`
      update feed_change c set skipped = 'username_taken'
        from feed_value v
       where v.run_id = c.run_id and v.position = c.position
         and c.run_id = ${runId} and c.position > ${run.appliedRows} and c.skipped is null
         and exists (select from identity_facts f
                      where lower(f.username) = lower(v.record->>'username') and f.identity_id <> c.identity_id
                        and (f.valid_to is null or f.valid_to > ${ctx.now})
                        and not exists (select from feed_change o join feed_value w on w.run_id = o.run_id and w.position = o.position
                                         where o.run_id = c.run_id and o.identity_id = f.identity_id and o.skipped is null
                                           and lower(w.record->>'username') is distinct from lower(f.username)))`);
  });
}
