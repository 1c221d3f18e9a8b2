import { factsOf, rotationApplied } from '../events.ts';
import type { Rotation } from '../model.ts';
import { openVersion } from '../open-version.ts';
import { reachTarget } from '../reach-target.ts';
import { isRefusal, type Step } from './step.ts';
import { setCredential } from '../set-credential.ts';
import { moveRotation, noteStep } from '../store.ts';
import { endFailed } from './end.ts';
import { takes } from './takes.ts';

/** Sets the sealed value on the target. Said again after a kill, it changes nothing. */
export const applyStep: Step = async (edges, job, rotation) => {
  const pending = await openVersion(edges.keys, job, rotation, { state: 'pending' });
  if (pending === undefined || pending.version !== rotation.version)
    return await endFailed(edges, job, rotation, {
      step: 'set',
      problem: 'the value that was sealed for it is no longer pending',
      abandon: false,
    });
  let through: Rotation['through'];
  try {
    through = await reachTarget(edges, job, rotation, async (connector, target, by) => {
      await setCredential(connector, target, rotation.accountNativeId, pending.credential);
      return by;
    });
  } catch (error) {
    if (!isRefusal(error)) throw error;
    // A target that remembers passwords refuses one that it took already, before a kill: it is asked which it takes.
    const { takesNew, takesOld } = await takes(edges, job, rotation, { first: 'old' });
    if (!takesNew)
      return await endFailed(edges, job, rotation, {
        step: 'set',
        problem: error.message,
        abandon: true,
        works: takesOld,
      });
    ({ through } = rotation);
  }
  await job.act({ action: 'secret.update' }, async (ctx, permit) => {
    const moved = await moveRotation(ctx.tx, rotation.id, 'sealed', { state: 'applied', through, problem: null });
    if (moved) {
      const detail = through === 'reconcile' ? 'by the reconcile account' : undefined;
      await noteStep(ctx.tx, rotation.id, { step: 'set', outcome: 'done', detail });
    }
    await ctx.record(permit, { event: rotationApplied, data: { ...factsOf(rotation), version: pending.version } });
  });
};
