import { TargetError, type IsolationCheck, type Targets } from '#connectors/port.ts';
import { settleFindings, tellFinding } from '#guard/discovery/index.ts';
import { sql } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx, JobCtx } from '#spine/operations/index.ts';
import { isolationLost, proofCame } from '../events.ts';
import { PAST_REEVE } from '../lookout/tell-logons.ts';
import { stateOf, withElsewhere, type Isolation } from '../model.ts';
import { getIsolation, planOf } from '../store.ts';
import { tellOwner } from '../tell-owner.ts';

/** A log-on that was not seen again for so long is no longer open in the queue. */
const FORGET_DAYS = 30;
/** The kind of what is put into the queue. */
const LOST = 'isolation_lost';

/** Looks whether a system is closed to everybody but the gateways, and keeps what was found, with its time. */
export async function proveSystem(targets: Targets, job: JobCtx, systemId: string): Promise<void> {
  const isolation = await job.db.tx((tx) => getIsolation(tx, systemId), { readOnly: true });
  if (isolation === undefined) return;
  const checks = await look(targets, job, isolation);
  await job.act({ action: 'isolation.keep' }, (ctx, permit) => keepProof(ctx, permit, systemId, checks));
}

/** What the target says of itself; where it cannot be asked, that is what was found. */
async function look(targets: Targets, job: JobCtx, isolation: Isolation): Promise<readonly IsolationCheck[]> {
  const { systemId } = isolation;
  try {
    const plan = await job.db.tx((tx) => planOf(tx, systemId, isolation), { readOnly: true });
    return await targets.use(systemId, (connector, target) => {
      if (connector.isolation === undefined)
        throw new TargetError('unsupported', `how a system of kind ${target.kind} is closed is not known to Reeve`);
      return connector.isolation.prove(target, plan);
    });
  } catch (error) {
    if (!(error instanceof TargetError) && !(error instanceof AppError)) throw error;
    const outcome = error instanceof TargetError && error.code !== 'unsupported' ? 'failed' : 'unknown';
    return [{ name: 'through_reeve', outcome, evidence: `Reeve could not look: ${error.message}` }];
  }
}

async function keepProof(ctx: Ctx, permit: Permit, systemId: string, checks: readonly IsolationCheck[]): Promise<void> {
  const before = await getIsolation(ctx.tx, systemId);
  if (before === undefined) return;
  const all = withElsewhere(checks, before.elsewhere);
  const state = stateOf(all);
  await ctx.tx.run(sql`
    update isolation set proof = ${sql.json(checks)}::jsonb, proof_state = ${state}, proof_at = ${ctx.now}, proof_asked_at = null,
      proved_at = case when ${state} = 'proved' then ${ctx.now} else proved_at end
     where system_id = ${systemId}`);
  const named = (outcome: IsolationCheck['outcome']): string[] =>
    all.filter((check) => check.outcome === outcome).map(({ name }) => name);
  await ctx.record(permit, {
    event: proofCame,
    data: { systemId, state, failed: named('failed'), unknown: named('unknown') },
  });
  await followUp(ctx, permit, {
    systemId,
    checks: all,
    provedBefore: before.provedAt !== null,
    failed: named('failed'),
  });
}

/** What was so once and is not any more waits in the queue; what passes again is gone from it. */
async function followUp(
  ctx: Ctx,
  permit: Permit,
  input: {
    readonly systemId: string;
    readonly checks: readonly IsolationCheck[];
    readonly provedBefore: boolean;
    readonly failed: readonly string[];
  },
): Promise<void> {
  const { systemId, checks, provedBefore } = input;
  const unsure = checks.filter(({ outcome }) => outcome !== 'passed').map(({ name }) => name);
  await settleFindings(ctx, { systemId, kind: LOST, but: unsure });
  const seenBefore = new Date(ctx.now.getTime() - FORGET_DAYS * 86_400_000);
  await settleFindings(ctx, { systemId, kind: PAST_REEVE, seenBefore });
  if (!provedBefore) return;
  const lost: IsolationCheck[] = [];
  for (const check of checks.filter(({ outcome }) => outcome === 'failed')) {
    const isNew = await tellFinding(ctx, permit, {
      systemId,
      account: '',
      kind: LOST,
      about: check.name,
      severity: 'high',
      reason: 'was closed to everybody but the gateways, and is not any more',
      evidence: check.evidence,
      byHand: 'put back what reeve isolate show says, then reeve isolate prove',
    });
    if (isNew) lost.push(check);
  }
  if (lost.length === 0) return;
  await ctx.record(permit, { event: isolationLost, data: { systemId, failed: lost.map(({ name }) => name) } });
  await tellOwner(ctx, permit, {
    systemId,
    template: 'isolation.lost',
    path: `/systems/${systemId}`,
    facts: { what: lost.map(({ evidence }) => evidence).join('\n') },
  });
}
