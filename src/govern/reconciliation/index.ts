import { z } from 'zod';
import type { Targets } from '#connectors/port.ts';
import { systemRead } from '#spine/graph/index.ts';
import { defineJob, defineReaction, type Module } from '#spine/operations/index.ts';
import { carryOut } from './carry-out.ts';
import { CARRY_OUT } from './drift-changes.ts';
import { events } from './events.ts';
import { findDrift, noteBaseline } from './find-drift.ts';
import { FIND, operations } from './operations.ts';
import { policies } from './policies.ts';

export { driftChanges } from './drift-changes.ts';
export { decideCases, lockOrphans } from './decide-cases.ts';
export { driftFound, driftSettled, driftStuck } from './events.ts';
export { removeHoldings } from './remove-holdings.ts';

/** Drift: found after every reading, decided or reacted to, carried out on the target, proved. */
export const reconciliationModule = (edges: { readonly targets: Targets }): Module => ({
  name: 'reconciliation',
  operations,
  jobs: [
    defineJob({
      name: FIND,
      input: z.object({ systemId: z.uuid() }),
      run: (job, { systemId }) => findDrift(job, systemId),
    }),
    defineJob({
      name: CARRY_OUT,
      input: z.object({ caseId: z.uuid(), undo: z.boolean().optional() }),
      maxAttempts: 40,
      run: (job, input) => carryOut(edges.targets, job, input),
    }),
  ],
  reactions: [
    defineReaction({
      on: systemRead,
      name: 'reconciliation.find',
      run: async (job, event) => {
        const { systemId, trusted, baseline } = event.data;
        if (baseline) {
          if (trusted) await job.db.tx((tx) => noteBaseline(tx, systemId, event.at));
        } else await findDrift(job, systemId);
      },
    }),
  ],
  events,
  policies,
});
