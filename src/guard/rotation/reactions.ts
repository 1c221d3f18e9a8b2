import { enqueue } from '#kit/jobs/index.ts';
import { accountsSeenBy, checkoutEnded } from '#guard/vault/index.ts';
import {
  accessRealised,
  accountCreated,
  getAccount,
  grantEnded,
  identityLeft,
  endedByLeaving,
} from '#spine/graph/index.ts';
import { defineReaction, type JobCtx, type Module } from '#spine/operations/index.ts';
import { rotationDone, rotationFailed } from './events.ts';
import type { Cause } from './model.ts';
import { planRotation } from './plan-rotation.ts';
import { policyOf } from './policies/find-policy.ts';
import type { Policy } from './policies/model.ts';
import { proveAgain } from './prove-again.ts';
import type { RotationEdges } from './reach-target.ts';
import { ADVANCE_RUN } from './runs/credential-rotations.ts';
import { getRotation } from './store.ts';
import { takesPasswords } from './takes-passwords.ts';

/** What rotates by itself: new accounts, what was seen and is seen no more, and the next wave of a run. */
export const rotationReactions = (edges: RotationEdges): NonNullable<Module['reactions']> => {
  const plan = (job: JobCtx, accountId: string, cause: Cause, because: string): Promise<unknown> =>
    job.act({ action: 'account.rotate', resource: { type: 'Account', id: accountId } }, (ctx, permit) =>
      planRotation(edges.keys, ctx, permit, { accountId, cause, because }),
    );
  const says = async (job: JobCtx, accountId: string, what: 'afterCheckout' | 'afterLeaver'): Promise<boolean> => {
    const account = await job.db.tx((tx) => getAccount(tx, accountId));
    if (account === undefined || account.state === 'gone') return false;
    const policy: Policy = await policyOf(job.db, { accountId, systemId: account.systemId });
    return policy[what];
  };
  const afterLeaver = async (job: JobCtx, identityId: string, because: string): Promise<void> => {
    for (const { accountId } of await accountsSeenBy(job.db, identityId))
      if (await says(job, accountId, 'afterLeaver')) await plan(job, accountId, 'leaver', because);
  };
  const ended = async (job: JobCtx, rotationId: string): Promise<void> => {
    const rotation = await getRotation(job.db, rotationId);
    const runId = rotation?.runId;
    if (runId != null) await job.db.tx((tx) => enqueue(tx, ADVANCE_RUN, { runId }, { key: `${ADVANCE_RUN}:${runId}` }));
  };
  return [
    defineReaction({
      on: accountCreated,
      name: 'rotation.manage',
      turn: 'last',
      run: async (job, event) => {
        if (await takesPasswords(edges.targets, job, event.data.accountId))
          await plan(job, event.data.accountId, 'created', 'the account was created by Reeve');
      },
    }),
    defineReaction({
      on: accessRealised,
      name: 'rotation.prove_again',
      turn: 'last',
      run: async (job, event) => {
        const { accountId } = event.data;
        if (accountId !== undefined) await proveAgain(edges, job, accountId);
      },
    }),
    defineReaction({
      on: checkoutEnded,
      name: 'rotation.after_checkout',
      run: async (job, event) => {
        const { accountId } = event.data;
        if (accountId !== undefined && (await says(job, accountId, 'afterCheckout')))
          await plan(job, accountId, 'checkout', 'its credential was seen in a checkout');
      },
    }),
    defineReaction({
      on: grantEnded,
      name: 'rotation.after_grant',
      unless: endedByLeaving,
      run: (job, event) => afterLeaver(job, event.data.identityId, 'somebody who has seen its credential lost access'),
    }),
    defineReaction({
      on: identityLeft,
      name: 'rotation.after_leaver',
      run: (job, event) => afterLeaver(job, event.data.identityId, 'somebody who has seen its credential has left'),
    }),
    defineReaction({
      on: rotationDone,
      name: 'rotation.wave_on',
      run: (job, event) => ended(job, event.data.rotationId),
    }),
    defineReaction({
      on: rotationFailed,
      name: 'rotation.wave_on_failure',
      run: (job, event) => ended(job, event.data.rotationId),
    }),
  ];
};
