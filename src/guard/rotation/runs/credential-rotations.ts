import type { Keys } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import type { MassItem, MassKind, Outcome } from '#spine/mass-changes/index.ts';
import { planRotation } from '../plan-rotation.ts';
import { waveOf } from './model.ts';
import { lockRun } from './store.ts';

export const ADVANCE_RUN = 'rotation.advance_run';

const skipped = (item: MassItem, problem: string): Outcome => ({ position: item.position, state: 'skipped', problem });

/**
 * Rotations of many accounts, as one kind of mass change: the guard judges the whole before the first is planned. What it
 * lets through is planned, and waits for its wave. Each changes a target for good, so there is no undo: a rotation that is
 * not wanted yet is cancelled, one that happened is followed by another.
 */
export const credentialRotations = (edges: { readonly keys: Keys }): MassKind => ({
  kind: 'rotation',
  population: async (tx) => {
    const rows = await tx.many<{ systemId: string; n: number }>(sql`
      select s.system_id, count(*)::int as n from secret s
       where s.purpose = 'account' and s.removed_at is null and s.system_id is not null group by s.system_id`);
    return new Map<string | null, number>(rows.map((r) => [r.systemId, r.n]));
  },
  apply: async (ctx, permit, items) => {
    const runId = String(items[0]?.data['runId']);
    const run = await lockRun(ctx.tx, runId);
    if (run.state === 'cancelled') return items.map((item) => skipped(item, 'the run was cancelled'));
    const outcomes: Outcome[] = [];
    let last = run.lastWave;
    for (const item of items) {
      const wave = waveOf(item.position, run);
      const { fresh } = await planRotation(edges.keys, ctx, permit, {
        accountId: String(item.data['accountId']),
        because: run.because,
        said: 'one of many, asked for by a person',
        cause: run.incident ? 'incident' : 'wave',
        of: { runId, wave },
      });
      outcomes.push(fresh ? { position: item.position, state: 'done' } : skipped(item, 'it is being rotated already'));
      if (fresh) last = Math.max(last, wave);
    }
    await ctx.tx.run(sql`
      update rotation_run set last_wave = ${last}, state = case when state = 'waiting' then 'running' else state end where id = ${runId}`);
    await enqueue(ctx.tx, ADVANCE_RUN, { runId }, { key: `${ADVANCE_RUN}:${runId}` });
    return outcomes;
  },
  settled: async (ctx, _permit, change) => {
    await ctx.tx.run(sql`
      update rotation_run set planned_whole = true, state = case when state = 'waiting' then 'running' else state end where id = ${change.key}`);
    await enqueue(ctx.tx, ADVANCE_RUN, { runId: change.key }, { key: `${ADVANCE_RUN}:${change.key}` });
  },
});
