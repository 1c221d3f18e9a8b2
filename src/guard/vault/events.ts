import { z } from 'zod';
import { defineEvent, personal, pub } from '#spine/audit/event-type.ts';

const secret = { secretId: pub(z.uuid()), name: pub(z.string()) };
const version = { ...secret, version: pub(z.int()) };

export const secretCreated = defineEvent('secret.created', {
  ...secret,
  kind: pub(z.string()),
  purpose: pub(z.string()),
});
export const secretSealed = defineEvent('secret.version_sealed', { ...version, state: pub(z.string()) });
export const secretPromoted = defineEvent('secret.version_promoted', version);
export const secretAbandoned = defineEvent('secret.version_abandoned', { ...version, because: pub(z.string()) });
export const secretRemoved = defineEvent('secret.removed', secret);
/** Reeve used the value itself: a gateway logged in, a connector connected. Nobody saw it. */
export const secretUsed = defineEvent('secret.used', {
  ...version,
  purpose: pub(z.string()),
  sessionId: pub(z.uuid().optional()),
});
/** A person saw the value. */
export const checkoutStarted = defineEvent('checkout.started', {
  ...version,
  checkoutId: pub(z.uuid()),
  identityId: pub(z.uuid()),
  accountId: pub(z.uuid().optional()),
  reason: personal(z.string()),
  endsAt: pub(z.iso.datetime()),
});
/** The value is back; what was seen is now to be rotated. */
export const checkoutEnded = defineEvent('checkout.ended', {
  ...version,
  checkoutId: pub(z.uuid()),
  identityId: pub(z.uuid()),
  accountId: pub(z.uuid().optional()),
  because: pub(z.string()),
});

export const events = [
  secretCreated,
  secretSealed,
  secretPromoted,
  secretAbandoned,
  secretRemoved,
  secretUsed,
  checkoutStarted,
  checkoutEnded,
];
