import { z } from 'zod';
import { defineEvent, personal, pub } from '#spine/audit/event-type.ts';

/** Somebody looked for what was run, and was shown what these sessions have of it. */
export const recordingsSearched = defineEvent('recording.searched', {
  words: personal(z.string()),
  systemId: pub(z.uuid().optional()),
  sessionIds: pub(z.array(z.uuid())),
});
