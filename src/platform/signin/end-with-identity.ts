import { identityLeft, identityProofsEnded } from '#spine/graph/index.ts';
import { defineReaction } from '#spine/operations/index.ts';
import { endAllProofs } from './tokens.ts';

/** Whoever has left is signed out everywhere, and no token of theirs works any more. */
export const endWithIdentity = defineReaction({
  on: identityLeft,
  name: 'signin.end_all',
  run: async (job, event) => {
    await job.act({ action: 'signin.end_all' }, async (ctx, permit) => {
      const { identityId } = event.data;
      const ended = await endAllProofs(ctx, identityId);
      await ctx.record(permit, { event: identityProofsEnded, subject: identityId, data: { identityId, ended } });
    });
  },
});
