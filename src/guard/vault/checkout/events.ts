import { z } from 'zod';
import { defineEvent, personal, pub } from '#spine/audit/event-type.ts';

export const checkoutTermsSet = defineEvent('checkout_terms.set', {
  path: pub(z.string()),
  shared: pub(z.boolean()),
  secondPerson: pub(z.boolean()),
  reasonRequired: pub(z.boolean()),
  ticketRequired: pub(z.boolean()),
  longestSeconds: pub(z.int()),
  extensions: pub(z.int()),
  showing: pub(z.string()),
  rotateAfter: pub(z.boolean()),
});

const out = {
  secretId: pub(z.uuid()),
  name: pub(z.string()),
  checkoutId: pub(z.uuid()),
  identityId: pub(z.uuid()),
};
/** The holder looked at the value again while it is out. */
export const checkoutShown = defineEvent('checkout.shown', { ...out, version: pub(z.int()) });
/** The holder has it longer than was said first. */
export const checkoutExtended = defineEvent('checkout.extended', {
  ...out,
  endsAt: pub(z.iso.datetime()),
  reason: personal(z.string()),
});

const ask = {
  askId: pub(z.uuid()),
  secretId: pub(z.uuid()),
  name: pub(z.string()),
  identityId: pub(z.uuid()),
};
/** Somebody asked that a second person agrees to a checkout. */
export const checkoutAsked = defineEvent('checkout_ask.made', {
  ...ask,
  seconds: pub(z.int()),
  ticket: pub(z.string().optional()),
  reason: personal(z.string()),
});
export const checkoutApproved = defineEvent('checkout_ask.approved', { ...ask, method: pub(z.string()) });
export const checkoutDenied = defineEvent('checkout_ask.denied', { ...ask, because: personal(z.string()) });
export const checkoutAskWithdrawn = defineEvent('checkout_ask.withdrawn', ask);

export const checkoutEvents = [
  checkoutTermsSet,
  checkoutShown,
  checkoutExtended,
  checkoutAsked,
  checkoutApproved,
  checkoutDenied,
  checkoutAskWithdrawn,
];
