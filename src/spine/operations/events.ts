import { z } from 'zod';
import { defineEvent, pub } from '#spine/audit/event-type.ts';

/** Somebody asked for what policy does not allow. Recorded apart, since the refused transaction rolled back. */
export const operationRefused = defineEvent('operation.refused', {
  action: pub(z.string()),
  resourceType: pub(z.string()),
  resourceId: pub(z.string()),
  code: pub(z.string()),
  /** The policies that forbade it; absent where it was refused by a check, or because no policy allows it. */
  policies: pub(z.array(z.string()).optional()),
});
