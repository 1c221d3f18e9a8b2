import { z } from 'zod';
import { defineJob, type Module } from '#spine/operations/index.ts';
import { events } from './events.ts';
import { followChanges } from './follow-changes.ts';
import { LOOK_AT_DUE, lookAtDue } from './look-at-due.ts';
import { LOOK, lookAtEverybody } from './look-at-everybody.ts';
import { operations } from './operations.ts';
import { policies } from './policies.ts';

export type { RiskLevel } from './model.ts';
export { riskLevels } from './read-risk.ts';

/** How risky everybody is, from what is known of them, with the reasons and the days. */
export const riskModule: Module = {
  name: 'risk',
  operations,
  jobs: [
    defineJob({ name: LOOK_AT_DUE, input: z.object({}), maxAttempts: 5, run: lookAtDue }),
    defineJob({
      name: LOOK,
      input: z.object({}).loose(),
      every: '7 2 * * *',
      maxAttempts: 5,
      run: async (job) => {
        await lookAtEverybody(job);
      },
    }),
  ],
  reactions: followChanges,
  events,
  policies,
};
