import { z } from 'zod';
import { defineEvent, pub } from '#spine/audit/event-type.ts';

/** From the next session on, a system is served like this. */
export const webTermsSet = defineEvent('web_terms.set', {
  systemId: pub(z.uuid()),
  site: pub(z.string()),
  credential: pub(z.string()),
  header: pub(z.string().nullable()),
  keepHost: pub(z.boolean()),
  hiddenFields: pub(z.array(z.string())),
});
/** It is served no more; sessions that are open go on. */
export const webTermsRemoved = defineEvent('web_terms.removed', { systemId: pub(z.uuid()), site: pub(z.string()) });

const rules = z.object({
  readOnly: z.boolean(),
  noWebSockets: z.boolean(),
  denyPaths: z.array(z.string()),
  denyHeaders: z.array(z.string()),
});
/** What requests may not be on a system, or for one account there, was said anew. */
export const requestRulesChanged = defineEvent('request_rules.changed', {
  systemId: pub(z.uuid()),
  accountId: pub(z.uuid().nullable()),
  before: pub(rules.nullable()),
  after: pub(rules),
});

export const events = [webTermsSet, webTermsRemoved, requestRulesChanged];
