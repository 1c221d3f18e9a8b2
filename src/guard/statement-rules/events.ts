import { z } from 'zod';
import { defineEvent, pub } from '#spine/audit/event-type.ts';

const rules = z.object({
  readOnly: z.boolean(),
  noDdl: z.boolean(),
  whereNeeded: z.boolean(),
  keepRole: z.boolean(),
  denyTables: z.array(z.string()),
});

/** What statements may not be on a system, or for one account there, was said anew. */
export const rulesChanged = defineEvent('statement_rules.changed', {
  systemId: pub(z.uuid()),
  accountId: pub(z.uuid().nullable()),
  before: pub(rules.nullable()),
  after: pub(rules),
});

export const events = [rulesChanged];
