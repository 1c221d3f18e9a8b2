import { seal } from '#kit/crypto/index.ts';
import { isConstraint } from '#kit/db/index.ts';
import { conflict, invalid, notFound } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { enqueueDeliveries, findDelivery, queueDeliveries, reopenDelivery, waitingFor } from './deliveries.ts';
import { PURPOSE, secretContext, urlContext, type WebhookEdges } from './deliver-event.ts';
import {
  deliveryRepeated,
  webhookAdded,
  webhookChanged,
  webhookRemoved,
  webhookSecretRotated,
  webhookTested,
} from './events.ts';
import { means, type Subscription, type Webhook, type WebhookKind } from './model.ts';
import { newSigningSecret } from './sign-message.ts';
import {
  changeSecret,
  changeSubscription,
  findWebhook,
  insertWebhook,
  keepVersion,
  lockWebhook,
  removeWebhookRow,
} from './store.ts';

/** What the use-cases of webhooks are handed. */
export interface ManageEdges extends WebhookEdges {
  /** Every type of event there is. */
  readonly eventTypes: () => readonly string[];
}

const by = (ctx: Ctx): string => `${ctx.principal.kind}:${ctx.principal.id}`;

const refuseBadUrl = (edges: ManageEdges, url: string): string => {
  const problem = edges.outbound.problemOf(url);
  if (problem !== undefined)
    throw invalid(
      '/url',
      problem,
      'give the https:// address of the receiver; private addresses are opened by outbound_allow',
    );
  return new URL(url).host;
};

const refuseUnknownKinds = (edges: ManageEdges, kinds: readonly string[]): void => {
  const types = edges.eventTypes();
  kinds.forEach((kind, i) => {
    if (!types.some((type) => means(kind, type)))
      throw invalid(
        `/kinds/${i}`,
        `no event is called ${kind}`,
        'write a type such as request.approved, a group such as request.*, or *; `reeve webhook kinds` lists them',
      );
  });
};

const recorded = (hook: Webhook) => ({
  webhookId: hook.id,
  name: hook.name,
  version: hook.version,
  host: hook.host,
  kinds: [...hook.kinds],
  systemIds: hook.systemIds === null ? null : [...hook.systemIds],
  ownerIds: hook.ownerIds === null ? null : [...hook.ownerIds],
  state: hook.state,
});

const inForce = async (ctx: Ctx, id: string): Promise<Webhook> => {
  const hook = await findWebhook(ctx.tx, id);
  if (hook === undefined) throw notFound('webhook', id);
  return hook;
};

const unlessNameTaken = async (name: string, work: Promise<void>): Promise<void> => {
  try {
    await work;
  } catch (error) {
    if (!isConstraint(error, 'webhook_name_is_one_webhooks')) throw error;
    throw conflict('webhook.name_taken', `there is a webhook called ${name}`, 'give this one another name');
  }
};

/** Adds a webhook. The secret it signs with is answered here and never again. */
export const addWebhook = async (
  edges: ManageEdges,
  ctx: Ctx,
  permit: Permit,
  input: Subscription & { readonly name: string; readonly kind: WebhookKind; readonly url: string },
): Promise<{ readonly webhook: Webhook; readonly secret: string | null }> => {
  const host = refuseBadUrl(edges, input.url);
  refuseUnknownKinds(edges, input.kinds);
  const id = newId(ctx.now.getTime());
  const key = edges.keys.sealing(PURPOSE);
  const secret = input.kind === 'standard' ? newSigningSecret() : null;
  const sealedUrl = seal(key, Buffer.from(input.url), urlContext(id));
  const sealedSecret = secret === null ? null : seal(key, secret, secretContext(id));
  await unlessNameTaken(input.name, insertWebhook(ctx.tx, { ...input, id, host, sealedUrl, sealedSecret }));
  await keepVersion(ctx.tx, id, by(ctx));
  const webhook = await inForce(ctx, id);
  await ctx.record(permit, { event: webhookAdded, data: { ...recorded(webhook), kind: webhook.kind } });
  return { webhook, secret: secret === null ? null : secret.toString('latin1') };
};

