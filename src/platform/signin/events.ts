import { z } from 'zod';
import { defineEvent, personal, pub } from '#spine/audit/event-type.ts';

export const signinStarted = defineEvent('signin.started', {
  signinId: pub(z.uuid()),
  method: pub(z.enum(['passkey', 'password_totp'])),
  address: personal(z.string()),
});
export const signinEnded = defineEvent('signin.ended', { signinId: pub(z.uuid()), because: pub(z.string()) });
export const signinAsked = defineEvent('signin.challenge_made', { purpose: pub(z.enum(['register', 'sign_in'])) });
const stepUp = { stepUpId: pub(z.uuid()), action: pub(z.string()), resourceId: pub(z.string()) };
export const stepUpAsked = defineEvent('signin.step_up_asked', stepUp);
/** Somebody proved afresh that it is them, for one act on one thing. */
export const steppedUp = defineEvent('signin.stepped_up', { ...stepUp, method: pub(z.enum(['passkey', 'totp'])) });
export const methodAdded = defineEvent('signin.method_added', {
  method: pub(z.enum(['passkey', 'password', 'totp'])),
  name: pub(z.string()),
});
export const methodRemoved = defineEvent('signin.method_removed', { method: pub(z.string()), name: pub(z.string()) });
export const firstAdministratorEnrolled = defineEvent('signin.first_administrator_enrolled', {});
export const enrolmentLinkMade = defineEvent('signin.enrolment_link_made', {
  purpose: pub(z.enum(['first_administrator', 'enrol'])),
});
export const tokenCreated = defineEvent('token.created', {
  tokenId: pub(z.uuid()),
  name: pub(z.string()),
  scopes: pub(z.array(z.string())),
});
export const tokenRevoked = defineEvent('token.revoked', { tokenId: pub(z.uuid()) });
export const deviceLoginAsked = defineEvent('device_login.asked', { client: pub(z.string()) });
export const deviceLoginDecided = defineEvent('device_login.decided', { approved: pub(z.boolean()) });
export const deviceLoginTaken = defineEvent('device_login.taken', { tokenId: pub(z.uuid()) });

export const events = [
  signinStarted,
  signinEnded,
  signinAsked,
  stepUpAsked,
  steppedUp,
  methodAdded,
  methodRemoved,
  firstAdministratorEnrolled,
  enrolmentLinkMade,
  tokenCreated,
  tokenRevoked,
  deviceLoginAsked,
  deviceLoginDecided,
  deviceLoginTaken,
];
