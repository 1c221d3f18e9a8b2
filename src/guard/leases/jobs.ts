import { z } from 'zod';
import {
  getIdentity,
  grantEnded,
  grantsOfRoles,
  identityChanged,
  identityLeft,
  identityMerged,
  identityRested,
  endedByLeaving,
  roleChanged,
} from '#spine/graph/index.ts';
import { sql } from '#kit/db/index.ts';
import { lockPlaced } from '#spine/locks/index.ts';
import { defineJob, defineReaction, type JobCtx, type Module } from '#spine/operations/index.ts';
import { carryOut, sweepStrays, type WorkEdges } from './carry-out.ts';
import { endLease, endLeasesOfIdentity, endLeasesWithoutGrant } from './end-lease.ts';
import { CARRY_OUT, END_DUE, queueEnd, queueWork } from './queue-work.ts';
import { getLease, runningLeases } from './store.ts';

const OVER = 'its time was over';

/** Ends every lease whose time has come, and takes up again what a worker left lying. */
async function lookAfter(job: JobCtx): Promise<void> {
  for (const lease of await runningLeases(job.db, { overAt: job.clock.now() }))
    await job.act({ action: 'lease.end' }, async (ctx, permit) => {
      await endLease(ctx, permit, lease, OVER);
    });
  const lying = await job.db.many<{ id: string }>(sql`
    select id from lease where state in ('asked', 'ending') and (claimed_until is null or claimed_until <= ${job.clock.now()})`);
  for (const { id } of lying) await queueWork(job.db, id);
}

/** What makes users, drops them when they are due, and finds those nobody has a lease for. */
export const jobs = (edges: WorkEdges): NonNullable<Module['jobs']> => [
  defineJob({
    name: CARRY_OUT,
    input: z.object({ leaseId: z.uuid() }),
    maxAttempts: 25,
    run: (job, input) => carryOut(edges, job, input.leaseId),
  }),
  defineJob({
    name: END_DUE,
    input: z.object({ leaseId: z.uuid() }),
    run: async (job, { leaseId }) => {
      const lease = await getLease(job.db, leaseId);
      if (lease === undefined || lease.state === 'ending' || lease.state === 'ended') return;
      const left = lease.endsAt.getTime() - job.clock.now().getTime();
      if (left > 0) return await queueEnd(job.db, leaseId, left);
      await job.act({ action: 'lease.end' }, async (ctx, permit) => {
        await endLease(ctx, permit, lease, OVER);
      });
    },
  }),
  defineJob({ name: 'leases.look_after', input: z.object({}), every: '* * * * *', run: lookAfter }),
  defineJob({
    name: 'leases.sweep_strays',
    input: z.object({}),
    every: '*/5 * * * *',
    run: async (job) => {
      await sweepStrays(edges, job);
    },
  }),
];

const ofIdentity = (job: JobCtx, identityId: string, because: string): Promise<void> =>
  job.act({ action: 'lease.end' }, (ctx, permit) => endLeasesOfIdentity(ctx, permit, identityId, because));

/** A user is gone with what it rests on. */
export const reactions: NonNullable<Module['reactions']> = [
  defineReaction({
    on: grantEnded,
    name: 'leases.end_for_grant',
    turn: 'first',
    unless: endedByLeaving,
    run: async (job, event) => {
      await job.act({ action: 'lease.end' }, (ctx, permit) =>
        endLeasesWithoutGrant(ctx, permit, [event.data.grantId], `access ended: ${event.data.reason}`),
      );
    },
  }),
  defineReaction({
    on: roleChanged,
    name: 'leases.end_for_role',
    turn: 'first',
    run: async (job, event) => {
      await job.act({ action: 'lease.end' }, async (ctx, permit) => {
        const grants = await grantsOfRoles(ctx.tx, [event.data.roleId]);
        const ids = grants.map(({ id }) => id);
        await endLeasesWithoutGrant(ctx, permit, ids, 'access ended: the role it came by no longer gives it');
      });
    },
  }),
  defineReaction({
    on: identityLeft,
    name: 'leases.end_for_leaver',
    turn: 'first',
    run: (job, event) => ofIdentity(job, event.data.identityId, 'its holder has left'),
  }),
  defineReaction({
    on: identityRested,
    name: 'leases.end_for_absent',
    turn: 'first',
    run: (job, event) => ofIdentity(job, event.data.identityId, 'its holder is away'),
  }),
  defineReaction({
    on: identityMerged,
    name: 'leases.end_for_merged',
    turn: 'first',
    run: (job, event) => ofIdentity(job, event.data.duplicateId, 'its holder is another identity'),
  }),
  defineReaction({
    on: identityChanged,
    name: 'leases.end_for_identity',
    turn: 'first',
    run: async (job, event) => {
      const { identityId } = event.data;
      const identity = await job.db.tx((tx) => getIdentity(tx, identityId), { readOnly: true });
      if (identity?.state !== 'active') await ofIdentity(job, identityId, 'its holder is no longer active');
    },
  }),
  defineReaction({
    on: lockPlaced,
    name: 'leases.end_for_lock',
    turn: 'first',
    run: async (job, event) => {
      // users of a lease are no accounts that a lock could name
      if (event.data.scope === 'account') return;
      await job.act({ action: 'lease.end' }, async (ctx, permit) => {
        for (const lease of await runningLeases(ctx.tx, { locked: event.data }))
          await endLease(ctx, permit, lease, `access was locked: lock ${event.data.lockId}`);
      });
    },
  }),
];
