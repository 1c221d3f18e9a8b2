import { TargetError } from '#connectors/port.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import type { Rotation, RotationState } from './model.ts';
import type { RotationEdges } from './reach-target.ts';
import { applyStep } from './steps/apply.ts';
import { endFailed } from './steps/end.ts';
import { goBackStep, returnDependantsStep } from './steps/go-back.ts';
import { proveStep } from './steps/prove.ts';
import { retireStep } from './steps/retire.ts';
import { sealStep } from './steps/seal.ts';
import { countTry, getRotation, noteStep } from './store.ts';

/** Does what is next in a state and moves the rotation on in a transaction of its own. Throws where a later try may succeed. */
export type Step = (edges: RotationEdges, job: JobCtx, rotation: Rotation) => Promise<void>;

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

/** Such a system has no credentials that could be set, now or later: nothing was changed, and no other try will. */
export const isUnsupported = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'unsupported';

/** The target said no, and will say so again. */
export const isRefusal = (error: unknown): error is TargetError =>
  error instanceof TargetError && !error.retry && error.code !== 'untrusted';
