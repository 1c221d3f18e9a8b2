import { z } from 'zod';
import { defineEvent, personal, pub } from '#spine/audit/event-type.ts';

const run = { runId: pub(z.uuid()), systemId: pub(z.uuid()) };

export const systemConnected = defineEvent('system.connected', { systemId: pub(z.uuid()), name: pub(z.string()) });
export const systemScheduled = defineEvent('system.scheduled', {
  systemId: pub(z.uuid()),
  readEverySeconds: pub(z.int()),
  readChangesEverySeconds: pub(z.int()),
  maxLossPercent: pub(z.int()),
  maxLossFree: pub(z.int()),
});
export const readingAsked = defineEvent('discovery.asked', run);
export const readingFailed = defineEvent('discovery.failed', { ...run, problem: pub(z.string()) });
/** A reading would have taken too much away: it added what is new, and the rest waits for a named person. */
export const readingHeld = defineEvent('discovery.held', { ...run, because: pub(z.string()) });
export const readingAccepted = defineEvent('discovery.accepted', { ...run, because: pub(z.string()) });
export const findingsTold = defineEvent('finding.told', {
  systemId: pub(z.uuid()),
  opened: pub(z.int()),
  gone: pub(z.int()),
});
export const findingAccepted = defineEvent('finding.accepted', {
  findingId: pub(z.uuid()),
  /** In the words of whoever accepted it, the event's subject. */
  answer: personal(z.string()),
});

export const events = [
  systemConnected,
  systemScheduled,
  readingAsked,
  readingFailed,
  readingHeld,
  readingAccepted,
  findingsTold,
  findingAccepted,
];
