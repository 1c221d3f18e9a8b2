import { z } from 'zod';
import type { Decide } from '#spine/decide/index.ts';
import { defineJob, type Module } from '#spine/operations/index.ts';
import { policies } from './cedar-policies.ts';
import { checkCredential } from './checks/check-credential.ts';
import { checkEvents } from './checks/events.ts';
import { dependantEvents } from './dependants/events.ts';
import {
  credentialDrifted,
  credentialWorks,
  dependantMoved,
  rotationApplied,
  rotationDone,
  rotationFailed,
  rotationPlanned,
  rotationProved,
  rotationReturning,
} from './events.ts';
import { operations } from './operations/index.ts';
import { RUN_ROTATION } from './plan-rotation.ts';
import { policyEvents } from './policies/events.ts';
import type { RotationEdges } from './reach-target.ts';
import { rotationReactions } from './reactions.ts';
import { runRotation } from './run-rotation.ts';
import { advanceRun } from './runs/advance-run.ts';
import { ADVANCE_RUN } from './runs/credential-rotations.ts';
import { runEvents } from './runs/events.ts';
import { runningRuns } from './runs/store.ts';
import { CHECK_CREDENTIAL, tick } from './tick.ts';
import { PROVE_AGAIN, proveAgain } from './prove-again.ts';

export { planRotation } from './plan-rotation.ts';
export { runRotation } from './run-rotation.ts';
export { credentialRotations } from './runs/credential-rotations.ts';

/** Gives accounts new credentials, proves each by log-on, and knows whether those it gave still work. */
export const rotationModule = (edges: RotationEdges & { readonly decide: Decide }): Module => ({
  name: 'rotation',
  operations: operations(edges),
  jobs: [
    defineJob({
      name: RUN_ROTATION,
      input: z.object({ rotationId: z.uuid() }),
      maxAttempts: 25,
      run: (job, input) => runRotation(edges, job, input.rotationId),
    }),
    defineJob({
      name: CHECK_CREDENTIAL,
      input: z.object({ secretId: z.uuid() }),
      run: async (job, input) => {
        await checkCredential(edges, job, input.secretId);
      },
    }),
    defineJob({
      name: PROVE_AGAIN,
      input: z.object({ accountId: z.uuid() }),
      run: (job, input) => proveAgain(edges, job, input.accountId),
    }),
    defineJob({
      name: ADVANCE_RUN,
      input: z.object({ runId: z.uuid() }),
      run: (job, input) => advanceRun(job, input.runId),
    }),
    defineJob({
      name: 'rotation.tick',
      input: z.object({}),
      every: '* * * * *',
      run: async (job) => {
        await tick(edges, job);
        for (const { id } of await runningRuns(job.db)) await advanceRun(job, id);
      },
    }),
  ],
  reactions: rotationReactions(edges),
  events: [
    rotationPlanned,
    rotationApplied,
    rotationProved,
    rotationDone,
    rotationFailed,
    rotationReturning,
    dependantMoved,
    credentialDrifted,
    credentialWorks,
    ...runEvents,
    ...policyEvents,
    ...checkEvents,
    ...dependantEvents,
  ],
  actions: [{ action: 'rotation_run.advance' }],
  policies,
});
