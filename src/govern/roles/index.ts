import { z } from 'zod';
import { defineJob, type Module } from '#spine/operations/index.ts';
import { events } from './events.ts';
import { MINE, operations } from './operations.ts';
import { policies } from './policies.ts';
import { runMining } from './run-mining.ts';

export { replaceGrants } from './replace-grants.ts';

/** Roles found in who holds what directly, drafted by a person, and given in place of direct grants. */
export const rolesModule: Module = {
  name: 'roles',
  operations,
  jobs: [
    defineJob({
      name: MINE,
      input: z.object({ runId: z.uuid() }),
      maxAttempts: 3,
      run: (job, { runId }) => runMining(job, runId),
    }),
  ],
  events,
  policies,
};
