import type { Reading, Targets } from '#connectors/port.ts';
import { sql, type Queryable, type Tx } from '#kit/db/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import { notFound } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { applyReading, findAccountEntitlement, putEntitlement, requireSystem } from '#spine/graph/index.ts';
import type { Ctx, JobCtx } from '#spine/operations/index.ts';
import { readingAsked, readingFailed } from './events.ts';
import { tellFindings } from './tell-findings.ts';

export const READ_SYSTEM = 'discovery.read';
/** A reading with fewer than this share of the accounts there were takes nothing away until a person looked. */
const TRUSTED_SHARE = 0.5;

/** Asks for a whole reading of a system; one that waits already is that one. */
export async function askReading(
  ctx: Ctx,
  permit: Permit,
  input: { readonly systemId: string },
): Promise<{ runId: string }> {
  const system = await requireSystem(ctx.tx, input.systemId);
  const waiting = await ctx.tx.maybe<{ id: string }>(
    sql`select id from discovery_run where system_id = ${system.id} and state = 'waiting' order by asked_at limit 1`,
  );
  const runId = waiting?.id ?? newId(ctx.now.getTime());
  if (waiting === undefined)
    await ctx.tx.run(sql`insert into discovery_run (id, system_id) values (${runId}, ${system.id})`);
  await ctx.record(permit, { event: readingAsked, data: { runId, systemId: system.id } });
  await enqueue(ctx.tx, READ_SYSTEM, { runId }, { key: `read:${runId}`, maxAttempts: 5 });
  return { runId };
}

const accountsKnown = async (tx: Queryable, systemId: string): Promise<number> =>
  (
    await tx.one<{ n: number }>(
      sql`select count(*) as n from account where system_id = ${systemId} and valid_to is null`,
    )
  ).n;

/**
 * Reads a system whole and makes the graph agree, then tells what was found. A reading that fails changes nothing;
 * one that is suddenly half as long is not trusted, so it can add and never take away.
 */
export async function readSystem(targets: Targets, job: JobCtx, runId: string): Promise<void> {
  const run = await job.db.maybe<{ systemId: string; state: string }>(
    sql`select system_id, state from discovery_run where id = ${runId}`,
  );
  if (run === undefined) throw notFound('discovery_run', runId);
  if (run.state !== 'waiting') return;
  const readAt = job.clock.now();
  let reading: Reading;
  try {
    reading = await targets.use(run.systemId, (connector, target) => connector.read(target));
  } catch (error) {
    await fail(job, runId, run.systemId, error);
    return;
  }
  await job.act({ action: 'system.read_target' }, async (ctx, permit) => {
    const known = await accountsKnown(ctx.tx, run.systemId);
    const trusted = reading.accounts.length >= known * TRUSTED_SHARE;
    const result = await applyReading(ctx, permit, { systemId: run.systemId, reading, trusted, readAt });
    await offerSharedAccounts(ctx, permit, run.systemId);
    await tellFindings(ctx, permit, { systemId: run.systemId, trusted });
    await ctx.tx.run(sql`
      update discovery_run set state = 'done', ended_at = ${ctx.now}, counts = ${sql.json(result.counts)}::jsonb, trusted = ${trusted},
        problem = ${trusted ? null : `only ${reading.accounts.length} of ${known} accounts were there; nothing was taken away`}
      where id = ${runId}`);
  });
}

async function fail(job: JobCtx, runId: string, systemId: string, error: unknown): Promise<void> {
  const problem = error instanceof Error ? error.message : 'failed';
  await job.act({ action: 'system.read_target' }, async (ctx, permit) => {
    await ctx.tx.run(
      sql`update discovery_run set state = 'failed', ended_at = ${ctx.now}, problem = ${problem} where id = ${runId}`,
    );
    await ctx.record(permit, { event: readingFailed, data: { runId, systemId, problem } });
  });
}

/** The use of a shared or built-in privileged account, such as root, is an entitlement that can be granted. */
async function offerSharedAccounts(ctx: Ctx, permit: Permit, systemId: string): Promise<void> {
  const shared = await sharedAccounts(ctx.tx, systemId);
  for (const account of shared) {
    if ((await findAccountEntitlement(ctx.tx, account.id)) !== undefined) continue;
    await putEntitlement(ctx, permit, {
      systemId,
      kind: 'account',
      nativeId: `account:${account.nativeId}`,
      name: `use ${account.name}`,
      accountId: account.id,
      risk: 'critical',
      markedPrivileged: true,
      maxSeconds: 8 * 3600,
    });
  }
}

const sharedAccounts = (tx: Tx, systemId: string): Promise<{ id: string; nativeId: string; name: string }[]> =>
  tx.many(sql`
    select id, native_id, name from account
    where system_id = ${systemId} and valid_to is null and privileged and identity_id is null and (kind = 'shared' or name in ('root', 'postgres'))`);
