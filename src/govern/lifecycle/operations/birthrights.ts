import { z } from 'zod';
import { instantOut, page, pageInput, pageOf, readCursor, text } from '#kit/http/index.ts';
import type { MassChange } from '#spine/mass-changes/index.ts';
import { defineOperation } from '#spine/operations/index.ts';
import { previewRule, putRule, removeRule } from '../birthrights/put-rule.ts';
import { listRules } from '../birthrights/store.ts';

const field = z.string().regex(/^[a-z][a-z0-9_]{0,60}$/, 'is a field such as department or employment_type');
const ruleIn = {
  name: text(100),
  condition: z
    .record(field, z.array(text(200)).min(1).max(500))
    .describe('kind, department, org_unit, job_title or any attribute of the feed; every field has to fit'),
  personCondition: text(2000)
    .optional()
    .describe(
      'in CEL, in place of a condition, which is then {}: person.department == "Finance" && person.site.startsWith("B")',
    ),
  entitlementId: z.uuid().optional(),
  roleId: z.uuid().optional(),
  graceDays: z.int().min(0).max(366).default(0),
};
const ruleOut = z.object({
  id: z.uuid(),
  name: z.string(),
  condition: z.record(z.string(), z.array(z.string()).readonly()),
  personCondition: z.string().nullable(),
  ofRoleVersion: z.boolean().describe('it comes and goes with the published version of its role'),
  entitlementId: z.uuid().nullable(),
  roleId: z.uuid().nullable(),
  graceDays: z.int(),
  validFrom: instantOut,
});

const overOut = z.object({
  code: z.string(),
  systemId: z.uuid().nullable(),
  count: z.int(),
  allowed: z.int(),
  detail: z.string(),
});
/** The plan a rule comes into force with; null: it is in force now. */
const changeOut = z.object({ id: z.uuid(), state: z.string(), heldBecause: z.array(overOut) }).nullable();
const askedOut = (change: MassChange | undefined): z.input<typeof changeOut> =>
  change === undefined ? null : { id: change.id, state: change.state, heldBecause: [...change.heldBecause] };

export const birthrightOperations = [
  defineOperation({
    name: 'birthrights.list',
    action: 'birthright.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/birthrights',
    summary: 'List the rules that give access without asking',
    input: z.object({ ...pageInput }),
    output: pageOf(
      ruleOut.extend({ gives: z.string(), goneSince: instantOut.nullable().describe('what it gives is gone since') }),
    ),
    cli: {
      command: 'birthrights ls',
      columns: ['name', 'condition', 'personCondition', 'gives', 'goneSince', 'graceDays', 'id'],
    },
    handler: async (ctx, _permit, input) => {
      const after = readCursor(input.cursor, ['name'])?.[0] ?? null;
      const rules = await listRules(ctx.tx, { after, limit: input.limit });
      return page(
        rules.map(({ validTo: _, ...rule }) => rule),
        input.limit,
        (r) => [r.name],
      );
    },
  }),
  defineOperation({
    name: 'birthrights.preview',
    action: 'birthright.preview',
    kind: 'read',
    method: 'POST',
    path: '/v1/birthrights/preview',
    summary: 'Count what a rule would start and end, and say whether it would be held, changing nothing',
    input: z.object(ruleIn),
    output: z.object({ starts: z.int(), ends: z.int(), blocked: z.int(), over: z.array(overOut) }),
    cli: { command: 'birthrights preview', positional: ['name'] },
    handler: (ctx, _permit, input) => previewRule(ctx, input),
  }),
  defineOperation({
    name: 'birthrights.put',
    action: 'birthright.put',
    kind: 'write',
    method: 'POST',
    path: '/v1/birthrights',
    summary: 'Make a rule, or change whom it fits; it is in force when all that follows is done, or held over a limit',
    input: z.object(ruleIn),
    output: ruleOut.extend({ change: changeOut }),
    cli: { command: 'birthrights put', positional: ['name'] },
    handler: async (ctx, permit, input) => {
      const asked = await putRule(ctx, permit, input);
      const { validTo: _, ...rule } = asked.rule;
      return { ...rule, change: askedOut(asked.change) };
    },
  }),
  defineOperation({
    name: 'birthrights.remove',
    action: 'birthright.remove',
    kind: 'write',
    method: 'DELETE',
    path: '/v1/birthrights/{id}',
    summary: 'End a rule; what only it stands behind ends after its grace, or is held over a limit',
    input: z.object({ id: z.uuid() }),
    output: z.object({ id: z.uuid(), change: changeOut }),
    cli: { command: 'birthrights rm', positional: ['id'] },
    handler: async (ctx, permit, input) => {
      const { change } = await removeRule(ctx, permit, input);
      return { id: input.id, change: askedOut(change) };
    },
  }),
];
