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
export const functionsIn = z
  .array(z.object({ name: text(120), entitlementIds: z.array(z.uuid()).min(1).max(1000) }))
  .min(2)
  .max(20);
export const ruleOut = z.object({
  id: z.uuid(),
  name: z.string(),
  description: z.string(),
  severity,
  mode,
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
