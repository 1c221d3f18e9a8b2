import { z } from 'zod';
import { defineEvent, pub } from '#spine/audit/index.ts';

/** A link in a mail decided. Without sign-in, who decided is who it was sent to, as far as having the mail proves that. */
export const decisionLinkUsed = defineEvent('decision_link.used', {
  linkId: pub(z.uuid()),
  requestId: pub(z.uuid()),
  identityId: pub(z.uuid()),
  signedIn: pub(z.boolean()),
});
export const linkSettingsChanged = defineEvent('decision_link_setting.changed', {
  mode: pub(z.string()),
  hours: pub(z.int()),
});
