import { z } from 'zod';
import { defineEvent, personal, pub } from '#spine/audit/event-type.ts';

/** So many were looked at, and of so many the score, the level or a reason is another than before. */
export const risksKept = defineEvent('identity_risks.kept', { looked: pub(z.int()), changed: pub(z.int()) });
/** Somebody asked for a look at everybody. */
export const riskLookAsked = defineEvent('identity_risks.look_asked', {});
/** Everybody and every account of nobody was looked at. */
export const riskLookDone = defineEvent('identity_risks.looked', {
  looked: pub(z.int()),
  changed: pub(z.int()),
  jumped: pub(z.int()),
});
/** Levels and jumps are measured by another policy from now on; earlier ones are kept. */
export const riskPolicyPut = defineEvent('risk_policy.put', {
  number: pub(z.int()),
  policy: pub(z.record(z.string(), z.unknown())),
  reason: personal(z.string()),
});

export const events = [risksKept, riskLookAsked, riskLookDone, riskPolicyPut];
