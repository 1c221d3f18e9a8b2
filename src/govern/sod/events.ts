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

const id = z.uuid();
const violation = { violationId: id, ruleId: id, identityId: id };
/** Conflicts that were found and were not kept before: a list, since a first pass finds very many. */
export const violationsOpened = defineEvent('sod_violation.opened', {
  violations: pub(z.array(z.object(violation))),
});
/** Conflicts that are none any more: `resolved`, `excepted` or `rule_retired`. */
export const violationsCleared = defineEvent('sod_violation.cleared', {
  violations: pub(z.array(z.object({ ...violation, because: z.string() }))),
});

/** Somebody asked for a look at everybody. */
export const passAsked = defineEvent('sod_pass.asked', {});
/** Everybody was looked at; each conflict that came or went has been told. */
export const passDone = defineEvent('sod_pass.done', {
  rules: pub(z.int()),
  inConflict: pub(z.int()),
  opened: pub(z.int()),
  cleared: pub(z.int()),
});

/** Somebody did what a rule about acts keeps them from: it came past Reeve, or a guard was away. */
export const actFound = defineEvent('sod_act.found', {
  ruleId: pub(id),
  guard: pub(z.string()),
  identityId: pub(id),
  what: pub(z.string()),
  resourceType: pub(z.string()),
  resourceId: pub(id),
  doneAt: pub(z.iso.datetime()),
  /** Absent: the log does not tell of it. */
  actEventId: pub(id.optional()),
});

/** Those who answer for an exception were warned that it ends within so many days. */
export const exceptionEndsSoon = defineEvent('sod_exception.ends_soon', {
  exceptionId: pub(id),
  ruleId: pub(id),
  identityId: pub(id),
  daysBefore: pub(z.int()),
  validTo: pub(z.iso.datetime()),
});
/** Somebody said how many days before an exception ends its owners are warned. */
export const warningTermsPut = defineEvent('sod_warning_terms.put', { warnDays: pub(z.array(z.int())) });

export const sodWingEvents = [
  exceptionEndsSoon,
  warningTermsPut,
  actFound,
  rulesImported,
  libraryRulesAdopted,
  libraryFunctionMapped,
  violationsOpened,
  violationsCleared,
  passAsked,
  passDone,
];
