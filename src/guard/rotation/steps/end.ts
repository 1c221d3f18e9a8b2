import { abandonVersion } from '#guard/vault/index.ts';
import type { Ctx, JobCtx } from '#spine/operations/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { noteUnproved } from '../checks/store.ts';
import { factsOf, rotationFailed } from '../events.ts';
import type { Rotation } from '../model.ts';
import type { RotationEdges } from '../reach-target.ts';
import { lockRotation, moveRotation, noteStep } from '../store.ts';

/**
 * Ends a rotation before its value became the current one. `abandon`: the old value is known to work. Else the new one is
 * kept, pending, since it may be the one that is set, and the credential is reported as one that may not work.
 */
export async function endFailed(
  edges: RotationEdges,
  job: JobCtx,
  rotation: Rotation,
  end: {
    readonly step: string;
    readonly problem: string;
    readonly abandon: boolean;
    /** Whether the old value is known to work; default where the new one is given up. */
    readonly works?: boolean;
  },
): Promise<void> {
  const { step, problem, abandon, works = abandon } = end;
  await job.act({ action: 'secret.update' }, async (ctx: Ctx, permit: Permit) => {
    const now = await lockRotation(ctx.tx, rotation.id);
    if (now === undefined || now.endedAt !== null) return;
    if (abandon && now.version !== null)
      await abandonVersion(edges.keys, ctx, permit, {
        secretId: rotation.secretId,
        version: now.version,
        because: problem,
      });
    await moveRotation(ctx.tx, rotation.id, now.state, { state: 'failed', problem, endedAt: ctx.now });
    await noteStep(ctx.tx, rotation.id, { step, outcome: 'refused', detail: problem });
    if (!works) await noteUnproved(ctx.tx, rotation.secretId, problem);
    await ctx.record(permit, { event: rotationFailed, data: { ...factsOf(rotation), problem } });
  });
}
