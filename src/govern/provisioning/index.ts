import { z } from 'zod';
import type { Targets } from '#connectors/port.ts';
import { grantEnded, grantsStarted, grantStarted, identityBack, roleChanged } from '#spine/graph/index.ts';
import { defineJob, defineReaction, type Module } from '#spine/operations/index.ts';
import { agreeLane } from './agree-lane.ts';
import { events } from './events.ts';
import { followRole } from './follow-role.ts';
import { operations } from './operations.ts';
import { AGREE } from './lanes.ts';
import { wakeReturned } from './put-off.ts';
import { wantAbsent, wantPresent } from './want-access.ts';
import { wantSeveralPresent } from './want-several.ts';

export { isAwaited } from './failures.ts';
export { failureClass, nextTryMs } from './back-off.ts';
export { closedUntil } from './when-to-write.ts';
export { isBeingGiven } from './claims.ts';
export { BEING_CARRIED_OUT, openTasksOfGrant, unsettledTasksOf } from './store.ts';
export { restoreOnTarget } from './want-access.ts';

const policies = `
@id("provisioning.officers_read")
permit (
  principal is Reeve::Identity,
  action in [
    Reeve::Action::"provisioning.list", Reeve::Action::"maintenance.list", Reeve::Action::"system_order.list"
  ],
  resource
)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer", "auditor"]) };

@id("provisioning.administrators_retry")
permit (
  principal is Reeve::Identity,
  action in [
    Reeve::Action::"provisioning.retry", Reeve::Action::"provisioning.complete", Reeve::Action::"maintenance.plan", Reeve::Action::"system_order.put"
  ],
  resource
)
when { principal.state == "active" && principal.roles.contains("administrator") };

@id("provisioning.reeve_provisions")
permit (principal == Reeve::Component::"provisioning", action == Reeve::Action::"access.provision", resource);
`;

/** Makes targets agree with grants, and proves it. */
export const provisioningModule = (edges: { readonly targets: Targets }): Module => ({
  name: 'provisioning',
  operations,
  jobs: [
    defineJob({
      name: AGREE,
      input: z.object({ systemId: z.uuid(), lane: z.int() }),
      maxAttempts: 40,
      run: (job, input) => agreeLane(edges.targets, job, input),
    }),
  ],
  reactions: [
    defineReaction({
      on: grantStarted,
      name: 'provisioning.fulfil',
      run: (job, event) =>
        job.act({ action: 'access.provision' }, (ctx, permit) =>
          wantPresent(ctx, permit, { ...event.data, decidedAt: event.at }),
        ),
    }),
    defineReaction({
      on: grantsStarted,
      name: 'provisioning.fulfil_several',
      run: (job, event) =>
        job.act({ action: 'access.provision' }, (ctx, permit) =>
          wantSeveralPresent(ctx, permit, { ...event.data, decidedAt: event.at }),
        ),
    }),
    defineReaction({
      on: grantEnded,
      name: 'provisioning.withdraw',
      turn: 'first',
      run: (job, event) =>
        job.act({ action: 'access.provision' }, (ctx, permit) =>
          wantAbsent(ctx, permit, { ...event.data, decidedAt: event.at }),
        ),
    }),
    defineReaction({
      on: roleChanged,
      name: 'provisioning.follow_role',
      run: (job, event) => followRole(job, event.data, event.at),
    }),
    defineReaction({
      on: identityBack,
      name: 'provisioning.give_the_returned',
      run: (job, event) => wakeReturned(job, event.data.identityId),
    }),
  ],
  events,
  policies,
});
