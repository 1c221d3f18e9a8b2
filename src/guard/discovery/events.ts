import { z } from 'zod';
import { defineEvent, personal, pub } from '#spine/audit/event-type.ts';

export const systemConnected = defineEvent('system.connected', { systemId: pub(z.uuid()), name: pub(z.string()) });
export const readingAsked = defineEvent('discovery.asked', { runId: pub(z.uuid()), systemId: pub(z.uuid()) });
export const readingFailed = defineEvent('discovery.failed', {
  runId: pub(z.uuid()),
  systemId: pub(z.uuid()),
  problem: pub(z.string()),
});
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

export const events = [systemConnected, readingAsked, readingFailed, findingsTold, findingAccepted];
