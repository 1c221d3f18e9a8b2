import { z } from 'zod';
import type { Targets } from '#connectors/port.ts';
import type { Keys } from '#kit/crypto/index.ts';
import { defineJob, type Module } from '#spine/operations/index.ts';
import { events } from './events.ts';
import { LOOK } from './looks/ask-look.ts';
import { lookAtSystem } from './looks/look-at-system.ts';
import { tick } from './looks/tick.ts';
import { answerOperations } from './operations/answers.ts';
import { estateOperations } from './operations/estate.ts';
import { findingOperations } from './operations/findings.ts';
import { lookOperations } from './operations/looks.ts';
import { sweepOperations } from './operations/sweeps.ts';
import { policies } from './policies.ts';
import { carryOutRemoval } from './queue/carry-out-removal.ts';
import { REMOVE } from './queue/change-finding.ts';
import { runSweep, SWEEP } from './sweep/run-sweep.ts';

/** Systems looked at in one process at a time. */
const AT_ONCE = 2;

/** Finds what makes accounts privileged, keeps it with its evidence, and has it answered. */
export const privilegesModule = (edges: { readonly keys: Keys; readonly targets: Targets }): Module => ({
  name: 'privileges',
  operations: [
    ...findingOperations,
    ...answerOperations(edges),
    ...lookOperations,
    ...estateOperations,
    ...sweepOperations,
  ],
  jobs: [
    defineJob({
      name: LOOK,
      input: z.object({ lookId: z.uuid() }),
      run: (job, input) => lookAtSystem({ ...edges, atOnce: AT_ONCE }, job, input.lookId),
    }),
    defineJob({
      name: REMOVE,
      input: z.object({ findingId: z.uuid() }),
      run: (job, input) => carryOutRemoval(edges.targets, job, input.findingId),
    }),
    defineJob({
      name: SWEEP,
      input: z.object({ sweepId: z.uuid() }),
      run: (job, input) => runSweep(job, input.sweepId),
    }),
    defineJob({ name: 'privileges.tick', input: z.object({}), every: '*/10 * * * *', run: tick }),
  ],
  events,
  policies,
});
