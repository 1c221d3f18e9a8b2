import { sql } from '#kit/db/index.ts';
import { conflict, denied, invalid } from '#kit/errors/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { feedAccepted, feedDeclined } from '../events.ts';
import { requireSource } from '../sources/store.ts';
import { changesRowOf } from './check-own-row.ts';
import type { FeedRun } from './model.ts';
import { forgetValues, lockRun, requireRun } from './store.ts';
import { APPLY_RUN } from './take-feed.ts';

async function heldRun(ctx: Ctx, id: string): Promise<FeedRun> {
  const run = await lockRun(ctx.tx, id);
  if (run.state !== 'held')
    throw conflict(
      'feed.not_held',
      `this run is ${run.state}, so there is nothing to accept`,
      'look at the newest run of the source',
    );
  return run;
}

/**
 * A named person takes it upon them to apply a held run, this one and once: the next delivery meets the same limits.
 * With `canary`, its first so many changes are applied, and it waits again.
 */
export async function acceptRun(
  ctx: Ctx,
  permit: Permit<'feed_run.accept'>,
  input: { readonly id: string; readonly because: string; readonly canary?: number | undefined },
): Promise<FeedRun> {
  if (ctx.principal.kind !== 'identity')
    throw denied('feed.accept_by_person', 'a held run is accepted by a person', 'sign in and accept it');
  const run = await heldRun(ctx, input.id);
  if (await changesRowOf(ctx.tx, run.id, ctx.principal.id))
    throw denied(
      'feed.own_row',
      'this delivery changes your own row, and nobody decides about that themself',
      'ask another administrator',
    );
  const releasedRows = input.canary === undefined ? null : await rowsOfCanary(ctx, run, input.canary);
  await ctx.tx.run(sql`
    update feed_run set state = 'applying', released_rows = ${releasedRows}, accepted_by = ${ctx.principal.id}, accepted_at = ${ctx.now},
           accepted_because = ${input.because} where id = ${run.id}`);
  await ctx.record(permit, {
    event: feedAccepted,
    subject: ctx.principal.id,
    data: { runId: run.id, sourceId: run.sourceId, canary: input.canary, because: input.because },
  });
  await enqueue(ctx.tx, APPLY_RUN, { runId: run.id }, { key: `${APPLY_RUN}:${run.id}` });
  return await requireRun(ctx.tx, run.id);
}

/** The row a canary ends at: what only the source itself remembers of a row is no change, and is not counted. */
async function rowsOfCanary(ctx: Ctx, run: FeedRun, canary: number): Promise<number | null> {
  const source = await requireSource(ctx.tx, run.sourceId);
  if (source.kind !== 'hr_csv')
    throw conflict(
      'feed.canary_of_pushed',
      `${source.name} is pushed to, and what is held of it grows meanwhile`,
      'accept it as a whole, or decline it',
    );
  const left = sql`
    select position, row_number() over (order by position)::int as nth, count(*) over ()::int as of from feed_change
     where run_id = ${run.id} and position > ${run.appliedRows} and skipped is null and what <> 'note'`;
  const last = await ctx.tx.maybe<{ position: number; of: number }>(
    sql`select position, of from (${left}) c where nth = ${canary}`,
  );
  if (last !== undefined) return last.of === canary ? null : last.position;
  const { n } = await ctx.tx.one<{ n: number }>(sql`select count(*)::int as n from (${left}) c`);
  throw invalid('/canary', `is more than the ${n} that are left`, 'leave it out for all');
}

/** Puts a held run away: unapplied, or after a canary with the rest unapplied. */
export async function declineRun(
  ctx: Ctx,
  permit: Permit<'feed_run.accept'>,
  input: { readonly id: string; readonly because: string },
): Promise<FeedRun> {
  const run = await heldRun(ctx, input.id);
  await ctx.tx.run(sql`update feed_run set state = 'declined', settled_at = ${ctx.now} where id = ${run.id}`);
  await forgetValues(ctx.tx, run.id);
  await ctx.record(permit, {
    event: feedDeclined,
    subject: ctx.principal.id,
    data: { runId: run.id, sourceId: run.sourceId, because: input.because },
  });
  return await requireRun(ctx.tx, run.id);
}
