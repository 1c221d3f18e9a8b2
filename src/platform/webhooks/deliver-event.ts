import { open, type Keys } from '#kit/crypto/index.ts';
import type { Db } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import type { Outbound, OutboundAnswer } from '#kit/outbound/index.ts';
import { readPublicEvent } from '#spine/audit/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { composeMessage, type Told } from './compose-message.ts';
import { countTry, enqueueDeliveries, findDelivery, settleDelivery, type Delivery } from './deliveries.ts';
import { deliveryFailed, webhookGone } from './events.ts';
import { quietAfter, waitAfter, type Webhook } from './model.ts';
import { signedHeaders } from './sign-message.ts';
import { findSealed, findWebhook, keepVersion, noteAnswer, noteSilence, pauseWebhook } from './store.ts';

export interface WebhookEdges {
  readonly db: Db;
  readonly keys: Keys;
  readonly outbound: Outbound;
  readonly publicUrl: string;
}

export const PURPOSE = 'webhooks';
export const urlContext = (id: string): string => `webhook ${id} url`;
export const secretContext = (id: string): string => `webhook ${id} secret`;

/** How a try ended. `silent`: the receiver as a whole does not answer, and others need not wait for it now. */
interface Tried {
  readonly outcome: 'delivered' | 'again' | 'never' | 'gone';
  readonly because: string;
  readonly silent: boolean;
  readonly askedSeconds: number | undefined;
}

/**
 * Sends one event to one receiver, or settles why not. At least once: a worker that dies between sending and noting it
 * sends again, under the same id. The order of events is not kept.
 */
export const deliverEvent = async (edges: WebhookEdges, job: JobCtx, deliveryId: string): Promise<void> => {
  const delivery = await findDelivery(job.db, deliveryId);
  if (delivery === undefined || delivery.state !== 'waiting') return;
  const hook = await findWebhook(job.db, delivery.webhookId);
  // What waits for a webhook that is paused is queued again when it goes on.
  if (hook === undefined || hook.state === 'paused') return;
  const now = job.clock.now();
  if (hook.quietUntil !== null && hook.quietUntil > now && now < delivery.givesUpAt) {
    const afterMs = hook.quietUntil.getTime() - now.getTime() + Math.random() * 5_000;
    await job.act({ action: 'webhook.settle' }, ({ tx }) => enqueueDeliveries(tx, [delivery.id], afterMs));
    return;
  }
  await settle(job, hook, delivery, await tried(edges, job, hook, delivery));
};

const never = (because: string): Tried => ({ outcome: 'never', because, silent: false, askedSeconds: undefined });

const tried = async (edges: WebhookEdges, job: JobCtx, hook: Webhook, delivery: Delivery): Promise<Tried> => {
  const sealed = await findSealed(job.db, hook.id);
  if (sealed === undefined) return never('the webhook was removed');
  const told = await toldOf(edges, delivery);
  if (told === undefined) return never('there is no such event');
  const at = job.clock.now();
  const body = composeMessage(hook.kind, delivery.eventId ?? delivery.id, told, edges.publicUrl);
  const opened = openSealed(edges.keys, hook, sealed, at);
  // Somebody had their hands in the database: nothing is sent by what was put there, and nobody waits for it.
  if (opened === undefined) return never('its address or secret was changed behind the back of Reeve: give it anew');
  const { url, secrets } = opened;
  const answer = await edges.outbound.post(url, {
    headers: {
      'content-type': 'application/json',
      ...(hook.kind === 'standard' ? signedHeaders({ id: `msg_${delivery.id}`, at, body }, secrets) : {}),
    },
    body,
  });
  for (const secret of secrets) secret.fill(0);
  return judge(answer);
};

/** What was sealed of a webhook, as long as each part is good; undefined where one does not open in its place. */
const openSealed = (
  keys: Keys,
  hook: Webhook,
  sealed: NonNullable<Awaited<ReturnType<typeof findSealed>>>,
  at: Date,
): { readonly url: string; readonly secrets: readonly Buffer[] } | undefined => {
  const key = keys.sealing(PURPOSE);
  const old = hook.oldSecretUntil !== null && hook.oldSecretUntil > at ? sealed.sealedOldSecret : null;
  try {
    return {
      url: open(key, sealed.sealedUrl, urlContext(hook.id)).toString(),
      secrets: [sealed.sealedSecret, old]
        .filter((one) => one !== null)
        .map((one) => open(key, one, secretContext(hook.id))),
    };
  } catch (error) {
    if (error instanceof AppError && error.code === 'crypto.does_not_open') return undefined;
    throw error;
  }
};

const toldOf = async (edges: WebhookEdges, delivery: Delivery): Promise<Told | undefined> =>
  delivery.eventId === null
    ? { type: delivery.eventType, at: delivery.wantedAt, data: { message: 'This is a test.' } }
    : await readPublicEvent(edges.db, edges.keys, delivery.eventId);

const judge = (answer: OutboundAnswer): Tried => {
  if (answer.outcome !== 'answered')
    return answer.outcome === 'refused'
      ? never(answer.because)
      : { outcome: 'again', because: answer.because, silent: true, askedSeconds: undefined };
  const { status, retryAfterSeconds } = answer;
  const said = { because: `the receiver said ${status}`, askedSeconds: retryAfterSeconds };
  if (status >= 200 && status < 300) return { ...said, outcome: 'delivered', silent: false };
  if (status === 410) return { ...said, outcome: 'gone', silent: false };
  if (status >= 300 && status < 400)
    return {
      ...said,
      because: `${said.because}, which redirects; it was not followed`,
      outcome: 'again',
      silent: false,
    };
  return { ...said, outcome: 'again', silent: status >= 500 || status === 429 };
};

const settle = (job: JobCtx, hook: Webhook, delivery: Delivery, came: Tried): Promise<void> =>
  job.act({ action: 'webhook.settle' }, async (ctx, permit) => {
    const { id: webhookId, name } = hook;
    if (came.outcome === 'delivered') {
      await settleDelivery(ctx.tx, delivery.id, { state: 'delivered', because: null });
      await noteAnswer(ctx.tx, webhookId);
      return;
    }
    if (came.silent) {
      const quiet = new Date(ctx.now.getTime() + quietAfter(hook.failures + 1) * 1000);
      await noteSilence(ctx.tx, webhookId, quiet);
    }
    const wait = came.outcome === 'again' ? waitAfter(delivery.attempts + 1, came.askedSeconds) : undefined;
    if (wait !== undefined && ctx.now.getTime() + wait < delivery.givesUpAt.getTime()) {
      await countTry(ctx.tx, delivery.id, came.because);
      await enqueueDeliveries(ctx.tx, [delivery.id], wait);
      return;
    }
    const { because } = came;
    if (!(await settleDelivery(ctx.tx, delivery.id, { state: 'not_delivered', because }))) return;
    await ctx.record(permit, {
      event: deliveryFailed,
      data: { webhookId, name, deliveryId: delivery.id, eventType: delivery.eventType, because },
    });
    if (came.outcome !== 'gone') return;
    await pauseWebhook(ctx.tx, webhookId, because);
    await keepVersion(ctx.tx, webhookId, 'component:webhooks');
    await ctx.record(permit, { event: webhookGone, data: { webhookId, name, because } });
  });
