import { endSessionsOfAccount } from '#guard/sessions/index.ts';
import { promoteVersion } from '#guard/vault/index.ts';
import { noteWorks } from '../checks/store.ts';
import { policyOf } from '../policies/find-policy.ts';
import { planDependants } from '../dependants/store.ts';
import { factsOf, rotationProved } from '../events.ts';
import type { Step } from './step.ts';
import { lockRotation, moveRotation, noteStep } from '../store.ts';
import { endFailed } from './end.ts';
import { takeBack } from './take-back.ts';
import { takes } from './takes.ts';

/** Logs in with the new value. Only then it becomes the current one; the one before is kept. */
export const proveStep: Step = async (edges, job, rotation) => {
  const { takesNew, takesOld } = await takes(edges, job, rotation, { first: 'new' });
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
