import type { ReadingChanges, Target } from '#connectors/port.ts';
import { sql } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import {
  applyChanges,
  changedAnything,
  getReadingMark,
  getSystem,
  loseMark,
  type ReadingResult,
} from '#spine/graph/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { readingFailed } from '../events.ts';
import { asOnlyReader } from '../schedule/claim-system.ts';
import { getSchedule } from '../schedule/store.ts';
import { tellFromReading } from '../queue/tell-from-reading.ts';
import { askReading, READING_PRIORITY } from './ask-reading.ts';
import { judgeLoss } from './judge-loss.ts';
import { readAsOf } from './read-pieces.ts';
import type { ReadingEdges } from './read-whole.ts';

export const READ_CHANGES = 'discovery.read_changes';
const ACT = { action: 'system.read_target' } as const;
const BUSY_MS = 2_000;
const PATIENCE_MS = 600_000;

/** Queues a look at what changed on a system; one that waits already is that one. */
export const queueChanges = (tx: Parameters<typeof enqueue>[0], systemId: string, runAt?: Date): Promise<void> =>
  enqueue(
    tx,
    READ_CHANGES,
    { systemId },
    {
      key: `${READ_CHANGES}:${systemId}`,
      priority: READING_PRIORITY,
      maxAttempts: 3,
      ...(runAt === undefined ? {} : { runAt }),
    },
  );

/**
 * Looks at what changed on a system since its mark and makes the graph agree. A look that finds nothing leaves no
 * trace. Where the target no longer knows the mark, or what it tells does not fit or takes too much away, the mark is
 * given up and a whole reading asked for.
 */
export async function readChanges(edges: ReadingEdges, job: JobCtx, systemId: string): Promise<void> {
  const claim = { systemId, what: 'changes', atOnce: edges.atOnce } as const;
  const looked = await asOnlyReader(job, claim, () => look(edges, job, systemId));
  if (!looked) await queueChanges(job.db, systemId, new Date(job.clock.now().getTime() + BUSY_MS));
}

async function look(edges: ReadingEdges, job: JobCtx, systemId: string): Promise<void> {
  const since = (await getReadingMark(job.db, systemId))?.mark;
  const open = await job.db.maybe(
    sql`select id from discovery_run where system_id = ${systemId} and state in ('waiting', 'applying')`,
  );
  if (since === undefined || since === null || open !== undefined) return;
  const readAt = job.clock.now();
  let seen: { readonly changes: ReadingChanges | undefined; readonly target: Target };
  try {
    seen = await edges.targets.use(systemId, async (connector, target) => ({
      changes: await connector.readChanges?.(target, since),
      target,
    }));
  } catch (error) {
    await noteFailure(job, systemId, error);
    return;
  }
  await job.db.run(
    sql`update reading_schedule set changes_problem = null where system_id = ${systemId} and changes_problem is not null`,
  );
  const { changes } = seen;
  if (changes === undefined) await readWholeInstead(job, systemId);
  else if (!isEmpty(changes) || changes.mark !== since)
    await apply(job, { systemId, changes, since, readAt, readAs: readAsOf(seen.target) });
}

const isEmpty = ({ mark: _mark, ...lists }: ReadingChanges): boolean =>
  Object.values(lists).every((list) => list.length === 0);

async function apply(
  job: JobCtx,
  input: {
    readonly systemId: string;
    readonly changes: ReadingChanges;
    readonly since: string;
    readonly readAt: Date;
    readonly readAs: string;
  },
): Promise<void> {
  const { systemId } = input;
  try {
    const { untrusted } = await job.act({ ...ACT, statementTimeoutMs: PATIENCE_MS }, async (ctx, permit) => {
      const schedule = await getSchedule(ctx.tx, systemId);
      const trusted = judgeLoss(schedule ?? { maxLossPercent: 0, maxLossFree: 0 }, 'changes');
      const before = await getSystem(ctx.tx, systemId);
      const result = await applyChanges(ctx, permit, { ...input, trusted });
      if (!changedAnything(result.counts)) return result;
      await tellFromReading(ctx, permit, {
        systemId,
        trusted: result.untrusted === undefined,
        lastReadAt: before?.lastReadAt ?? null,
        changedNow: true,
      });
      await ctx.tx.run(insertRun(systemId, ctx.now, result));
      return result;
    });
    if (untrusted !== undefined) await readWholeInstead(job, systemId);
  } catch (error) {
    if (!(error instanceof AppError) || !error.code.startsWith('reading.')) throw error;
    job.log.warn('what changed on a system does not fit what is known of it; it is read whole', { systemId, error });
    await readWholeInstead(job, systemId);
  }
}

/** Changes are worth a run once something came of them. */
const insertRun = (systemId: string, now: Date, { counts, untrusted }: ReadingResult) => sql`
  insert into discovery_run (id, system_id, kind, state, rows, counts, trusted, problem, asked_at, ended_at)
  values (${newId(now.getTime())}, ${systemId}, 'changes', 'done',
          ${counts.accounts + counts.entitlements + counts.holdings}, ${sql.json(counts)}::jsonb, ${untrusted === undefined},
          ${untrusted === undefined ? null : `${untrusted}; nothing was taken away, and the system is read whole`},
          ${now}, ${now})`;

const readWholeInstead = async (job: JobCtx, systemId: string): Promise<void> => {
  await job.act({ action: 'system.ask_reading', resource: { type: 'System', id: systemId } }, async (ctx, permit) => {
    await loseMark(ctx, permit, systemId);
    await askReading(ctx, permit, { systemId });
  });
};

/** Says once that a system does not answer, not at every look. */
async function noteFailure(job: JobCtx, systemId: string, error: unknown): Promise<void> {
  const problem = error instanceof Error ? error.message : 'failed';
  await job.act(ACT, async (ctx, permit) => {
    const known = await getSchedule(ctx.tx, systemId);
    await ctx.tx.run(sql`update reading_schedule set changes_problem = ${problem} where system_id = ${systemId}`);
    if (known?.changesProblem !== null) return;
    const runId = newId(ctx.now.getTime());
    await ctx.tx.run(sql`
      insert into discovery_run (id, system_id, kind, state, problem, asked_at, ended_at)
      values (${runId}, ${systemId}, 'changes', 'failed', ${problem}, ${ctx.now}, ${ctx.now})`);
    await ctx.record(permit, { event: readingFailed, data: { runId, systemId, problem } });
  });
}
