import { z } from 'zod';
import type { Decide } from '#spine/decide/index.ts';
import { defineJob, type Module } from '#spine/operations/index.ts';
import { events } from './events.ts';
import { MINE, operations } from './operations.ts';
import { policies } from './policies.ts';
import { improvementOperations } from './optimising/operations.ts';
import { IMPROVE, runImprovements } from './optimising/run-improvements.ts';
import { runMining } from './run-mining.ts';

export { replaceGrants } from './replace-grants.ts';

/** Roles found in who holds what directly, drafted by a person, and given in place of direct grants; and how the roles there are could be better. */
export const rolesModule = (edges: { readonly decide: Decide }): Module => ({
  name: 'roles',
  operations: [...operations, ...improvementOperations(edges)],
  jobs: [
    defineJob({
      name: MINE,
      input: z.object({ runId: z.uuid() }),
      maxAttempts: 3,
      run: (job, { runId }) => runMining(job, runId),
    }),
    defineJob({
      name: IMPROVE,
      input: z.object({ runId: z.uuid() }),
      maxAttempts: 3,
      run: (job, { runId }) => runImprovements(job, runId),
    }),
  ],
  events,
  policies,
});
