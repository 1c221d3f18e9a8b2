import { z } from 'zod';
import { notFound } from '#kit/errors/index.ts';
import { instantIn, instantOut, pageInput, pageOf, text } from '#kit/http/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { completeByHand } from './complete-by-hand.ts';
import { provisioningRetried } from './events.ts';
import { queueLanes, queueSystem } from './lanes.ts';
import { dueNow, listTasks, tryOnceMore } from './store.ts';
import { cancelMaintenance, listOrder, listWindows, planMaintenance, putOrder } from './when-to-write.ts';

const windowOut = z.object({
  id: z.uuid(),
  systemId: z.uuid(),
  startsAt: instantOut,
  endsAt: instantOut,
  repeatDays: z.int().nullable(),
  because: z.string(),
});
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

export const operations: readonly AnyOperation[] = [
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
      systemId: z.uuid().optional(),
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
      const task = await tryOnceMore(ctx.tx, input.id);
      if (task === undefined) throw notFound('provision_task', input.id);
      await ctx.record(permit, { event: provisioningRetried, data: { taskId: input.id } });
      await queueLanes(ctx.tx, [task]);
      return { id: input.id };
    },
  }),
  defineOperation({
    name: 'provisioning.complete',
    action: 'provisioning.complete',
    kind: 'write',
    method: 'POST',
    path: '/v1/provisioning/{id}/complete',
    summary: 'Say that a system without a connector was changed by hand, and what proves it',
    input: z.object({ id: z.uuid(), account: text(250).optional(), proof: text(1000) }),
    output: taskOut,
    cli: { command: 'provisioning complete', positional: ['id'] },
    handler: (ctx, permit, input) => completeByHand(ctx, permit, input),
  }),
  defineOperation({
    name: 'maintenance.list',
    action: 'maintenance.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/maintenance',
    summary: 'List the times in which systems are not written to',
    input: z.object({ systemId: z.uuid().optional() }),
    output: z.object({ items: z.array(windowOut) }),
    cli: {
      command: 'maintenance ls',
      columns: ['id', 'systemId', 'startsAt', 'endsAt', 'repeatDays', 'because'],
    },
    handler: async (ctx, _permit, input) => ({ items: await listWindows(ctx.tx, input.systemId) }),
  }),
  defineOperation({
    name: 'maintenance.plan',
    action: 'maintenance.plan',
    kind: 'write',
    method: 'POST',
    path: '/v1/maintenance',
    summary: 'Plan a time in which nothing is written to a system; what is wanted meanwhile follows after it',
    input: z.object({
      systemId: z.uuid(),
      startsAt: instantIn,
      endsAt: instantIn,
      repeatDays: z.int().min(1).max(366).optional(),
      because: text(500),
    }),
    output: windowOut,
    cli: { command: 'maintenance plan', positional: ['systemId'] },
    handler: (ctx, permit, input) => planMaintenance(ctx, permit, input),
  }),
  defineOperation({
    name: 'maintenance.cancel',
    action: 'maintenance.plan',
    kind: 'write',
    method: 'POST',
    path: '/v1/maintenance/{id}/cancel',
    summary: 'End a maintenance window for good, also an open one: what waits is carried out now',
    input: z.object({ id: z.uuid() }),
    output: z.object({ id: z.uuid() }),
    cli: { command: 'maintenance cancel', positional: ['id'] },
    handler: async (ctx, permit, input) => {
      const systemId = await cancelMaintenance(ctx, permit, input);
      await dueNow(ctx.tx, systemId);
      await queueSystem(ctx.tx, systemId);
      return { id: input.id };
    },
  }),
  defineOperation({
    name: 'systemOrder.list',
    action: 'system_order.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/system-order',
    summary: 'List which systems people get access on only after which others',
    input: z.object({}),
    output: z.object({ items: z.array(z.object({ systemId: z.uuid(), afterSystemId: z.uuid() })) }),
    cli: { command: 'systems order', columns: ['systemId', 'afterSystemId'] },
    handler: async (ctx) => ({ items: await listOrder(ctx.tx) }),
  }),
  defineOperation({
    name: 'systemOrder.put',
    action: 'system_order.put',
    kind: 'write',
    method: 'PUT',
    path: '/v1/systems/{id}/after',
    summary: 'Set after which systems people get access on this one, for instance a directory it asks',
    input: z.object({ id: z.uuid(), after: z.array(z.uuid()).max(20) }),
    output: z.object({ id: z.uuid() }),
    cli: { command: 'systems set-order', positional: ['id'] },
    resource: (input) => ({ type: 'System', id: input.id }),
    handler: async (ctx, permit, input) => {
      await putOrder(ctx, permit, { systemId: input.id, after: input.after });
      return { id: input.id };
    },
  }),
];
