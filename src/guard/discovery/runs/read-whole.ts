import type { Targets } from '#connectors/port.ts';
import { DbError, sql } from '#kit/db/index.ts';
import { AppError, notFound } from '#kit/errors/index.ts';
import { forgetReading, getStagedReading } from '#spine/graph/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { readingFailed } from '../events.ts';
import { asOnlyReader } from '../schedule/claim-system.ts';
import { planNext } from '../schedule/store.ts';
import { applyRun } from './apply-run.ts';
import { queueRun } from './ask-reading.ts';
import { isOvertaken, readPieces } from './read-pieces.ts';
import { countTry, getRun, noteProblem, settleRun, type DiscoveryRun } from './store.ts';

/** What readings lean on. */
export interface ReadingEdges {
  readonly targets: Targets;
  /** Systems read at a time, over all nodes. */
  readonly atOnce: number;
}

/** Times a reading is taken up again without getting any further. */
const MOST_TRIES = 5;
/** How soon a reading asks again for its turn, and the first pause of one that broke off. */
const BUSY_MS = 2_000;
const PAUSE_MS = 5_000;
const DAY_SECONDS = 86_400;
const SET_UP_WRONG: ReadonlySet<string> = new Set(['unsupported', 'system.no_connector', 'system.no_credential']);

/**
 * Carries a reading through that was asked for: reads the system whole, piece by piece, and makes the graph agree; or
 * applies a held one that somebody accepted. Killed anywhere and run again, it goes on at the last piece that was kept.
 * A reading that fails changes nothing.
 */
export async function readSystem(edges: ReadingEdges, job: JobCtx, runId: string): Promise<void> {
  const run = await getRun(job.db, runId);
  if (run === undefined) throw notFound('discovery_run', runId);
  if (!isOpen(run)) return;
  const claim = { systemId: run.systemId, what: 'whole', atOnce: edges.atOnce } as const;
  const read = await asOnlyReader(job, claim, () => carryThrough(edges.targets, job, runId));
  if (read) await wakeNext(job);
  else await queueRun(job.db, runId, new Date(job.clock.now().getTime() + BUSY_MS));
}

/** The next that waits for its turn has it now. */
async function wakeNext(job: JobCtx): Promise<void> {
  const next = await job.db.maybe<{ id: string }>(sql`
    select o.id from discovery_run o left join reading_schedule r on r.system_id = o.system_id
     where o.state in ('waiting', 'applying') and o.problem is null
       and (r.claimed_until is null or r.claimed_until <= ${job.clock.now()})
     order by o.asked_at, o.id limit 1`);
  if (next !== undefined) await queueRun(job.db, next.id);
}

const isOpen = (run: DiscoveryRun): boolean => run.state === 'waiting' || run.state === 'applying';

async function carryThrough(targets: Targets, job: JobCtx, runId: string): Promise<void> {
  const run = await getRun(job.db, runId);
  if (run === undefined || !isOpen(run)) return;
  try {
    if (run.state === 'waiting') {
      await countTry(job.db, run.id);
      await readPieces(targets, job, run);
    }
    await applyRun(job, run);
  } catch (error) {
    if (isOvertaken(error)) return;
    if (isOurTrouble(error)) throw error;
    await breakOff(job, run, error);
  }
}

/** The database is away or busy: the job is run again, and the reading is not to blame. */
const isOurTrouble = (error: unknown): boolean =>
  (error instanceof DbError && !/^2[23]/.test(error.sqlstate)) ||
  (error instanceof AppError && error.code.startsWith('database.'));

/** A reading that kept something is taken up again, a few times; any other has failed. */
async function breakOff(job: JobCtx, run: DiscoveryRun, error: unknown): Promise<void> {
  const problem = error instanceof Error ? error.message : 'failed';
  const staged = await getStagedReading(job.db, run.id);
  const tries = (await getRun(job.db, run.id))?.tries ?? MOST_TRIES;
  const mayGoOn = staged !== undefined && staged.resumeAt !== null && !staged.whole && !isFinal(error);
  if (mayGoOn && tries < MOST_TRIES) {
    await noteProblem(job.db, run.id, `broke off after ${staged.rows} rows, goes on soon: ${problem}`);
    await queueRun(job.db, run.id, new Date(job.clock.now().getTime() + PAUSE_MS * 2 ** tries));
    return;
  }
  await job.act({ action: 'system.read_target' }, async (ctx, permit) => {
    await settleRun(ctx.tx, run.id, { state: 'failed', at: ctx.now, problem });
    // A system that cannot be read as it is set up is not asked every quarter of an hour.
    const atLeastSeconds = SET_UP_WRONG.has(String(codeOf(error))) ? DAY_SECONDS : 0;
    await planNext(ctx.tx, { systemId: run.systemId, now: ctx.now, atLeastSeconds });
    await ctx.record(permit, { event: readingFailed, data: { runId: run.id, systemId: run.systemId, problem } });
  });
  await forgetReading(job.db, run.id);
}

const isFinal = (error: unknown): boolean => error instanceof Error && 'retry' in error && error.retry === false;
const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);
