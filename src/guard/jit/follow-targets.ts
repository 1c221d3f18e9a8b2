import { eligibilitiesFor, entitlementPut, followWhatItIsFor, roleChanged } from '#spine/graph/index.ts';
import { defineReaction, type JobCtx } from '#spine/operations/index.ts';

/** Most things have no eligibility: that is looked at before anything else is. */
const follow = async (job: JobCtx, targetId: string): Promise<void> => {
  const known = await job.db.tx((tx) => eligibilitiesFor(tx, [targetId]));
  if (known.size > 0)
    await job.act({ action: 'eligibility.follow' }, (ctx, permit) => followWhatItIsFor(ctx, permit, targetId));
};

/** An eligibility is owned by who answers for what it is for, and is as risky as that. */
export const eligibilityFollows = [
  defineReaction({
    on: entitlementPut,
    name: 'jit.followEntitlement',
    run: (job, { data: { entitlementId } }) => follow(job, entitlementId),
  }),
  defineReaction({
    on: roleChanged,
    name: 'jit.followRole',
    run: (job, { data: { roleId } }) => follow(job, roleId),
  }),
];
