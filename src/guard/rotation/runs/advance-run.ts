import { sql, type Tx } from '#kit/db/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { enqueueRotation } from '../plan-rotation.ts';
import { isWithin } from '../policies/time-window.ts';
import { runDone, runReleased, runStopped } from './events.ts';
import { lockRun } from './store.ts';

/**
 * Releases the next wave of a run once the one before is over, fewer failed than may, and its window is open. Of the
 * canary none may fail. Whoever ends a rotation of a run calls this, and the clock does: it finds out itself what is due.
 */
export async function advanceRun(job: JobCtx, runId: string): Promise<void> {
  await job.act({ action: 'rotation_run.advance' }, async (ctx, permit) => {
    const run = await lockRun(ctx.tx, runId);
    if (run.state !== 'running') return;
    const { open, failed, done } = await countReleased(ctx.tx, runId, run.releasedTo);
    if (open > 0) return;
    const wave = run.releasedTo;
    const may = wave === 0 && run.canary > 0 ? 0 : run.mayFail;
    if (failed - run.tolerated > may) {
      const problem = `${failed - run.tolerated} failed up to wave ${wave}; ${may === 0 ? 'none' : may} may`;
      await ctx.tx.run(sql`update rotation_run set state = 'stopped', problem = ${problem} where id = ${runId}`);
      await ctx.record(permit, { event: runStopped, data: { runId, wave, failed } });
      return;
    }
    if (wave >= run.lastWave) {
      if (!run.plannedWhole) return;
      await ctx.tx.run(sql`update rotation_run set state = 'done', ended_at = ${ctx.now} where id = ${runId}`);
      await ctx.record(permit, { event: runDone, data: { runId, done, failed } });
      return;
    }
    if (!isWithin(run.window, ctx.now)) return;
    const released = await ctx.tx.many<{ id: string }>(sql`
      select id from rotation where run_id = ${runId} and wave = ${wave + 1} and ended_at is null order by id`);
    await ctx.tx.run(sql`update rotation_run set released_to = ${wave + 1} where id = ${runId}`);
    for (const { id } of released) await enqueueRotation(ctx, id);
    await ctx.record(permit, { event: runReleased, data: { runId, wave: wave + 1, rotations: released.length } });
  });
}

const countReleased = (
  tx: Tx,
  runId: string,
  releasedTo: number,
): Promise<{ readonly open: number; readonly failed: number; readonly done: number }> =>
  tx.one(sql`
    select count(*) filter (where ended_at is null)::int as open, count(*) filter (where state = 'failed')::int as failed,
           count(*) filter (where state = 'done')::int as done
      from rotation where run_id = ${runId} and wave <= ${releasedTo}`);
