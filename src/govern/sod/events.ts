import { z } from 'zod';
import { defineEvent, pub } from '#spine/audit/index.ts';

/** A file of rules was imported; each rule created or changed has an event of its own. */
export const rulesImported = defineEvent('sod_rules.imported', {
  created: pub(z.int()),
  changed: pub(z.int()),
  unchanged: pub(z.int()),
});
/** Rules of the shipped library are wanted here; each that is in force has an event of its own. */
export const libraryRulesAdopted = defineEvent('sod_library.adopted', {
  libraryIds: pub(z.array(z.string())),
  mode: pub(z.string()),
});
/** A function of the shipped library is these entitlements here. */
export const libraryFunctionMapped = defineEvent('sod_library.mapped', {
  functionKey: pub(z.string()),
  entitlementIds: pub(z.array(z.uuid())),
});
