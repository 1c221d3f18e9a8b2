import { sql } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { computeImpact, seenBy } from './compute-impact.ts';
import { changesOf } from './change-of-version.ts';
import { named } from './draft-version.ts';
import type { Edges } from './edges.ts';
import { impactFailed, impactReported } from './events.ts';
import { forgetOldChanges } from './freshness.ts';
import type { RoleVersion } from './model.ts';
import { findImpact, requireVersion, writePeople } from './store.ts';

const LOOK_MS = 500;
const STATEMENT_MS = 10 * 60_000;

/**
 * Finds out what would follow from a version, on one state of the data, and writes it in one transaction. Killed and run
 * again it writes once; what is said of the draft meanwhile makes it a report of an older revision.
 */
export async function runImpact(job: JobCtx, edges: Edges, versionId: string): Promise<void> {
  const version = await begin(job, versionId);
  if (version === undefined) return;
  const far = { share: 0 };
  const timer = setInterval(() => {
    const said = sql`update role_impact set progress = ${Math.floor(far.share * 99)} where version_id = ${versionId} and state = 'running'`;
    void job.db.run(said).catch((error: unknown) => job.log.warn('progress was not noted', { error }));
  }, LOOK_MS);
  try {
    const found = await job.db.tx(
      async (tx) => {
        const seen = await seenBy(tx);
        const asked = await changesOf(tx, version);
        const progress = (share: number): void => void (far.share = share);
        return { ...seen, asOf: tx.now, ...(await computeImpact(tx, asked, { ...edges, progress })) };
      },
      { isolation: 'repeatable read', statementTimeoutMs: STATEMENT_MS },
    );
    await finish(job, version, found);
  } catch (error) {
    job.log.error('the impact of a role version was not found out', { versionId, error });
    await fail(
      job,
      version,
      error instanceof AppError ? error.message : 'it failed inside; the log of the node says why',
    );
  } finally {
    clearInterval(timer);
  }
}

const begin = (job: JobCtx, versionId: string): Promise<RoleVersion | undefined> =>
  job.act({ action: 'role_version.report' }, async (ctx) => {
    const impact = await findImpact(ctx.tx, versionId);
    if (impact === undefined || (impact.state !== 'waiting' && impact.state !== 'running')) return undefined;
    // Kept from now on, so that nobody forgets a change this report will not have seen.
    await ctx.tx.run(sql`
      update role_impact set state = 'running', progress = 0, snapshot = pg_current_snapshot()::text where version_id = ${versionId}`);
    await forgetOldChanges(ctx.tx);
    return await requireVersion(ctx.tx, versionId);
  });

type Found = Awaited<ReturnType<typeof computeImpact>> & Awaited<ReturnType<typeof seenBy>> & { readonly asOf: Date };

const finish = (job: JobCtx, version: RoleVersion, found: Found): Promise<void> =>
  job.act({ action: 'role_version.report' }, async (ctx, permit) => {
    const written = await ctx.tx.run(sql`
      update role_impact set state = 'done', progress = 100, as_of = ${found.asOf}, snapshot = ${found.snapshot},
             server_started = ${found.serverStarted}, good_until = ${found.goodUntil}, numbers = ${sql.json(found.numbers)}::jsonb
       where version_id = ${version.id} and revision = ${version.revision} and state = 'running'`);
    if (written === 0) return;
    await writePeople(ctx.tx, version.id, found.people);
    const { holders, gaining, losing, assigned, unassigned, blocked, sessionIds } = found.numbers;
    await ctx.record(permit, {
      event: impactReported,
      data: {
        ...named(version),
        revision: version.revision,
        holders,
        gaining,
        losing,
        assigned,
        unassigned,
        blocked,
        sessions: sessionIds.length,
      },
    });
  });

const fail = (job: JobCtx, version: RoleVersion, problem: string): Promise<void> =>
  job.act({ action: 'role_version.report' }, async (ctx, permit) => {
    const written = await ctx.tx.run(sql`
      update role_impact set state = 'failed', problem = ${problem}
       where version_id = ${version.id} and revision = ${version.revision} and state = 'running'`);
    if (written > 0) await ctx.record(permit, { event: impactFailed, data: { ...named(version), problem } });
  });
