import { z } from 'zod';
import { defineEvent, personal, pub } from '#spine/audit/event-type.ts';

const facts = {
  browserSessionId: pub(z.uuid()),
  accountId: pub(z.uuid()),
  systemId: pub(z.uuid()),
};

export const browserSessionAsked = defineEvent('browser_session.asked', {
  ...facts,
  address: personal(z.string()),
});
/** Its key was shown by the sign-in that asked; a session follows, or a refusal. */
export const browserSessionBegun = defineEvent('browser_session.begun', {
  ...facts,
  /** What Reeve came to the SSH gateway by. */
  certificateId: pub(z.uuid().optional()),
  /** What Reeve came to the gateway of a database by. */
  passwordId: pub(z.uuid().optional()),
  address: personal(z.string()),
});
/** Its key was shown where it is good for nothing: in `how`, what was wrong. */
export const browserSessionMisused = defineEvent('browser_session.misused', {
  ...facts,
  how: pub(z.string()),
  address: personal(z.string()),
});

export const events = [browserSessionAsked, browserSessionBegun, browserSessionMisused];
