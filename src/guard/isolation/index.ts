import { z } from 'zod';
import type { Targets } from '#connectors/port.ts';
import { defineJob, type Module } from '#spine/operations/index.ts';
import { events } from './events.ts';
import { operations } from './operations.ts';
import { policies } from './policies.ts';
import { PROVE } from './proof/ask-proof.ts';
import { proveSystem } from './proof/prove-system.ts';

export { startLookouts } from './lookout/start-lookouts.ts';

/** Systems that only the gateways reach: what they are to be told, whether it is so, and who logged on there all the same. */
export const isolationModule = (edges: { readonly targets: Targets }): Module => ({
  name: 'isolation',
  operations: operations(edges),
  jobs: [
    defineJob({
      name: PROVE,
      input: z.object({ systemId: z.uuid() }),
      run: (job, { systemId }) => proveSystem(edges.targets, job, systemId),
    }),
  ],
  events,
  policies,
  actions: [{ action: 'isolation.keep' }],
});
