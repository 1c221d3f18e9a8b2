import { sql, type Tx } from '#kit/db/index.ts';
import { conflict } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { tellAdministrators } from '../consequences/tell.ts';
import { feedHeld } from '../events.ts';
import type { FeedRun, HeldBecause } from '../runs/model.ts';
import { insertRun, openRunOf, requireRun } from '../runs/store.ts';
import { countPlan } from '../runs/write-plan.ts';
import type { PeopleSource } from '../sources/model.ts';
import { countsOfPlan, newPushRun } from './push-run.ts';

/**
 * Moves what was just planned in `run` to the source's held run, where it waits for a named person. A source has one
 * held run: what is pushed over a limit joins it, and takes the place of what it held of the same people before.
 */
export async function holdPlanned(
  ctx: Ctx,
  permit: Permit,
  source: PeopleSource,
  run: FeedRun,
  because: readonly HeldBecause[],
): Promise<{ readonly runId: string; readonly because: readonly HeldBecause[] }> {
  const { tx } = ctx;
  const held = await openHeld(ctx, permit, source, because);
  await leaveOut(
    tx,
    held.id,
    sql`
    exists (select from feed_change n where n.run_id = ${run.id} and n.position > ${run.plannedRows}
             and (n.identity_id = c.identity_id or n.external_id = c.external_id))`,
  );
  const by = held.plannedRows - run.plannedRows;
  await tx.run(sql`
    update feed_change set run_id = ${held.id}, position = position + ${by}::int
     where run_id = ${run.id} and position > ${run.plannedRows}`);
  const values = await tx.run(sql`
    update feed_value set run_id = ${held.id}, position = position + ${by}::int
     where run_id = ${run.id} and position > ${run.plannedRows}`);
  const all = [...held.heldBecause.filter((h) => !because.some((b) => b.code === h.code)), ...because];
  await tally(tx, held.id, all);
  ctx.log.debug('a push is held', { run: held.id, values });
  const now = await requireRun(tx, held.id);
  await ctx.record(permit, {
    event: feedHeld,
    data: { runId: held.id, sourceId: source.id, codes: because.map((b) => b.code), counts: { ...now.counts } },
  });
  return { runId: held.id, because };
}

async function openHeld(
  ctx: Ctx,
  permit: Permit,
  source: PeopleSource,
  because: readonly HeldBecause[],
): Promise<FeedRun> {
  const open = await openRunOf(ctx.tx, source.id);
  if (open?.state === 'applying')
    throw conflict(
      'feed.still_applying',
      `what was held of ${source.name} is being applied`,
      `wait until run ${open.id} is applied`,
    );
  if (open !== undefined) return open;
  const run = { ...newPushRun(ctx, source.id), state: 'held', settledAt: null, heldBecause: because } as const;
  await insertRun(ctx.tx, run);
  await tellAdministrators(ctx, permit, { template: 'feed.held', source: source.name, rows: 1, because });
  return run;
}

/** Marks lines of a held run as overtaken; their values are forgotten. */
async function leaveOut(tx: Tx, runId: string, which: ReturnType<typeof sql>): Promise<number> {
  const gone = await tx.many<{ position: number }>(sql`
    update feed_change c set skipped = 'superseded'
     where c.run_id = ${runId} and c.skipped is null and ${which} returning c.position`);
  await tx.run(sql`
    delete from feed_value where run_id = ${runId} and position = any(${gone.map((g) => g.position)}::int[])`);
  return gone.length;
}

/** Brings a held run's counts up to what it holds; one that holds nothing any more is settled. */
async function tally(tx: Tx, runId: string, because: readonly HeldBecause[]): Promise<void> {
  const counts = countsOfPlan(await countPlan(tx, runId));
  await tx.run(sql`
    update feed_run set counts = ${sql.json(counts)}::jsonb, held_because = ${sql.json(because)}::jsonb,
           rows = ${counts.rows}, state = case when ${counts.rows}::int = 0 then 'superseded' else state end,
           settled_at = case when ${counts.rows}::int = 0 then ${tx.now}::timestamptz end,
           planned_rows = (select coalesce(max(position), 0) from feed_change where run_id = ${runId})
     where id = ${runId}`);
}

/** Something newer was pushed of these people: what is held of them is put away. */
export async function withdrawHeld(
  tx: Tx,
  sourceId: string,
  pushed: readonly { readonly externalId: string }[],
  run: FeedRun,
): Promise<void> {
  const open = await openRunOf(tx, sourceId);
  if (open?.state !== 'held') return;
  const keys = pushed.map((p) => p.externalId);
  const gone = await leaveOut(
    tx,
    open.id,
    sql`
    (c.external_id = any(${keys}::text[]) or exists (
      select from feed_change n where n.run_id = ${run.id} and n.position > ${run.plannedRows} and n.identity_id = c.identity_id))`,
  );
  if (gone > 0) await tally(tx, open.id, open.heldBecause);
}

/** Puts away what a source holds of these keys, because what they were held for is no longer wanted. */
export async function withdrawPushed(tx: Tx, sourceId: string, externalIds: readonly string[]): Promise<void> {
  const open = await openRunOf(tx, sourceId);
  if (open?.state !== 'held' || externalIds.length === 0) return;
  const gone = await leaveOut(tx, open.id, sql`c.external_id = any(${[...externalIds]}::text[])`);
  if (gone > 0) await tally(tx, open.id, open.heldBecause);
}
