import { sha256 } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import { conflict } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { tellAdministrators } from '../consequences/tell.ts';
import { feedHeld, feedPlanned, feedRefused } from '../events.ts';
import type { FeedProblem } from '../feed/model.ts';
import type { PeopleSource } from '../sources/model.ts';
import { countRecords, lockSource, requireSource } from '../sources/store.ts';
import { keepCases } from '../precedence/source-cases.ts';
import { standsBesideOthers } from '../precedence/read-said.ts';
import { openDelivery, type Delivery } from './delivery.ts';
import { NO_COUNTS, UNDO_OF_FEED, type FeedRun, type RunCounts } from './model.ts';
import { planFeed } from './plan-feed.ts';
import { forgetValues, insertRun, openRunOf, requireRun, settlePlan } from './store.ts';

export const APPLY_RUN = 'lifecycle.apply_run';

/**
 * Takes one delivery of a feed: reads it through, decides whether it is to be trusted, and plans every change it
 * makes, before the first one. An untrusted delivery changes nothing and says why; a plan over a limit is held, whole;
 * anything else is applied by a job. A delivery that was held before is superseded by this one.
 * Throws `feed.still_applying` while an earlier one is being applied.
 */
export async function takeFeed(
  ctx: Ctx,
  permit: Permit<'source.feed'>,
  input: { readonly source: string; readonly delivery: Delivery },
): Promise<FeedRun> {
  const source = await requireSource(ctx.tx, input.source);
  if (source.kind !== 'hr_csv')
    throw conflict('source.is_pushed', `${source.name} is pushed to, not delivered`, 'deliver to a source of your own');
  await lockSource(ctx.tx, source.id);
  await waitForUndo(ctx, source);
  await supersede(ctx, source);
  const opened = openDelivery(input.delivery, source.mapping.delimiter);
  const before = await countRecords(ctx.tx, source.id);
  const run = newRun(ctx, source, {
    contentDigest: opened.digest,
    endsWithNewline: opened.endsWithNewline,
    baseline: before.known === 0,
  });
  await insertRun(ctx.tx, run);
  if (opened.problem !== undefined) return await refuse(ctx, permit, source, run, NO_COUNTS, [opened.problem]);

  const { distrust, problems, counts, heldBecause, plannedRows } = await planFeed(ctx.tx, source, run, {
    rows: opened.rows,
    empty: opened.empty,
    by: ctx.principal,
    before,
  });
  if (distrust.length > 0) return await refuse(ctx, permit, source, run, counts, [...distrust, ...problems]);
  if (await standsBesideOthers(ctx.tx, source))
    await keepCases(ctx, permit, { sourceId: source.id, runId: run.id, delivered: 'all' });
  const state = heldBecause.length > 0 ? 'held' : 'applying';
  await settlePlan(ctx.tx, { ...run, state, rows: counts.rows, counts, problems, heldBecause, plannedRows });
  const data = { runId: run.id, sourceId: source.id, counts: { ...counts } };
  if (state === 'held') {
    await ctx.record(permit, { event: feedHeld, data: { ...data, codes: heldBecause.map((h) => h.code) } });
    await tellAdministrators(ctx, permit, {
      template: 'feed.held',
      source: source.name,
      rows: counts.rows,
      because: heldBecause,
    });
  } else {
    await ctx.record(permit, { event: feedPlanned, data });
    await enqueue(ctx.tx, APPLY_RUN, { runId: run.id }, { key: `${APPLY_RUN}:${run.id}` });
  }
  return await requireRun(ctx.tx, run.id);
}

/**
 * A refused run of a source that could not be read: nothing was delivered, and the run says why. What was held stays
 * held, since nothing newer is there.
 */
export async function refuseUnread(
  ctx: Ctx,
  permit: Permit<'source.feed'>,
  source: PeopleSource,
  problems: readonly FeedProblem[],
): Promise<FeedRun> {
  const run = newRun(ctx, source, { contentDigest: sha256(''), endsWithNewline: true, baseline: false });
  await insertRun(ctx.tx, { ...run, state: 'refused', verdict: 'untrusted', settledAt: ctx.now, problems });
  return await refuse(ctx, permit, source, run, NO_COUNTS, problems);
}

/** A run of which nothing is known yet. */
export const newRun = (
  ctx: Pick<Ctx, 'now' | 'principal'>,
  source: Pick<PeopleSource, 'id'>,
  of: { readonly contentDigest: Buffer; readonly endsWithNewline: boolean; readonly baseline: boolean },
): FeedRun & { readonly contentDigest: Buffer } => ({
  id: newId(ctx.now.getTime()),
  sourceId: source.id,
  state: 'applying',
  verdict: 'trusted',
  startedAt: ctx.now,
  startedBy: ctx.principal.id,
  settledAt: null,
  rows: 0,
  counts: NO_COUNTS,
  problems: [],
  heldBecause: [],
  plannedRows: 0,
  appliedRows: 0,
  acceptedBy: null,
  acceptedAt: null,
  acceptedBecause: null,
  releasedRows: null,
  undo: null,
  ...of,
});

/** What is being put back and what is delivered would be planned against each other. */
async function waitForUndo(ctx: Ctx, source: PeopleSource): Promise<void> {
  const open = await ctx.tx.maybe<{ id: string }>(sql`
    select r.id from mass_change c join feed_run r on r.id::text = c.key
     where c.kind = ${UNDO_OF_FEED} and c.state = 'applying' and r.source_id = ${source.id} limit 1`);
  if (open !== undefined)
    throw conflict(
      'feed.still_applying',
      `an earlier delivery of ${source.name} is still being taken back`,
      `wait until run ${open.id} is undone`,
    );
}

async function supersede(ctx: Ctx, source: PeopleSource): Promise<void> {
  const open = await openRunOf(ctx.tx, source.id);
  if (open === undefined) return;
  if (open.state === 'applying')
    throw conflict(
      'feed.still_applying',
      `an earlier delivery of ${source.name} is still being applied`,
      `wait until run ${open.id} is applied`,
    );
  await ctx.tx.run(sql`update feed_run set state = 'superseded', settled_at = ${ctx.now} where id = ${open.id}`);
  await forgetValues(ctx.tx, open.id);
}

async function refuse(
  ctx: Ctx,
  permit: Permit,
  source: PeopleSource,
  run: FeedRun,
  counts: RunCounts,
  problems: readonly FeedProblem[],
): Promise<FeedRun> {
  await settlePlan(ctx.tx, {
    ...run,
    state: 'refused',
    verdict: 'untrusted',
    settledAt: ctx.now,
    rows: counts.rows,
    counts,
    problems,
  });
  const codes = [...new Set(problems.map((p) => p.code))];
  await ctx.record(permit, { event: feedRefused, data: { runId: run.id, sourceId: run.sourceId, codes } });
  await tellAdministrators(ctx, permit, {
    template: 'feed.refused',
    source: source.name,
    rows: counts.rows,
    because: problems,
  });
  return await requireRun(ctx.tx, run.id);
}
