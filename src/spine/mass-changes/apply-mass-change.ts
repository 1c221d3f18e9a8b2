import { sql } from '#kit/db/index.ts';
import type { Ctx, JobCtx } from '#spine/operations/contract.ts';
import { massChangeAdvanced, massChangeApplied, massChangeUndone } from './events.ts';
import type { MassChange, MassKind, Outcome } from './model.ts';
import { countOutcomes, doneItems, itemsAfter, lockMassChange, noteOutcomes, noteUndone } from './store.ts';

/** Items a transaction takes, unless the kind says otherwise. */
const BATCH = 200;

const APPLIED = { done: 'done', skipped: 'skipped' } as const;
const UNDONE = { done: 'undone', skipped: 'not_undone' } as const;

/** Finds the kind of a plan; throws where this release knows none of that name. */
export type KindOf = (kind: string) => MassKind;

/**
 * Carries out what was released of a plan, a batch a transaction. Killed anywhere and run again it goes on where it
 * stopped; run twice at once, the two take turns.
 */
export async function applyMassChange(job: JobCtx, kindOf: KindOf, id: string): Promise<void> {
  for (;;) {
    const left = await job.act({ action: 'mass_change.apply' }, async (ctx, permit) => {
      const change = await lockMassChange(ctx.tx, id);
      if (change.state !== 'applying') return false;
      const kind = kindOf(change.kind);
      const upTo = Math.min(change.appliedTo + (kind.batch ?? BATCH), change.releasedTo);
      const items = await itemsAfter(ctx.tx, { id, after: change.appliedTo, limit: upTo - change.appliedTo });
      if (items.length > 0) {
        const due = items.filter((item) => item.state === 'waiting' || item.state === 'done');
        const outcomes = due.length === 0 ? [] : await kind.apply(ctx, permit, due, change);
        await noteOutcomes(ctx.tx, id, outcomes);
        await ctx.tx.run(sql`update mass_change set applied_to = ${upTo} where id = ${id}`);
        await ctx.record(permit, {
          event: massChangeAdvanced,
          data: { ...named(change), from: change.appliedTo + 1, to: upTo, skipped: skippedOf(outcomes) },
        });
      }
      if (upTo < change.releasedTo) return true;
      if (upTo < change.items) {
        await ctx.tx.run(sql`update mass_change set state = 'canary' where id = ${id}`);
        return false;
      }
      await settle(ctx, id, 'applied');
      await kind.settled?.(ctx, permit, change);
      const counts = await countOutcomes(ctx.tx, id, APPLIED);
      await ctx.record(permit, { event: massChangeApplied, data: { ...named(change), ...counts } });
      return false;
    });
    if (!left) return;
  }
}

/** Puts back what a plan did, newest first. As applyMassChange, it may be killed and run again. */
export async function undoMassChange(job: JobCtx, kindOf: KindOf, id: string): Promise<void> {
  for (;;) {
    const left = await job.act({ action: 'mass_change.apply' }, async (ctx, permit) => {
      const change = await lockMassChange(ctx.tx, id);
      if (change.state !== 'undoing') return false;
      const kind = kindOf(change.kind);
      const items = await doneItems(ctx.tx, id, kind.batch ?? BATCH);
      if (items.length > 0) {
        const outcomes = (await kind.undo?.(ctx, permit, items, change)) ?? [];
        await noteUndone(ctx.tx, id, outcomes);
        return true;
      }
      await settle(ctx, id, 'undone');
      const counts = await countOutcomes(ctx.tx, id, UNDONE);
      await ctx.record(permit, { event: massChangeUndone, data: { ...named(change), ...counts } });
      return false;
    });
    if (!left) return;
  }
}

const named = (change: MassChange): { massChangeId: string; kind: string } => ({
  massChangeId: change.id,
  kind: change.kind,
});

const skippedOf = (outcomes: readonly Outcome[]): number => outcomes.filter((o) => o.state === 'skipped').length;

const settle = async (ctx: Ctx, id: string, state: 'applied' | 'undone'): Promise<void> => {
  await ctx.tx.run(sql`update mass_change set state = ${state}, settled_at = ${ctx.now} where id = ${id}`);
};
