import { z } from 'zod';
import { defineEvent, pub } from '#spine/audit/index.ts';

const hook = { webhookId: pub(z.uuid()), name: pub(z.string()) };
const subscription = {
  ...hook,
  version: pub(z.int()),
  host: pub(z.string()),
  kinds: pub(z.array(z.string())),
  systemIds: pub(z.array(z.uuid()).nullable()),
  ownerIds: pub(z.array(z.uuid()).nullable()),
  state: pub(z.string()),
};

export const webhookAdded = defineEvent('webhook.added', { ...subscription, kind: pub(z.string()) });
export const webhookChanged = defineEvent('webhook.changed', { ...subscription, urlChanged: pub(z.boolean()) });
export const webhookRemoved = defineEvent('webhook.removed', hook);
/** It is signed with another secret; the one before signs along until then. */
export const webhookSecretRotated = defineEvent('webhook.secret_rotated', { ...hook, oldUntil: pub(z.iso.datetime()) });
export const webhookTested = defineEvent('webhook.tested', { ...hook, deliveryId: pub(z.uuid()) });
/** Reeve stopped sending to it by itself. */
export const webhookGone = defineEvent('webhook.gone', { ...hook, because: pub(z.string()) });

const delivery = { ...hook, deliveryId: pub(z.uuid()), eventType: pub(z.string()) };
/** A receiver was not told, and why. */
export const deliveryFailed = defineEvent('webhook_delivery.failed', { ...delivery, because: pub(z.string()) });
export const deliveryRepeated = defineEvent('webhook_delivery.repeated', delivery);

export const webhookEvents = [
  webhookAdded,
  webhookChanged,
  webhookRemoved,
  webhookSecretRotated,
  webhookTested,
  webhookGone,
  deliveryFailed,
  deliveryRepeated,
];
