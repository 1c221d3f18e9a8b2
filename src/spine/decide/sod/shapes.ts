import { z } from 'zod';
import type { Tx } from '#kit/db/index.ts';
import { notFound } from '#kit/errors/index.ts';
import { instantOut, text } from '#kit/http/index.ts';
import { getEntitlements } from '#spine/graph/index.ts';
import type { SodConflict } from './model.ts';
import { describeConflict } from './sod-verdict.ts';
import type { StoredRule } from './store.ts';

export const severity = z.enum(['low', 'medium', 'high', 'critical']);
export const mode = z.enum(['record', 'warn', 'enforce']);
/** As many functions of as many entitlements as the size of a request lets through. */
export const functionsIn = z.array(z.object({ name: text(120), entitlementIds: z.array(z.uuid()).min(1) })).min(2);
/** Largest body of what names functions, in bytes. */
export const LARGEST_RULE = 32 * 1024 * 1024;
export const counts = z.enum(['held', 'same_session', 'same_window']);
/** What a rule says of itself beside its functions. */
export const termsIn = {
  risk: text(2000).optional().describe('what could be done by whoever has all sides'),
  counts: counts
    .optional()
    .describe('held: not held together; same_session and same_window: held, and not used together'),
  windowSeconds: z.int().min(1).max(31_622_400).optional().describe('how far apart uses lie, in the same_window'),
  orgUnits: z.array(text(200)).max(1000).optional().describe('only people of these units or below, unit/below'),
  controls: z
    .array(z.object({ name: text(300), ownerId: z.uuid(), everyDays: z.int().min(1).max(366) }))
    .max(100)
    .optional()
    .describe('what can make up for a conflict: who sees to it, and every how many days it runs'),
  personCondition: z
    .string()
    .max(2000)
    .optional()
    .describe('only people of whom this is true, in CEL: person.department == "Finance"'),
};
export const ruleOut = z.object({
  id: z.uuid(),
  name: z.string(),
  description: z.string(),
  severity,
  mode,
  risk: z.string(),
  counts: z
    .enum(['held', 'same_session', 'same_window', 'act'])
    .describe('act: kept by the decision point, always; see the guards of the rule'),
  windowSeconds: z.int().nullable(),
  orgUnits: z.array(z.string()),
  personCondition: z.string().nullable(),
  libraryId: z.string().nullable(),
  controls: z.array(z.object({ id: z.uuid(), name: z.string(), ownerId: z.uuid(), everyDays: z.int() })),
  systemIds: z.array(z.uuid()),
  ownerId: z.uuid().nullable(),
  validFrom: instantOut,
  validTo: instantOut.nullable(),
  functions: z.array(
    z.object({
      name: z.string(),
      entitlements: z.array(z.object({ id: z.uuid(), name: z.string().nullable(), gone: z.boolean() })),
    }),
  ),
});
export const exceptionOut = z.object({
  id: z.uuid(),
  ruleId: z.uuid(),
  ruleName: z.string(),
  identityId: z.uuid(),
  reason: z.string(),
  control: z.string(),
  controlOwnerId: z.uuid().nullable(),
  approvedBy: z.string(),
  validFrom: instantOut,
  validTo: instantOut,
  controlId: z.uuid().nullable(),
  evidenceEveryDays: z.int().nullable(),
  evidenceDueAt: instantOut.nullable(),
  lastRunAt: instantOut.nullable(),
  lastResult: z.enum(['passed', 'failed']).nullable(),
});
export const runOut = z.object({
  id: z.uuid(),
  exceptionId: z.uuid(),
  ranBy: z.uuid(),
  ranAt: instantOut,
  result: z.enum(['passed', 'failed']),
  reference: z.string(),
  note: z.string(),
});
export const conflictOut = z.object({
  ruleId: z.uuid(),
  rule: z.string(),
  severity,
  mode,
  summary: z.string(),
  validFrom: instantOut,
  validTo: instantOut.nullable(),
  sides: z.array(
    z.object({
      function: z.string(),
      access: z.array(
        z.object({
          entitlementId: z.uuid(),
          path: z.array(z.object({ kind: z.string(), id: z.uuid(), name: z.string() })),
        }),
      ),
    }),
  ),
});

export const showConflict = (conflict: SodConflict): z.input<typeof conflictOut> => ({
  ruleId: conflict.rule.id,
  rule: conflict.rule.name,
  severity: conflict.rule.severity,
  mode: conflict.rule.mode,
  summary: describeConflict(conflict),
  validFrom: conflict.validFrom,
  validTo: conflict.validTo,
  sides: conflict.sides.map(({ function: name, access }) => ({
    function: name,
    access: access.map(({ entitlementId, path }) => ({ entitlementId, path: [...path] })),
  })),
});

/** Rules with the names of what they name; an entitlement gone at its source stays, marked gone. */
export const showRules = async (tx: Tx, rules: readonly StoredRule[]): Promise<z.input<typeof ruleOut>[]> => {
  const ids = new Set(rules.flatMap((r) => r.functions.flatMap((f) => f.entitlementIds)));
  const known = new Map((await getEntitlements(tx, [...ids])).map((e) => [e.id, e]));
  return rules.map((rule) => ({
    ...rule,
    counts: rule.counts ?? 'held',
    windowSeconds: rule.windowSeconds ?? null,
    orgUnits: [...(rule.orgUnits ?? [])],
    personCondition: rule.personCondition ?? null,
    controls: [...rule.controls],
    systemIds: [...(rule.systemIds ?? [])],
    functions: rule.functions.map((f) => ({
      name: f.name,
      entitlements: f.entitlementIds.map((id) => {
        const found = known.get(id);
        const gone = found === undefined || (found.validTo !== null && found.validTo <= tx.now);
        return { id, name: found?.name ?? null, gone };
      }),
    })),
  }));
};
export const showRule = async (tx: Tx, rule: StoredRule): Promise<z.input<typeof ruleOut>> => {
  const [shown] = await showRules(tx, [rule]);
  if (shown === undefined) throw notFound('sod_rule', rule.id);
  return shown;
};
