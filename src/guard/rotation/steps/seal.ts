import { readVersion, sealVersion } from '#guard/vault/index.ts';
import { issueApiKey } from '../issue-api-key.ts';
import { newValue } from '../generate-value.ts';
import { isRotatedKind } from '../model.ts';
import { policyOf } from '../policies/find-policy.ts';
import type { Step } from './step.ts';
import { moveRotation, noteStep } from '../store.ts';

/** Seals the new value, pending, before anything of the target is changed. */
export const sealStep: Step = async (edges, job, rotation) => {
  const { secretKind: kind, secretId } = rotation;
  if (!isRotatedKind(kind)) throw new Error(`a secret of kind ${kind} is not rotated`);
  const rules = (await policyOf(job.db, rotation)).generator;
  const kept = await readVersion(job.db, secretId, { state: 'pending' });
  // The service makes the value of an API key; until it is sealed it is known by its label and taken back.
  const issued = kept === undefined && kind === 'api_key' ? await issueApiKey(edges, job, rotation) : undefined;
  await job.act({ action: 'secret.update' }, async (ctx, permit) => {
    const pending = await readVersion(ctx.tx, secretId, { state: 'pending' });
    if (pending !== undefined) {
      // A value that was set but could not be proved is still the best we know: it is tried again, not replaced.
      await moveRotation(ctx.tx, rotation.id, 'planned', { state: 'sealed', version: pending.version });
      await noteStep(ctx.tx, rotation.id, { step: 'seal', outcome: 'done', detail: 'a value sealed before is kept' });
      return;
    }
    const value = issued ?? newValue(kind === 'api_key' ? 'password' : kind, rules);
    const version = await sealVersion(edges.keys, ctx, permit, {
      secretId,
      value,
      username: rotation.accountNativeId,
    });
    value.fill(0);
    await moveRotation(ctx.tx, rotation.id, 'planned', { state: 'sealed', version, problem: null });
    await noteStep(ctx.tx, rotation.id, { step: 'seal', outcome: 'done' });
  });
};