/** Puts another version in force; what waited while it was paused is sent when it goes on. */
export const changeWebhook = async (
  edges: ManageEdges,
  ctx: Ctx,
  permit: Permit,
  input: { readonly id: string; readonly version?: number | undefined } & {
    readonly [K in 'name' | 'kinds' | 'systemIds' | 'ownerIds']?: Webhook[K] | undefined;
  } & { readonly url?: string | undefined; readonly state?: 'active' | 'paused' | undefined },
): Promise<Webhook> => {
  const hook = await lockWebhook(ctx.tx, input.id);
  if (input.version !== undefined && input.version !== hook.version)
    throw conflict(
      'webhook.changed_meanwhile',
      `it is at version ${hook.version} by now`,
      'read it again, then change it',
    );
  if (input.kinds !== undefined) refuseUnknownKinds(edges, input.kinds);
  const next = {
    id: hook.id,
    name: input.name ?? hook.name,
    host: input.url === undefined ? hook.host : refuseBadUrl(edges, input.url),
    kinds: input.kinds ?? hook.kinds,
    systemIds: input.systemIds === undefined ? hook.systemIds : input.systemIds,
    ownerIds: input.ownerIds === undefined ? hook.ownerIds : input.ownerIds,
    state: input.state ?? hook.state,
    sealedUrl:
      input.url === undefined ? null : seal(edges.keys.sealing(PURPOSE), Buffer.from(input.url), urlContext(hook.id)),
  };
  await unlessNameTaken(next.name, changeSubscription(ctx.tx, next));
  await keepVersion(ctx.tx, hook.id, by(ctx));
  if (next.state === 'active') await enqueueDeliveries(ctx.tx, await waitingFor(ctx.tx, hook.id));
  const webhook = await inForce(ctx, hook.id);
  await ctx.record(permit, {
    event: webhookChanged,
    data: { ...recorded(webhook), urlChanged: input.url !== undefined },
  });
  return webhook;
};

/** Removes a webhook. What waited for it is not sent, and says so. */
export const removeWebhook = async (ctx: Ctx, permit: Permit, id: string): Promise<void> => {
  const { name } = await lockWebhook(ctx.tx, id);
  await removeWebhookRow(ctx.tx, id);
  await keepVersion(ctx.tx, id, by(ctx));
  await enqueueDeliveries(ctx.tx, await waitingFor(ctx.tx, id));
  await ctx.record(permit, { event: webhookRemoved, data: { webhookId: id, name } });
};

/** Signs with a new secret from now on, and with the old one too for some hours, so that the receiver can change over. */
export const rotateWebhookSecret = async (
  edges: ManageEdges,
  ctx: Ctx,
  permit: Permit,
  input: { readonly id: string; readonly keepOldHours: number },
): Promise<{ readonly secret: string; readonly oldUntil: Date }> => {
  const hook = await lockWebhook(ctx.tx, input.id);
  if (hook.kind !== 'standard')
    throw conflict('webhook.not_signed', `messages to ${hook.kind} are not signed`, 'give it another URL instead');
  const secret = newSigningSecret();
  const oldUntil = new Date(ctx.now.getTime() + input.keepOldHours * 3_600_000);
  await changeSecret(ctx.tx, hook.id, seal(edges.keys.sealing(PURPOSE), secret, secretContext(hook.id)), oldUntil);
  await ctx.record(permit, {
    event: webhookSecretRotated,
    data: { webhookId: hook.id, name: hook.name, oldUntil: oldUntil.toISOString() },
  });
  return { secret: secret.toString('latin1'), oldUntil };
};

/** Sends a test. What came of it is read from the delivery. */
export const testWebhook = async (ctx: Ctx, permit: Permit, id: string): Promise<string> => {
  const hook = await lockWebhook(ctx.tx, id);
  if (hook.state === 'paused')
    throw conflict('webhook.paused', `${hook.name} is paused`, 'let it go on first: state active');
  const [deliveryId = ''] = await queueDeliveries(ctx.tx, [
    { webhookId: id, eventId: null, eventType: 'webhook.test' },
  ]);
  await ctx.record(permit, { event: webhookTested, data: { webhookId: id, name: hook.name, deliveryId } });
  return deliveryId;
};

/** Sends once more what could not be delivered, under the same id. */
export const repeatDelivery = async (ctx: Ctx, permit: Permit, id: string): Promise<void> => {
  const delivery = await reopenDelivery(ctx.tx, id);
  if (delivery === undefined) {
    if ((await findDelivery(ctx.tx, id)) === undefined) throw notFound('webhook_delivery', id);
    throw conflict('webhook_delivery.settled', 'it was delivered, or waits to be');
  }
  const hook = await lockWebhook(ctx.tx, delivery.webhookId);
  if (hook.state === 'paused')
    throw conflict('webhook.paused', `${hook.name} is paused`, 'let it go on first: state active');
  await ctx.record(permit, {
    event: deliveryRepeated,
    data: { webhookId: hook.id, name: hook.name, deliveryId: id, eventType: delivery.eventType },
  });
  await enqueueDeliveries(ctx.tx, [id]);
};
