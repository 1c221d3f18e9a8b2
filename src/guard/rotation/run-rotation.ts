import type { JobCtx } from '#spine/operations/index.ts';
import type { RotationState } from './model.ts';
import type { RotationEdges } from './reach-target.ts';
import { applyStep } from './steps/apply.ts';
import { endFailed } from './steps/end.ts';
import { goBackStep, returnDependantsStep } from './steps/go-back.ts';
import { proveStep } from './steps/prove.ts';
import { retireStep } from './steps/retire.ts';
import { sealStep } from './steps/seal.ts';
import { isUnsupported, type Step } from './steps/step.ts';
import { countTry, getRotation, noteStep } from './store.ts';

const STEPS: Readonly<Record<Exclude<RotationState, 'done' | 'failed' | 'cancelled'>, readonly [string, Step]>> = {
  planned: ['seal', sealStep],
  sealed: ['set', applyStep],
  applied: ['prove', proveStep],
  promoted: ['finish', retireStep],
  returning: ['go back', goBackStep],
  returned: ['put dependants back', returnDependantsStep],
};

/**
 * Takes a rotation as far as it will go. Killed anywhere, the next run goes on in the state that was committed last: the
 * new value was sealed before the target was changed, setting it again changes nothing, and which value the target takes
 * is found out by logging in with it, never assumed. Throws where a later try may succeed.
 */
export async function runRotation(edges: RotationEdges, job: JobCtx, rotationId: string): Promise<void> {
  for (;;) {
    const rotation = await getRotation(job.db, rotationId);
    if (rotation === undefined || rotation.endedAt !== null) return;
    const [name, step] = STEPS[rotation.state as keyof typeof STEPS];
    try {
      await step(edges, job, rotation);
    } catch (error) {
      const problem = error instanceof Error ? error.message : 'failed';
      const before = rotation.state === 'planned' || rotation.state === 'sealed';
      if (before && isUnsupported(error))
        return await endFailed(edges, job, rotation, { step: name, problem, abandon: true });
      await job.db.tx(async (tx) => {
        await countTry(tx, rotation.id, problem);
        await noteStep(tx, rotation.id, { step: name, outcome: 'trouble', detail: problem });
      });
      throw error;
    }
  }
}
