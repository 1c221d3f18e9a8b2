import { z } from 'zod';
import { notFound } from '#kit/errors/index.ts';
import { instantOut, pageInput, pageOf, text } from '#kit/http/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { listDeliveries } from './deliveries.ts';
import {
  addWebhook,
  changeWebhook,
  removeWebhook,
  repeatDelivery,
  rotateWebhookSecret,
  testWebhook,
  type ManageEdges,
} from './manage-webhooks.ts';
import { WEBHOOK_KINDS } from './model.ts';
import { findWebhook, listWebhooks, versionsOf } from './store.ts';

const ids = z.array(z.uuid()).min(1).max(200);
const kinds = z
  .array(
    z
      .string()
      .max(100)
      .regex(/^(\*|[a-z_]+\.(\*|[a-z_]+))$/, 'is no kind of event: write request.approved, request.* or *'),
  )
  .min(1)
  .max(100);
const url = z.string().min(1).max(2000);

const webhookOut = z.object({
  id: z.uuid(),
  name: z.string(),
  kind: z.enum(WEBHOOK_KINDS),
  /** Where it is; the rest of the URL is not shown, because of a chat it is a secret. */
  host: z.string(),
  version: z.int(),
  kinds: z.array(z.string()),
  systemIds: z.array(z.uuid()).nullable(),
  ownerIds: z.array(z.uuid()).nullable(),
  state: z.enum(['active', 'paused', 'removed']),
  /** Why Reeve paused it by itself. */
  because: z.string().nullable(),
  /** Tries in a row it did not answer. */
  failures: z.int(),
  oldSecretUntil: instantOut.nullable(),
  madeAt: instantOut,
});
const versionOut = z.object({
  version: z.int(),
  name: z.string(),
  host: z.string(),
  kinds: z.array(z.string()),
  systemIds: z.array(z.uuid()).nullable(),
  ownerIds: z.array(z.uuid()).nullable(),
  state: z.string(),
  madeAt: instantOut,
  madeBy: z.string(),
});
const deliveryState = z.enum(['waiting', 'delivered', 'not_delivered']);
const deliveryOut = z.object({
  id: z.uuid(),
  webhookId: z.uuid(),
  webhookName: z.string(),
  eventId: z.uuid().nullable(),
  eventType: z.string(),
  state: deliveryState,
  because: z.string().nullable(),
  attempts: z.int(),
  wantedAt: instantOut,
  settledAt: instantOut.nullable(),
});
const idIn = z.object({ id: z.uuid() });

