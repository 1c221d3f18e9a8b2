import { z } from 'zod';
import type { Targets } from '#connectors/port.ts';
import { sql } from '#kit/db/index.ts';
import { notFound } from '#kit/errors/index.ts';
import { instantOut, pageInput, pageOf } from '#kit/http/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import { grantEnded, grantStarted } from '#spine/graph/index.ts';
import { defineJob, defineOperation, defineReaction, type Module } from '#spine/operations/index.ts';
import { agreeTarget } from './agree-target.ts';
import { events, provisioningRetried } from './events.ts';
import { listTasks } from './store.ts';
import { RUN_TASK, wantAbsent, wantPresent } from './want-access.ts';

export { BEING_CARRIED_OUT, openTasksOfGrant } from './store.ts';
export { restoreOnTarget } from './want-access.ts';

const taskOut = z.object({
  id: z.uuid(),
  grantId: z.uuid(),
  entitlementId: z.uuid(),
  identityId: z.uuid(),
  systemId: z.uuid(),
  wanted: z.string(),
  state: z.string(),
  tries: z.int(),
  problem: z.string().nullable(),
  decidedAt: instantOut,
  settledAt: instantOut.nullable(),
});

const operations = [
  defineOperation({
    name: 'provisioning.list',
    action: 'provisioning.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/provisioning',
    summary: 'List what grants want of targets, newest first',
    input: z.object({
      ...pageInput,
      state: z.enum(['waiting', 'done', 'manual', 'stuck']).optional(),
      grantId: z.uuid().optional(),
    }),
    output: pageOf(taskOut),
    cli: {
      command: 'provisioning ls',
      columns: ['id', 'wanted', 'state', 'tries', 'problem', 'decidedAt', 'settledAt'],
    },
    handler: (ctx, _permit, input) => listTasks(ctx.tx, input),
  }),
  defineOperation({
    name: 'provisioning.retry',
    action: 'provisioning.retry',
    kind: 'write',
    method: 'POST',
    path: '/v1/provisioning/{id}/retry',
    summary: 'Try again what a target refused',
    input: z.object({ id: z.uuid() }),
    output: z.object({ id: z.uuid() }),
    cli: { command: 'provisioning retry', positional: ['id'] },
    handler: async (ctx, permit, input) => {
      const changed = await ctx.tx.run(sql`
        update provision_task set state = 'waiting', settled_at = null, problem = null where id = ${input.id} and state in ('stuck', 'manual')`);
      if (changed === 0) throw notFound('provision_task', input.id);
      await ctx.record(permit, { event: provisioningRetried, data: { taskId: input.id } });
      await enqueue(ctx.tx, RUN_TASK, { taskId: input.id });
      return { id: input.id };
    },
  }),
];

const policies = `
@id("provisioning.officers_read")
permit (principal is Reeve::Identity, action == Reeve::Action::"provisioning.list", resource)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer", "auditor"]) };

@id("provisioning.administrators_retry")
permit (principal is Reeve::Identity, action == Reeve::Action::"provisioning.retry", resource)
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
      name: RUN_TASK,
      input: z.object({ taskId: z.uuid() }),
      maxAttempts: 40,
      run: (job, input) => agreeTarget(edges.targets, job, input.taskId),
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
      on: grantEnded,
      name: 'provisioning.withdraw',
      run: (job, event) =>
        job.act({ action: 'access.provision' }, (ctx, permit) =>
          wantAbsent(ctx, permit, { ...event.data, decidedAt: event.at }),
        ),
    }),
  ],
  events,
  policies,
});
