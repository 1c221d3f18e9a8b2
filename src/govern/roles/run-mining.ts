import { sql } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { miningBegun, miningDone, miningFailed } from './events.ts';
import { doInThread, type MinedWithUse } from './mine-in-thread.ts';
import type { MiningParameters } from './model.ts';
import { readPopulation, type Population } from './read-population.ts';
import { lockRun, writeCandidates, writeOutliers } from './store.ts';

const LOOK_MS = 500;
const LONGEST_MS = 15 * 60_000;
const MOST_CANDIDATES = 5_000;
const NAMED = 20;

class Cancelled extends Error {}

/**
 * Mines what a run asks for, in a thread. What is found is written in one transaction at the end, so a run that is
 * killed and run again finds the same once. Twice a second it says how far it is, and sees whether it was cancelled.
 */
export async function runMining(job: JobCtx, runId: string): Promise<void> {
  const asked = await begin(job, runId);
  if (asked === undefined) return;
  try {
    const population = await job.db.tx((tx) => readPopulation(tx, asked), {
      readOnly: true,
      isolation: 'repeatable read',
    });
    await finish(job, runId, population, await mineWatched(job, runId, asked, population));
  } catch (error) {
    if (error instanceof Cancelled) return;
    if (!(error instanceof AppError)) job.log.error('role mining failed', { runId, error });
    await fail(
      job,
      runId,
      error instanceof AppError ? error.message : 'it failed inside; the log of the node says why',
    );
  }
}

const begin = (job: JobCtx, runId: string): Promise<MiningParameters | undefined> =>
  job.act({ action: 'role_mining.run' }, async (ctx, permit) => {
    const run = await lockRun(ctx.tx, runId);
    if (run.state !== 'waiting' && run.state !== 'running') return undefined;
    await ctx.tx.run(
      sql`update mining_run set state = 'running', progress = 0, started_at = ${ctx.now} where id = ${runId}`,
    );
    await ctx.record(permit, { event: miningBegun, data: { runId } });
    return run.parameters;
  });

async function mineWatched(job: JobCtx, runId: string, asked: MiningParameters, of: Population): Promise<MinedWithUse> {
  const stop = new AbortController();
  const far = { share: 0, doing: 'reading' };
  const until = performance.now() + LONGEST_MS;
  const look = async (): Promise<void> => {
    const going = await job.db.run(sql`
      update mining_run set progress = ${Math.floor(far.share * 100)}, doing = ${far.doing}
       where id = ${runId} and state = 'running'`);
    if (going === 0) stop.abort(new Cancelled());
    else if (performance.now() > until) stop.abort(tooLong());
  };
  const timer = setInterval(() => void look().catch((error: unknown) => stop.abort(error)), LOOK_MS);
  try {
    return await doInThread(
      {
        what: 'mine',
        users: of.identityIds.length,
        pairs: of.pairs,
        use: of.use,
        names: of.names,
        attributes: of.attributes,
        tolerance: asked.tolerance,
        constraints: {
          mostUsers: asked.mostUsers ?? undefined,
          mostPermissions: asked.mostEntitlements ?? undefined,
          fewestUsers: asked.fewestUsers,
        },
        share: asked.share,
        seed: asked.seed,
      },
      { signal: stop.signal, progress: (share, doing) => Object.assign(far, { share, doing }) },
    );
  } finally {
    clearInterval(timer);
  }
}

const finish = (job: JobCtx, runId: string, of: Population, mined: MinedWithUse): Promise<void> =>
  job.act({ action: 'role_mining.run' }, async (ctx, permit) => {
    const run = await lockRun(ctx.tx, runId);
    if (run.state !== 'running') return;
    const candidates = mined.candidates.slice(0, MOST_CANDIDATES);
    const entitlement = (n: number): string => of.entitlementIds[n] ?? '';
    await writeCandidates(
      ctx.tx,
      candidates.map(({ users, permissions, ...found }, n) => ({
        ...found,
        id: newId(),
        runId,
        position: n + 1,
        identityIds: users.map((user) => of.identityIds[user] ?? ''),
        entitlementIds: permissions.map(entitlement),
        uses: mined.uses[n] ?? null,
      })),
    );
    await writeOutliers(
      ctx.tx,
      runId,
      mined.outliers.map(({ user, score, because }, n) => ({
        rank: n + 1,
        identityId: of.identityIds[user] ?? '',
        score,
        because: because
          .slice(0, NAMED)
          .map(({ permission, ...unusual }) => ({ entitlementId: entitlement(permission), ...unusual })),
      })),
    );
    await ctx.tx.run(sql`
      update mining_run set state = 'done', progress = 100, doing = null, settled_at = ${ctx.now},
             people = ${of.identityIds.length}, entitlements = ${of.entitlementIds.length},
             assignments = ${mined.assignments}, covered = ${mined.covered}, at_least = ${mined.atLeast}
       where id = ${runId}`);
    await ctx.record(permit, {
      event: miningDone,
      data: {
        runId,
        people: of.identityIds.length,
        candidates: candidates.length,
        outliers: mined.outliers.length,
      },
    });
  });

const fail = (job: JobCtx, runId: string, problem: string): Promise<void> =>
  job.act({ action: 'role_mining.run' }, async (ctx, permit) => {
    const run = await lockRun(ctx.tx, runId);
    if (run.state !== 'running') return;
    await ctx.tx.run(sql`
      update mining_run set state = 'failed', problem = ${problem}, settled_at = ${ctx.now} where id = ${runId}`);
    await ctx.record(permit, { event: miningFailed, data: { runId, problem } });
  });

const tooLong = (): AppError =>
  new AppError({
    code: 'role_mining.too_long',
    status: 422,
    detail: `it took longer than ${LONGEST_MS / 60_000} minutes`,
    fix: 'choose systems, a kind of identity or a department',
  });
