import { endSessionsOfAccount } from '#guard/sessions/index.ts';
import { promoteVersion } from '#guard/vault/index.ts';
import { noteWorks } from '../checks/store.ts';
import { policyOf } from '../policies/find-policy.ts';
import { planDependants } from '../dependants/store.ts';
import { factsOf, rotationProved } from '../events.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import type { Rotation } from '../model.ts';
import { openVersion } from '../open-version.ts';
import { reachTarget, type RotationEdges } from '../reach-target.ts';
import { logsIn, setCredential } from '../set-credential.ts';
import { isRefusal, type Step } from './step.ts';
import { lockRotation, moveRotation, noteStep } from '../store.ts';
import { endFailed } from './end.ts';
import { takeBack } from './take-back.ts';
import { takes } from './takes.ts';

/** Logs in with the new value. Only then it becomes the current one; the one before is kept. */
export const proveStep: Step = async (edges, job, rotation) => {
  const found = await takes(edges, job, rotation, { first: 'new' });
  const { takesOld } = found;
  const takesNew = found.takesNew || (!takesOld && (await takesOnceMore(edges, job, rotation)));
  if (takesOld) await takeBack(edges, job, rotation);
  if (!takesNew)
    return await endFailed(edges, job, rotation, {
      step: 'prove',
      problem: takesOld
        ? 'the target does not take the new credential; the old one still works'
        : 'the new credential was set but no log-on proves it: may this account log in at all?',
      abandon: takesOld,
    });
  const policy = await policyOf(job.db, rotation);
  await job.act({ action: 'secret.update' }, async (ctx, permit) => {
    const now = await lockRotation(ctx.tx, rotation.id);
    if (now?.state !== 'applied' || now.version === null) return;
    await promoteVersion(edges.keys, ctx, permit, { secretId: rotation.secretId, version: now.version });
    await moveRotation(ctx.tx, rotation.id, 'applied', { state: 'promoted', problem: null });
    await noteStep(ctx.tx, rotation.id, { step: 'prove', outcome: 'done' });
    await planDependants(ctx.tx, rotation.id, rotation.secretId);
    // Whoever came in by the old value since it was told to end them goes too.
    if (rotation.cause === 'incident')
      await endSessionsOfAccount(ctx, permit, rotation.accountId, 'its credential was changed');
    await noteWorks(ctx.tx, { secretId: rotation.secretId, version: now.version, policy });
    await ctx.record(permit, { event: rotationProved, data: { ...factsOf(rotation), version: now.version } });
  });
};

/**
 * Neither value works: something else was set since. A busy domain controller carries out what a killed Reeve had asked
 * long ago; so the new one is set once more before it is given up and reported.
 */
async function takesOnceMore(edges: RotationEdges, job: JobCtx, rotation: Rotation): Promise<boolean> {
  const next = await openVersion(edges.keys, job, rotation, { version: rotation.version ?? 0 });
  if (next?.credential.kind !== 'password') return false;
  const { credential } = next;
  try {
    return await reachTarget(edges, job, rotation, async (connector, target) => {
      await setCredential(connector, target, rotation.accountNativeId, credential);
      return await logsIn(connector, target, credential);
    });
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return false;
  }
}
