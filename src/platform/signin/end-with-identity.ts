import { sql } from '#kit/db/index.ts';
import { identityLeft, identityMerged, identityProofsEnded, identityRested } from '#spine/graph/index.ts';
import { lockPlaced } from '#spine/locks/index.ts';
import { defineReaction, type JobCtx } from '#spine/operations/index.ts';
import { endAllProofs } from './tokens.ts';

/** Whoever has left is signed out everywhere, and no token of theirs works any more. */
export const endWithIdentity = defineReaction({
  on: identityLeft,
  name: 'signin.end_all',
  turn: 'proofs',
  run: (job, event) => endAll(job, event.data.identityId, false),
});

/** Who is shut because nobody answers for them finds nothing again that proved them. Who is on leave does: policy lets them do nothing meanwhile. */
export const endWithRest = defineReaction({
  on: identityRested,
  name: 'signin.end_rested',
  turn: 'proofs',
  run: async (job, event) => {
    if (event.data.proofsEnd) await endAll(job, event.data.identityId, false);
  },
});

/** Whoever turned out to be another signs in as that one: what proved them proves nothing, also after a merge is taken back. */
export const endWithMerge = defineReaction({
  on: identityMerged,
  name: 'signin.end_merged',
  turn: 'proofs',
  run: (job, event) => endAll(job, event.data.duplicateId, true),
});

/** Whoever is locked is signed out; policy lets them do nothing meanwhile. Their tokens work again once nothing is locked. */
export const endWithLock = defineReaction({
  on: lockPlaced,
  name: 'signin.end_locked',
  turn: 'proofs',
  run: async (job, event) => {
    const { identityId } = event.data;
    if (identityId === undefined) return;
    await job.act({ action: 'signin.end_all' }, async (ctx, permit) => {
      const ended = await ctx.tx.run(
        sql`update signin set ended_at = ${ctx.now} where identity_id = ${identityId} and ended_at is null`,
      );
      await ctx.record(permit, { event: identityProofsEnded, subject: identityId, data: { identityId, ended } });
    });
  },
});

const endAll = (job: JobCtx, identityId: string, forGood: boolean): Promise<void> =>
  job.act({ action: 'signin.end_all' }, async (ctx, permit) => {
    const ended = await endAllProofs(ctx, identityId);
    if (forGood)
      for (const table of ['passkey', 'signin_password', 'signin_totp'])
        await ctx.tx.run(sql`delete from ${sql.id(table)} where identity_id = ${identityId}`);
    await ctx.record(permit, { event: identityProofsEnded, subject: identityId, data: { identityId, ended } });
  });
