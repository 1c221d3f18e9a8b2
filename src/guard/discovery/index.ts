import { z } from 'zod';
import type { Targets } from '#connectors/port.ts';
import type { Keys } from '#kit/crypto/index.ts';
import { defineJob, type Module } from '#spine/operations/index.ts';
import { events } from './events.ts';
import { LOOK } from './looks/ask-look.ts';
import { lookAtSystem } from './looks/look-at-system.ts';
import { tick as lookTick } from './looks/tick.ts';
import { operations } from './operations/index.ts';
import { policies } from './policies.ts';
import { carryOutRemoval } from './queue/carry-out-removal.ts';
import { REMOVE } from './queue/change-finding.ts';
import { READ_SYSTEM } from './runs/ask-reading.ts';
import { READ_CHANGES, readChanges } from './runs/read-changes.ts';
import { readSystem } from './runs/read-whole.ts';
import { tick } from './schedule/tick.ts';
import { runSweep, SWEEP } from './sweep/run-sweep.ts';

export { keepOutside } from './outside/keep-outside.ts';
export { settleFindings, tellFinding } from './queue/tell-finding.ts';

/** Systems read at a time, over all nodes, where the configuration does not say; and systems looked at in one process. */
const AT_ONCE = 2;

/** Reads systems, looks at them more closely, and has answered what was found: who is privileged, and what is nobody's. */
export const discoveryModule = (edges: {
  readonly keys: Keys;
  readonly targets: Targets;
  readonly readingsAtOnce?: number | undefined;
}): Module => {
  const reading = { targets: edges.targets, atOnce: edges.readingsAtOnce ?? AT_ONCE };
  return {
    name: 'discovery',
    operations: operations(edges),
    jobs: [
      defineJob({
        name: READ_SYSTEM,
        input: z.object({ runId: z.uuid() }),
        run: (job, input) => readSystem(reading, job, input.runId),
      }),
      defineJob({
        name: READ_CHANGES,
        input: z.object({ systemId: z.uuid() }),
        run: (job, input) => readChanges(reading, job, input.systemId),
      }),
      defineJob({ name: 'discovery.tick', input: z.object({}), every: '* * * * *', run: tick }),
      defineJob({
        name: LOOK,
        input: z.object({ lookId: z.uuid() }),
        run: (job, input) => lookAtSystem({ ...edges, atOnce: AT_ONCE }, job, input.lookId),
      }),
      defineJob({ name: 'discovery.look_tick', input: z.object({}), every: '*/10 * * * *', run: lookTick }),
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
    ],
    events,
    policies,
  };
};
