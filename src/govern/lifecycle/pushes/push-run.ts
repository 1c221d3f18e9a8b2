import { sql, type Tx } from '#kit/db/index.ts';
import { sha256 } from '#kit/crypto/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import type { FeedProblem } from '../feed/model.ts';
import { NO_COUNTS, type FeedRun, type RunCounts } from '../runs/model.ts';
import { insertRun, requireRun } from '../runs/store.ts';
import type { PlannedCounts } from '../runs/write-plan.ts';

/** How long a run takes up what is pushed; after that another begins. */
const RUN_MINUTES = 60;
/** Problems a run keeps by name. */
const KEPT = 100;
/** How far back the limits look. */
const WINDOW_HOURS = 24;

/** A run of a push source that nothing of is applied yet. */
export const newPushRun = (ctx: Ctx, sourceId: string): FeedRun & { readonly contentDigest: Buffer } => ({
  id: newId(ctx.now.getTime()),
  sourceId,
  state: 'applied',
  verdict: 'trusted',
  startedAt: ctx.now,
  startedBy: ctx.principal.id,
  settledAt: ctx.now,
  contentDigest: sha256(''),
  endsWithNewline: true,
  baseline: false,
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
});

/** The run that what is pushed within an hour is kept in; applied as far as it goes. */
export async function openPushRun(ctx: Ctx, sourceId: string): Promise<FeedRun> {
  const open = await ctx.tx.maybe<{ id: string }>(sql`
    select id from feed_run
     where source_id = ${sourceId} and state = 'applied' and accepted_by is null
       and started_at > ${ctx.now}::timestamptz - make_interval(mins => ${RUN_MINUTES})
     order by id desc limit 1`);
  if (open !== undefined) return await requireRun(ctx.tx, open.id);
  const run = newPushRun(ctx, sourceId);
  await insertRun(ctx.tx, run);
  return run;
}

export const countsOfPlan = (planned: PlannedCounts): RunCounts => ({
  ...NO_COUNTS,
  rows: Object.values(planned).reduce((sum, n) => sum + n, 0),
  joined: planned.join + planned.adopt,
  moved: planned.move,
  changed: planned.change,
  left: planned.leave,
  returned: planned.return,
  unchanged: planned.note,
});

export const addCounts = (a: RunCounts, b: RunCounts): RunCounts =>
  Object.fromEntries(
    Object.entries(a).map(([name, n]) => [name, n + b[name as keyof RunCounts]]),
  ) as unknown as RunCounts;

const withoutUsername = (externalId: string): FeedProblem => ({
  code: 'row.username_withheld',
  detail: `record ${externalId}: the username was a leaver's; taken without it`,
  fix: "usernames are never used again, so that nobody comes into a leaver's accounts; give this person another",
});

/** Adds what is about to be applied to the run's tally. */
export async function noteApplied(
  tx: Tx,
  run: FeedRun,
  planned: PlannedCounts,
  withheld: readonly string[],
): Promise<void> {
  const more = countsOfPlan(planned);
  const counts = addCounts(run.counts, more);
  const problems = [...run.problems, ...withheld.map(withoutUsername)].slice(0, KEPT);
  await tx.run(sql`
    update feed_run set planned_rows = planned_rows + ${more.rows}::int, rows = rows + ${more.rows}::int,
           counts = ${sql.json(counts)}::jsonb, problems = ${sql.json(problems)}::jsonb, settled_at = ${tx.now}
     where id = ${run.id}`);
}

/** What was pushed and applied to a source lately, not counting what a person accepted. */
export async function countsInWindow(tx: Tx, sourceId: string): Promise<RunCounts> {
  const runs = await tx.many<{ counts: RunCounts }>(sql`
    select counts from feed_run
     where source_id = ${sourceId} and state = 'applied' and accepted_by is null
       and settled_at > ${tx.now}::timestamptz - make_interval(hours => ${WINDOW_HOURS})`);
  return runs.reduce((sum, r) => addCounts(sum, r.counts), NO_COUNTS);
}
