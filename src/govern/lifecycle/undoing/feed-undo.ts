import { sql } from '#kit/db/index.ts';
import type { MassKind, Outcome } from '#spine/mass-changes/index.ts';
import { feedUndone } from '../events.ts';
import { UNDO_OF_FEED } from '../runs/model.ts';
import { requireRun } from '../runs/store.ts';
import { requireSource } from '../sources/store.ts';
import { putBack } from './put-back.ts';
import { restoreRecords } from './restore-records.ts';

/**
 * Taking a delivery back, as one kind of mass change: an item a person, the key the run. There is no undo of it: the
 * same file, delivered again, is planned as if it were new.
 */
export const feedUndo: MassKind = {
  kind: UNDO_OF_FEED,
  // People who swapped usernames are put back together.
  batch: 500,
  population: async (tx) => {
    const { n } = await tx.one<{ n: number }>(sql`
      select count(*)::int as n from identity_facts f join identity i on i.id = f.identity_id
       where i.kind in ('person', 'vendor') and f.state <> 'leaver' and f.valid_from <= ${tx.now}
         and (f.valid_to is null or f.valid_to > ${tx.now})`);
    return new Map([[null, n]]);
  },
  apply: async (ctx, permit, items, change) => {
    const run = await requireRun(ctx.tx, change.key);
    const source = await requireSource(ctx.tx, run.sourceId);
    const ids = items.flatMap((item) => item.identityId ?? []);
    const outcomes = await putBack(ctx, permit, { run, source }, ids);
    return items.map(({ position, identityId }): Outcome => {
      const outcome = outcomes.get(identityId ?? '');
      if (outcome === undefined || 'problem' in outcome)
        return { position, state: 'skipped', problem: outcome?.problem ?? 'nobody' };
      return { position, state: 'done', ...(outcome.notes.length === 0 ? {} : { data: { notes: outcome.notes } }) };
    });
  },
  settled: async (ctx, permit, change) => {
    const run = await requireRun(ctx.tx, change.key);
    // Rows of which only the source itself had remembered something new.
    await restoreRecords(ctx.tx, run, sql`md5(b.facts::text) = b.after`);
    await ctx.tx.run(sql`update feed_run set state = 'undone' where id = ${run.id}`);
    const data = { runId: run.id, sourceId: run.sourceId, massChangeId: change.id };
    await ctx.record(permit, { event: feedUndone, data });
  },
};
