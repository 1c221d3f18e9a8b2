import { z } from 'zod';
import { defineEvent, pub } from '#spine/audit/event-type.ts';

/** The export of a system was taken as a reading; what it changed is in `system.read` beside it. */
export const systemImported = defineEvent('system.imported', {
  systemId: pub(z.uuid()),
  acceptLoss: pub(z.boolean()),
  described: pub(z.number().int()),
});

export const events = [systemImported];
