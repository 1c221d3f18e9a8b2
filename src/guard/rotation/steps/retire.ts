import { readVersion } from '#guard/vault/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { updateDependants } from '../dependants/update-dependants.ts';
import { factsOf, rotationDone, rotationReturning } from '../events.ts';
import { labelOf } from '../issue-api-key.ts';
import type { Rotation } from '../model.ts';
import { openVersion } from '../open-version.ts';
import { reachTarget } from '../reach-target.ts';
import { isRefusal, type Step } from './step.ts';
import { logsIn, retireCredential } from '../set-credential.ts';
import { moveRotation, noteStep } from '../store.ts';

const STILL_TAKEN = 'the target still takes the old credential beside the new one';

/**
 * Has dependants follow; then takes the old value back and looks that it is refused. The last log-on is one with the new
 * value, so that the wrong one does not count against the account.
 */
export const retireStep: Step = async (edges, job, rotation) => {
  const stuck = await updateDependants(edges, job, rotation, 'new');
  if (stuck !== undefined) {
    await job.act({ action: 'secret.update' }, async (ctx, permit) => {
      await moveRotation(ctx.tx, rotation.id, 'promoted', { state: 'returning', problem: stuck });
      await noteStep(ctx.tx, rotation.id, { step: 'update dependants', outcome: 'refused', detail: stuck });
      await ctx.record(permit, { event: rotationReturning, data: { ...factsOf(rotation), problem: stuck } });
    });
    return;
  }
  const problem = await oldOne(edges, job, rotation);
  await job.act({ action: 'secret.update' }, async (ctx, permit) => {
    const moved = await moveRotation(ctx.tx, rotation.id, 'promoted', { state: 'done', problem, endedAt: ctx.now });
    if (moved)
      await noteStep(ctx.tx, rotation.id, {
        step: 'withdraw the old one',
        outcome: problem === null ? 'done' : 'refused',
        detail: problem ?? undefined,
      });
    await ctx.record(permit, {
      event: rotationDone,
      data: {
        ...factsOf(rotation),
        version: rotation.version ?? 0,
        oldStillTaken: problem === null ? undefined : true,
      },
    });
  });
};

/** Null where it is refused from now on, or where there was none. */
async function oldOne(...[edges, job, rotation]: Parameters<Step>): Promise<string | null> {
  const before = await versionBefore(job, rotation);
  const old = before === undefined ? undefined : await openVersion(edges.keys, job, rotation, { version: before });
  const next = await openVersion(edges.keys, job, rotation, { version: rotation.version ?? 0 });
  if (old === undefined || next === undefined) return null;
  const label = await labelOf(job.db, rotation.secretId, old.version);
  return await reachTarget(edges, job, rotation, async (connector, target) => {
    try {
      await retireCredential(connector, target, rotation.accountNativeId, old.credential, label);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return error.message;
    }
    const taken = await logsIn(connector, target, old.credential);
    await logsIn(connector, target, next.credential);
    return taken ? STILL_TAKEN : null;
  });
}

/** The version that was current before; undefined where the first was set, or it cannot be opened any more. */
const versionBefore = async (job: JobCtx, rotation: Rotation): Promise<number | undefined> =>
  (await readVersion(job.db, rotation.secretId, { state: 'previous' }))?.version;
