import { z } from 'zod';
import { defineEvent, personal, pub } from '#spine/audit/event-type.ts';

const facts = { passwordId: pub(z.uuid()), accountId: pub(z.uuid()), systemId: pub(z.uuid()) };

export const passwordIssued = defineEvent('gateway_password.issued', {
  ...facts,
  connections: pub(z.int()),
  endsAt: pub(z.string()),
});
/** A client showed it and was who it is for; a session follows, or a refusal. */
export const passwordUsed = defineEvent('gateway_password.used', { ...facts, address: personal(z.string()) });
/** A client showed it for what it is not good for: in `how`, what was wrong. */
export const passwordMisused = defineEvent('gateway_password.misused', {
  ...facts,
  how: pub(z.string()),
  address: personal(z.string()),
});
export const passwordEnded = defineEvent('gateway_password.ended', { ...facts, because: pub(z.string()) });

export const events = [passwordIssued, passwordUsed, passwordMisused, passwordEnded];
