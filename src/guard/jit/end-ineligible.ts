import { z } from 'zod';
import {
  endedByLeaving,
  endGrant,
  grantEnded,
  holdIdentities,
  roleChanged,
  windowsWithoutEligibility,
} from '#spine/graph/index.ts';
import { defineJob, defineReaction, type JobCtx } from '#spine/operations/index.ts';

/**
 * Ends what is active of people who are no longer eligible for it, and with it the sessions that rest on it. Safe to run
 * twice and on several nodes: people are held and looked at again before anything ends.
 */
export const endIneligible = async (job: JobCtx, identityIds?: readonly string[]): Promise<number> => {
  const found = await job.db.tx((tx) => windowsWithoutEligibility(tx, identityIds));
  if (found.length === 0) return 0;
  return await job.act({ action: 'grant.lapse' }, async (ctx, permit) => {
    const people = [...new Set(found.map((w) => w.identityId))].sort();
    await holdIdentities(ctx.tx, people);
    const windows = await windowsWithoutEligibility(ctx.tx, people);
    for (const { id } of windows)
      await endGrant(ctx, permit, { grantId: id, because: 'whoever had activated it is no longer eligible for it' });
    return windows.length;
  });
};

/** What ends being eligible ends what is active by it at once; whatever else took it away is found within a minute. */
export const eligibilityEnds = [
  defineReaction({
    on: grantEnded,
    name: 'jit.endIneligible',
    turn: 'first',
    // What was active ended with the rest.
    unless: endedByLeaving,
    run: async (job, { data: { identityId } }) => void (await endIneligible(job, [identityId])),
  }),
  defineReaction({
    on: roleChanged,
    name: 'jit.endIneligibleByRole',
    turn: 'first',
    run: async (job, { data: { removed } }) => void (removed.length > 0 && (await endIneligible(job))),
  }),
];

/** Looks once a minute for what is active without anybody being eligible for it. */
export const lookForIneligible = defineJob({
  name: 'jit.lookForIneligible',
  every: '* * * * *',
  input: z.unknown(),
  run: async (job) => void (await endIneligible(job)),
});
