import { z } from 'zod';
import { grantEnded, identityLeft, endedByLeaving, identityMerged, identityRested } from '#spine/graph/index.ts';
import { lockPlaced } from '#spine/locks/index.ts';
import { defineJob, defineReaction, type JobCtx } from '#spine/operations/index.ts';
import { checkIn } from './check-out.ts';
import type { Checkout } from './model.ts';
import { checkoutsToEnd } from './store.ts';

async function endEach(job: JobCtx, checkouts: readonly Checkout[], because: string): Promise<void> {
  for (const checkout of checkouts) {
    await job.act({ action: 'secret.checkin' }, async (ctx, permit) => checkIn(ctx, permit, { checkout, because }));
  }
}

/** Takes back what is out longer than it may be. */
export const endOverdueCheckouts = defineJob({
  name: 'vault.end_overdue_checkouts',
  input: z.object({}),
  every: '* * * * *',
  run: async (job) => endEach(job, await checkoutsToEnd(job.db, { overAt: job.clock.now() }), 'its time was over'),
});

/** Somebody whose grant ended gives back what they have out; rotation follows from each check-in. */
export const takeBackAfterGrant = defineReaction({
  on: grantEnded,
  name: 'vault.take_back',
  turn: 'first',
  unless: endedByLeaving,
  run: async (job, event) =>
    endEach(job, await checkoutsToEnd(job.db, { identityId: event.data.identityId }), 'the grant it rested on ended'),
});

/** Who has left gives back what they have out, also what rested on no grant. */
export const takeBackFromLeaver = defineReaction({
  on: identityLeft,
  name: 'vault.take_back_from_leaver',
  turn: 'first',
  run: async (job, event) =>
    endEach(job, await checkoutsToEnd(job.db, { identityId: event.data.identityId }), 'they have left'),
});

/** Who is on leave or suspended gives back what they have out. */
export const takeBackFromAbsent = defineReaction({
  on: identityRested,
  name: 'vault.take_back_from_absent',
  turn: 'first',
  run: async (job, event) =>
    endEach(job, await checkoutsToEnd(job.db, { identityId: event.data.identityId }), 'they are away'),
});

/** Somebody who turned out to be another gives back what they have out: what they saw is rotated, and that one asks anew. */
export const takeBackAfterMerge = defineReaction({
  on: identityMerged,
  name: 'vault.take_back_merged',
  turn: 'first',
  run: async (job, event) =>
    endEach(
      job,
      await checkoutsToEnd(job.db, { identityId: event.data.duplicateId }),
      'its holder is another identity',
    ),
});

/** What a lock is on, or whose, comes back: nobody keeps a value they may not use. */
export const takeBackFromLocked = defineReaction({
  on: lockPlaced,
  name: 'vault.take_back_locked',
  turn: 'first',
  run: async (job, event) =>
    endEach(job, await checkoutsToEnd(job.db, { locked: event.data }), `access was locked: lock ${event.data.lockId}`),
});
