import { sql } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { improvementsFailed, improvementsFound } from '../events.ts';
import { doInThread } from '../mine-in-thread.ts';
import { kept, lockImprovementRun } from './kept-improvements.ts';
import { readRoles } from './read-roles.ts';

export const IMPROVE = 'roles.improve';
const LOOK_MS = 500;
const LONGEST_MS = 15 * 60_000;
const DAY_MS = 86_400_000;
/** Improvements a run keeps. */
export const MOST = 500;

class Cancelled extends Error {}

/**
 * Looks through the roles there are in a thread, and keeps what is found in one transaction at the end: a run that is
 * killed and run again finds the same once. Twice a second it says how far it is, and sees whether it was cancelled.
 */
export async function runImprovements(job: JobCtx, runId: string): Promise<void> {
  const days = await begin(job, runId);
  if (days === undefined) return;
  try {
    const now = await job.db.tx((tx) => readRoles(tx, new Date(tx.now.getTime() - days * DAY_MS)), {
      readOnly: true,
      isolation: 'repeatable read',
    });
    const found = await watched(job, runId, { what: 'improve', kept: now.kept, people: now.identityIds.length });
    await settle(job, runId, async (ctx, permit) => {
      await ctx.tx.run(sql`
        update improvement_run set state = 'done', progress = 100, settled_at = ${ctx.now}, roles = ${now.roles.length},
               found = ${found.length}, items = ${sql.json(kept(now, found.slice(0, MOST)))}::jsonb where id = ${runId}`);
      await ctx.record(permit, {
        event: improvementsFound,
        data: { runId, roles: now.roles.length, found: found.length },
      });
    });
  } catch (error) {
    if (error instanceof Cancelled) return;
    if (!(error instanceof AppError)) job.log.error('looking for better roles failed', { runId, error });
    const problem = error instanceof AppError ? error.message : 'it failed inside; the log of the node says why';
    await settle(job, runId, async (ctx, permit) => {
      await ctx.tx.run(sql`
        update improvement_run set state = 'failed', problem = ${problem}, settled_at = ${ctx.now} where id = ${runId}`);
      await ctx.record(permit, { event: improvementsFailed, data: { runId, problem } });
    });
  }
}

const begin = (job: JobCtx, runId: string): Promise<number | undefined> =>
  job.act({ action: 'role_improvement.run' }, async (ctx) => {
    const run = await lockImprovementRun(ctx.tx, runId);
    if (run.state !== 'waiting' && run.state !== 'running') return undefined;
    await ctx.tx.run(sql`update improvement_run set state = 'running', progress = 0 where id = ${runId}`);
    return run.days;
  });

type Settling = Parameters<JobCtx['act']>[1];

const settle = (job: JobCtx, runId: string, work: Settling): Promise<void> =>
  job.act({ action: 'role_improvement.run' }, async (ctx, permit) => {
    if ((await lockImprovementRun(ctx.tx, runId)).state === 'running') await work(ctx, permit);
  });

async function watched(job: JobCtx, runId: string, task: Parameters<typeof doInThread>[0] & { what: 'improve' }) {
  const stop = new AbortController();
  const far = { share: 0 };
  const until = performance.now() + LONGEST_MS;
  const look = async (): Promise<void> => {
    const going = await job.db.run(sql`
      update improvement_run set progress = ${Math.floor(far.share * 100)} where id = ${runId} and state = 'running'`);
    if (going === 0) stop.abort(new Cancelled());
    else if (performance.now() > until) stop.abort(tooLong());
  };
  const timer = setInterval(() => void look().catch((error: unknown) => stop.abort(error)), LOOK_MS);
  try {
    return await doInThread(task, { signal: stop.signal, progress: (share) => void (far.share = share) });
  } finally {
    clearInterval(timer);
  }
}

const tooLong = (): AppError =>
  new AppError({
    code: 'role_improvement.too_long',
    status: 422,
    detail: `it took longer than ${LONGEST_MS / 60_000} minutes`,
    fix: 'retire roles that nobody holds first: reeve roles ls',
  });
