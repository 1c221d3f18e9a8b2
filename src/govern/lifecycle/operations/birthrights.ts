import { z } from 'zod';
import { instantOut, page, pageInput, pageOf, readCursor, text } from '#kit/http/index.ts';
import { defineOperation } from '#spine/operations/index.ts';
import { previewRule, putRule, removeRule } from '../birthrights/put-rule.ts';
import { listRules } from '../birthrights/store.ts';

const field = z.string().regex(/^[a-z][a-z0-9_]{0,60}$/, 'is a field such as department or employment_type');
const ruleIn = {
  name: text(100),
  condition: z
    .record(field, z.array(text(200)).min(1).max(500))
    .describe('kind, department, org_unit, job_title or any attribute of the feed; every field has to fit'),
  entitlementId: z.uuid().optional(),
  roleId: z.uuid().optional(),
  graceDays: z.int().min(0).max(366).default(0),
};
const ruleOut = z.object({
  id: z.uuid(),
  name: z.string(),
  condition: z.record(z.string(), z.array(z.string()).readonly()),
  entitlementId: z.uuid().nullable(),
  roleId: z.uuid().nullable(),
  graceDays: z.int(),
  validFrom: instantOut,
});

export const birthrightOperations = [
  defineOperation({
    name: 'birthrights.list',
    action: 'birthright.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/birthrights',
    summary: 'List the rules that give access without asking',
    input: z.object({ ...pageInput }),
    output: pageOf(ruleOut.extend({ gives: z.string() })),
    cli: { command: 'birthrights ls', columns: ['name', 'condition', 'gives', 'graceDays', 'id'] },
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
    summary: 'Count what a rule would start and end, changing nothing',
    input: z.object(ruleIn),
    output: z.object({ starts: z.int(), ends: z.int() }),
    cli: { command: 'birthrights preview', positional: ['name'] },
    handler: (ctx, _permit, input) => previewRule(ctx, input),
  }),
  defineOperation({
    name: 'birthrights.put',
    action: 'birthright.put',
    kind: 'write',
    method: 'POST',
    path: '/v1/birthrights',
    summary: 'Make a rule, or change whom it fits; grants follow at once',
    input: z.object(ruleIn),
    output: ruleOut,
    cli: { command: 'birthrights put', positional: ['name'] },
    handler: async (ctx, permit, input) => {
      const { validTo: _, ...rule } = await putRule(ctx, permit, input);
      return rule;
    },
  }),
  defineOperation({
    name: 'birthrights.remove',
    action: 'birthright.remove',
    kind: 'write',
    method: 'DELETE',
    path: '/v1/birthrights/{id}',
    summary: 'End a rule; what only it stands behind ends after its grace',
    input: z.object({ id: z.uuid() }),
    output: z.object({ id: z.uuid() }),
    cli: { command: 'birthrights rm', positional: ['id'] },
    handler: async (ctx, permit, input) => {
      await removeRule(ctx, permit, input);
      return input;
    },
  }),
];
