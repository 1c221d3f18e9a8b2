import { z } from 'zod';
import { defineEvent, personal, pub } from '#spine/audit/event-type.ts';

const fields = {
  rotationId: pub(z.uuid()),
  accountId: pub(z.uuid()),
  secretId: pub(z.uuid()),
  systemId: pub(z.uuid()),
};

export const rotationPlanned = defineEvent('rotation.planned', {
  ...fields,
  because: pub(z.string()),
  /** Why, in the words of whoever asked for it, the event's subject. */
  words: personal(z.string().optional()),
});
export const rotationApplied = defineEvent('rotation.applied', { ...fields, version: pub(z.int()) });
/** Proved: the new value logs in, the old one does not. */
export const rotationDone = defineEvent('rotation.done', { ...fields, version: pub(z.int()) });
export const rotationFailed = defineEvent('rotation.failed', { ...fields, problem: pub(z.string()) });

export const events = [rotationPlanned, rotationApplied, rotationDone, rotationFailed];