/** Who is told of what happens, by a call. */
export const webhookOperations = (edges: ManageEdges): readonly AnyOperation[] => [
  defineOperation({
    name: 'webhooks.list',
    action: 'webhook.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/webhooks',
    summary: 'List webhooks and what they subscribed to',
    input: z.object({}),
    output: z.object({ items: z.array(webhookOut), nextCursor: z.null() }),
    cli: { command: 'webhook ls', columns: ['id', 'name', 'kind', 'host', 'kinds', 'state', 'failures'] },
    handler: async (ctx) => ({ items: await listWebhooks(ctx.tx), nextCursor: null }),
  }),
  defineOperation({
    name: 'webhooks.kinds',
    action: 'webhook.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/webhook-kinds',
    summary: 'List the kinds of events one can subscribe to',
    input: z.object({}),
    output: z.object({ items: z.array(z.string()) }),
    cli: { command: 'webhook kinds' },
    handler: () => Promise.resolve({ items: [...edges.eventTypes()].sort() }),
  }),
  defineOperation({
    name: 'webhooks.show',
    action: 'webhook.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/webhooks/{id}',
    summary: 'Show a webhook with its versions, the newest first',
    input: idIn,
    output: webhookOut.extend({ versions: z.array(versionOut) }),
    cli: { command: 'webhook show', positional: ['id'] },
    handler: async (ctx, _permit, { id }) => {
      const hook = await findWebhook(ctx.tx, id);
      if (hook === undefined) throw notFound('webhook', id);
      return { ...hook, versions: await versionsOf(ctx.tx, id) };
    },
  }),
  defineOperation({
    name: 'webhooks.add',
    action: 'webhook.manage',
    kind: 'write',
    method: 'POST',
    path: '/v1/webhooks',
    summary: 'Send kinds of events to a receiver, signed, from now on',
    description:
      '`standard` is signed as Standard Webhooks say; the secret is in this answer and never again. `slack`, `mattermost` and `teams` take a message. With systems or owners only events that name a system are sent.',
    secretOutput: true,
    input: z.object({
      name: text(100),
      kind: z.enum(WEBHOOK_KINDS).default('standard'),
      url,
      kinds,
      systemIds: ids.optional(),
      ownerIds: ids.optional(),
    }),
    output: z.object({ webhook: webhookOut, secret: z.string().nullable() }),
    cli: { command: 'webhook add', positional: ['name', 'url'] },
    handler: (ctx, permit, input) =>
      addWebhook(edges, ctx, permit, {
        ...input,
        systemIds: input.systemIds ?? null,
        ownerIds: input.ownerIds ?? null,
      }),
  }),
  defineOperation({
    name: 'webhooks.change',
    action: 'webhook.manage',
    kind: 'write',
    method: 'PATCH',
    path: '/v1/webhooks/{id}',
    summary: 'Change what a webhook subscribed to, pause it or let it go on',
    description: 'What is left out stays. With `version` it is changed only where nobody else changed it meanwhile.',
    input: z.object({
      id: z.uuid(),
      version: z.int().min(1).max(2_147_483_647).optional(),
      name: text(100).optional(),
      url: url.optional(),
      kinds: kinds.optional(),
      systemIds: ids.nullable().optional(),
      ownerIds: ids.nullable().optional(),
      state: z.enum(['active', 'paused']).optional(),
    }),
    output: webhookOut,
    cli: { command: 'webhook set', positional: ['id'] },
    handler: (ctx, permit, input) => changeWebhook(edges, ctx, permit, input),
  }),
  defineOperation({
    name: 'webhooks.remove',
    action: 'webhook.manage',
    kind: 'write',
    method: 'DELETE',
    path: '/v1/webhooks/{id}',
    summary: 'Remove a webhook; nothing is sent to it any more',
    input: idIn,
    output: idIn,
    cli: { command: 'webhook rm', positional: ['id'] },
    handler: async (ctx, permit, { id }) => {
      await removeWebhook(ctx, permit, id);
      return { id };
    },
  }),
  defineOperation({
    name: 'webhooks.rotateSecret',
    action: 'webhook.manage',
    kind: 'write',
    method: 'POST',
    path: '/v1/webhooks/{id}/rotate-secret',
    summary: 'Sign with a new secret, and with the old one too for some hours',
    secretOutput: true,
    input: z.object({ id: z.uuid(), keepOldHours: z.int().min(0).max(720).default(24) }),
    output: z.object({ id: z.uuid(), secret: z.string(), oldUntil: instantOut }),
    cli: { command: 'webhook rotate', positional: ['id'] },
    handler: async (ctx, permit, input) => ({
      id: input.id,
      ...(await rotateWebhookSecret(edges, ctx, permit, input)),
    }),
  }),
  defineOperation({
    name: 'webhooks.test',
    action: 'webhook.manage',
    kind: 'write',
    method: 'POST',
    path: '/v1/webhooks/{id}/test',
    summary: 'Send a test; the delivery says what came of it',
    input: idIn,
    output: z.object({ deliveryId: z.uuid() }),
    cli: { command: 'webhook test', positional: ['id'] },
    handler: async (ctx, permit, { id }) => ({ deliveryId: await testWebhook(ctx, permit, id) }),
  }),
  defineOperation({
    name: 'webhooks.deliveries',
    action: 'webhook.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/webhook-deliveries',
    summary: 'List what was sent to receivers, and what was not and why, newest first',
    input: z.object({ ...pageInput, webhookId: z.uuid().optional(), state: deliveryState.optional() }),
    output: pageOf(deliveryOut),
    cli: {
      command: 'webhook deliveries',
      columns: ['id', 'webhookName', 'eventType', 'state', 'attempts', 'because', 'wantedAt'],
    },
    handler: (ctx, _permit, input) => listDeliveries(ctx.tx, input),
  }),
  defineOperation({
    name: 'webhooks.sendAgain',
    action: 'webhook_delivery.repeat',
    kind: 'write',
    method: 'POST',
    path: '/v1/webhook-deliveries/{id}/send-again',
    summary: 'Send again what could not be delivered, under the same id',
    input: idIn,
    output: idIn,
    cli: { command: 'webhook resend', positional: ['id'] },
    handler: async (ctx, permit, { id }) => {
      await repeatDelivery(ctx, permit, id);
      return { id };
    },
  }),
];
