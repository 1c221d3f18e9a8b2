import { abandonVersion, promoteVersion, readVersion, sealVersion } from '#guard/vault/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { noteWorks } from '../checks/store.ts';
import { leaveStale, updateDependants } from '../dependants/update-dependants.ts';
import { factsOf, rotationFailed } from '../events.ts';
import type { Rotation } from '../model.ts';
import { openVersion } from '../open-version.ts';
import { policyOf } from '../policies/find-policy.ts';
import { reachTarget, type RotationEdges } from '../reach-target.ts';
import { isRefusal, type Step } from './step.ts';
import { logsIn, setCredential } from '../set-credential.ts';
import { lockRotation, moveRotation, noteStep } from '../store.ts';
import { takeBack } from './take-back.ts';
import { textOfCredential } from '../text-of-credential.ts';

/**
 * A dependant could not follow: the target gets the old value again. As in any rotation it is sealed first, pending, as a
 * version of its own, and becomes the current one when a log-on has proved it. Where the target does not take it back, the
 * new value stays the current one, and the dependants that do not have it are reported.
 */
export const goBackStep: Step = async (edges, job, rotation) => {
  const back = await sealOld(edges, job, rotation);
  if (back === undefined) return await stayNew(edges, job, rotation, 'there is no value before this one to go back to');
  const refusal = await setOld(edges, job, rotation, back);
  if (refusal !== undefined) return await stayNew(edges, job, rotation, refusal);
  const policy = await policyOf(job.db, rotation);
  await job.act({ action: 'secret.update' }, async (ctx, permit) => {
    const now = await lockRotation(ctx.tx, rotation.id);
    if (now?.state !== 'returning') return;
    await promoteVersion(edges.keys, ctx, permit, { secretId: rotation.secretId, version: back });
    await moveRotation(ctx.tx, rotation.id, 'returning', { state: 'returned', backVersion: back });
    await noteStep(ctx.tx, rotation.id, { step: 'go back', outcome: 'done' });
    await noteWorks(ctx.tx, { secretId: rotation.secretId, version: back, policy });
  });
};

/** The number of the version that holds the old value again. */
async function sealOld(edges: RotationEdges, job: JobCtx, rotation: Rotation): Promise<number | undefined> {
  const pending = await readVersion(job.db, rotation.secretId, { state: 'pending' });
  if (pending !== undefined) return pending.version;
  const old = await openVersion(edges.keys, job, rotation, { state: 'previous' });
  if (old === undefined) return undefined;
  const { credential } = old;
  return await job.act({ action: 'secret.update' }, async (ctx, permit) => {
    const value = Buffer.from(textOfCredential(credential));
    const version = await sealVersion(edges.keys, ctx, permit, {
      secretId: rotation.secretId,
      value,
      username: credential.username,
    });
    value.fill(0);
    return version;
  });
}

/** Undefined once the target takes it again; else why it does not, for good. */
async function setOld(
  edges: RotationEdges,
  job: JobCtx,
  rotation: Rotation,
  back: number,
): Promise<string | undefined> {
  const old = await openVersion(edges.keys, job, rotation, { version: back });
  if (old === undefined) return 'the value before this one does not open';
  try {
    return await reachTarget(edges, job, rotation, async (connector, target) => {
      await setCredential(connector, target, rotation.accountNativeId, old.credential);
      return (await logsIn(connector, target, old.credential)) ? undefined : 'no log-on proves the old value';
    });
  } catch (error) {
    if (isRefusal(error)) return error.message;
    throw error;
  }
}

async function stayNew(edges: RotationEdges, job: JobCtx, rotation: Rotation, why: string): Promise<void> {
  const problem = `${rotation.problem ?? 'a dependant could not follow'}; the target does not go back (${why}), so the new value stays`;
  await job.act({ action: 'secret.update' }, async (ctx, permit) => {
    const now = await lockRotation(ctx.tx, rotation.id);
    if (now?.state !== 'returning') return;
    const pending = await readVersion(ctx.tx, rotation.secretId, { state: 'pending' });
    if (pending !== undefined)
      await abandonVersion(edges.keys, ctx, permit, {
        secretId: rotation.secretId,
        version: pending.version,
        because: why,
      });
    const stale = await leaveStale(ctx.tx, rotation.id, ['waiting', 'refused']);
    await moveRotation(ctx.tx, rotation.id, 'returning', { state: 'failed', problem, endedAt: ctx.now });
    await noteStep(ctx.tx, rotation.id, { step: 'go back', outcome: 'refused', detail: why });
    await ctx.record(permit, {
      event: rotationFailed,
      data: { ...factsOf(rotation), problem, staleDependants: stale },
    });
  });
}

/** The target has the old value again: dependants get it too, in reverse order, and the new one is taken back. */
export const returnDependantsStep: Step = async (edges, job, rotation) => {
  await updateDependants(edges, job, rotation, 'old');
  await takeBack(edges, job, rotation);
  await job.act({ action: 'secret.update' }, async (ctx, permit) => {
    const problem = `${rotation.problem ?? 'a dependant could not follow'}; everything has the old value again`;
    const stale = await leaveStale(ctx.tx, rotation.id, ['updated']);
    const said = stale === 0 ? problem : `${problem}, but for ${stale} of its dependants`;
    const moved = await moveRotation(ctx.tx, rotation.id, 'returned', {
      state: 'failed',
      problem: said,
      endedAt: ctx.now,
    });
    if (moved) await noteStep(ctx.tx, rotation.id, { step: 'put dependants back', outcome: 'done' });
    await ctx.record(permit, {
      event: rotationFailed,
      data: { ...factsOf(rotation), problem: said, staleDependants: stale },
    });
  });
};
