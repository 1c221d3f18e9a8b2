import { z } from 'zod';
import { defineEvent, pub } from '#spine/audit/event-type.ts';

const rules = z.object({
  revision: z.int(),
  rules: z.array(z.object({ pattern: z.string(), does: z.enum(['alert', 'ask', 'end']) })),
  askSeconds: z.int(),
});

/** What happens at which commands on a system, or for one account there, was said anew. */
export const rulesChanged = defineEvent('command_rules.changed', {
  systemId: pub(z.uuid()),
  accountId: pub(z.uuid().nullable()),
  before: pub(rules.nullable()),
  after: pub(rules),
});

export const events = [rulesChanged];
