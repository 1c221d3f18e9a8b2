import { z } from 'zod';
import { defineEvent, personal, pub } from '#spine/audit/event-type.ts';

const id = z.uuid();
const when = z.iso.datetime();
const functions = z.array(z.object({ name: z.string(), entitlementIds: z.array(id) }));
const rule = {
  ruleId: pub(id),
  name: pub(z.string()),
  severity: pub(z.string()),
  mode: pub(z.string()),
  risk: pub(z.string()),
  counts: pub(z.string()),
  windowSeconds: pub(z.int().optional()),
  orgUnits: pub(z.array(z.string()).optional()),
  personCondition: pub(z.string().optional()),
  controls: pub(z.array(z.object({ name: z.string(), ownerId: id, everyDays: z.int() }))),
  functions: pub(functions),
};

export const sodRuleCreated = defineEvent('sod_rule.created', rule);
export const sodRuleChanged = defineEvent('sod_rule.changed', { ...rule, changed: pub(z.array(z.string())) });
export const sodRuleRetired = defineEvent('sod_rule.retired', { ruleId: pub(id), name: pub(z.string()) });

const exception = { exceptionId: pub(id), ruleId: pub(id), identityId: pub(id) };
export const sodExceptionGranted = defineEvent('sod_exception.granted', {
  ...exception,
  validTo: pub(when),
  control: pub(z.string()),
  controlOwnerId: pub(id.optional()),
  evidenceEveryDays: pub(z.int().optional()),
  reason: personal(z.string()),
});
export const sodExceptionEnded = defineEvent('sod_exception.ended', exception);
/** Its time came: the conflict counts again. Reactions tell the rule's owner and the control's. */
export const sodExceptionLapsed = defineEvent('sod_exception.lapsed', {
  ...exception,
  ruleOwnerId: pub(id.optional()),
  controlOwnerId: pub(id.optional()),
});

/** The control behind an exception ran, as whoever saw to it says. */
export const sodControlRan = defineEvent('sod_exception.control_ran', {
  ...exception,
  runId: pub(id),
  ranAt: pub(when),
  result: pub(z.enum(['passed', 'failed'])),
  reference: personal(z.string()),
});
/** The control behind an exception should have run again. Reactions tell its owner and the rule's. */
export const sodEvidenceOverdue = defineEvent('sod_exception.evidence_overdue', {
  ...exception,
  ruleOwnerId: pub(id.optional()),
  controlOwnerId: pub(id.optional()),
});

/** The ways by which access comes, each asking the one verdict. */
export const SOD_WAYS = [
  'request',
  'birthright',
  'feed',
  'reconciliation',
  'direct',
  'activation',
  'session',
  'emergency',
] as const;
export type SodWay = (typeof SOD_WAYS)[number];

const judgedConflict = z.object({
  ruleId: id,
  rule: z.string(),
  severity: z.string(),
  mode: z.string(),
  tolerated: z.boolean(),
  sides: z.array(z.object({ function: z.string(), entitlementIds: z.array(id) })),
});
/** Separation of duties had something to say to what somebody would get or use: what, and by which way it came. */
export const sodJudged = defineEvent('sod.judged', {
  identityId: pub(id),
  way: pub(z.enum(SOD_WAYS)),
  outcome: pub(z.enum(['clear', 'recorded', 'warned', 'blocked'])),
  conflicts: pub(z.array(judgedConflict)),
});

export const sodEvents = [
  sodControlRan,
  sodEvidenceOverdue,
  sodJudged,
  sodRuleCreated,
  sodRuleChanged,
  sodRuleRetired,
  sodExceptionGranted,
  sodExceptionEnded,
  sodExceptionLapsed,
];
