import { z } from 'zod';
import type { Queryable } from '#kit/db/index.ts';
import { accountsSeenBy, checkoutEnded, readVersion, secretOfAccount } from '#guard/vault/index.ts';
import { accessRealised, accountCreated, grantEnded } from '#spine/graph/index.ts';
import { defineJob, defineReaction, type JobCtx, type Module } from '#spine/operations/index.ts';
import { events } from './events.ts';
import { operations } from './operations.ts';
import { planRotation, RUN_ROTATION } from './plan-rotation.ts';
import { runRotation, type RotationEdges } from './run-rotation.ts';
import { takesPasswords } from './takes-passwords.ts';

export { planRotation } from './plan-rotation.ts';

const policies = `
@id("rotation.officers_rotate")
permit (principal is Reeve::Identity, action in [Reeve::Action::"account.rotate", Reeve::Action::"rotation.list"], resource)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer"]) };

@id("rotation.auditors_read")
permit (principal is Reeve::Identity, action == Reeve::Action::"rotation.list", resource)
when { principal.state == "active" && principal.roles.contains("auditor") };

@id("rotation.reeve_rotates")
permit (principal == Reeve::Component::"rotation", action == Reeve::Action::"account.rotate", resource);
`;

/** An account Reeve keeps a secret for, with no value that a log-on has proved. */
async function isUnproved(db: Queryable, accountId: string): Promise<boolean> {
  const secret = await secretOfAccount(db, accountId);
  return secret !== undefined && (await readVersion(db, secret.id, { state: 'current' })) === undefined;
}

/** Gives accounts new credentials, and proves each by log-on. */
export const rotationModule = (edges: RotationEdges): Module => {
  const plan = (job: JobCtx, accountId: string, because: string): Promise<unknown> =>
    job.act({ action: 'account.rotate', resource: { type: 'Account', id: accountId } }, (ctx, permit) =>
      planRotation(edges.keys, ctx, permit, { accountId, because }),
    );
  return {
    name: 'rotation',
    operations: operations(edges),
    jobs: [
      defineJob({
        name: RUN_ROTATION,
        input: z.object({ rotationId: z.uuid() }),
        maxAttempts: 25,
        run: (job, input) => runRotation(edges, job, input.rotationId),
      }),
    ],
    reactions: [
      defineReaction({
        on: accountCreated,
        name: 'rotation.manage',
        run: async (job, event) => {
          if (await takesPasswords(edges.targets, job, event.data.accountId))
            await plan(job, event.data.accountId, 'the account was created by Reeve');
        },
      }),
      defineReaction({
        on: accessRealised,
        name: 'rotation.prove_again',
        run: async (job, event) => {
          // Locked before its first log-on, for instance by a grant that was over at once: nothing opens it yet.
          const { accountId } = event.data;
          if (accountId === undefined || !(await isUnproved(job.db, accountId))) return;
          if (await takesPasswords(edges.targets, job, accountId))
            await plan(job, accountId, 'the account is open again, and nothing proved its credential yet');
        },
      }),
      defineReaction({
        on: checkoutEnded,
        name: 'rotation.after_checkout',
        run: async (job, event) => {
          if (event.data.accountId !== undefined)
            await plan(job, event.data.accountId, 'its credential was seen in a checkout');
        },
      }),
      defineReaction({
        on: grantEnded,
        name: 'rotation.after_grant',
        run: async (job, event) => {
          for (const { accountId } of await accountsSeenBy(job.db, event.data.identityId)) {
            await plan(job, accountId, 'somebody who has seen its credential lost access');
          }
        },
      }),
    ],
    events,
    policies,
  };
};
