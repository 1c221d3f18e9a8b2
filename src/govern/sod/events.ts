import { z } from 'zod';
import { defineEvent, pub } from '#spine/audit/index.ts';

/** A file of rules was imported; each rule created or changed has an event of its own. */
export const rulesImported = defineEvent('sod_rules.imported', {
  created: pub(z.int()),
  changed: pub(z.int()),
  unchanged: pub(z.int()),
});
