import { z } from 'zod';
import { instantOut, page, pageInput, pageOf, readCursor, text } from '#kit/http/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import { requireSystem } from '#spine/graph/index.ts';
import { defineOperation } from '#spine/operations/index.ts';
import { CORRELATE } from '../correlation/correlate.ts';
import { listCases, requireCase, resolveCase } from '../correlation/cases.ts';
import { previewRules } from '../correlation/preview-rules.ts';
import { putRules } from '../correlation/put-rules.ts';
import { readRules } from '../correlation/rules.ts';
import { correlationAsked } from '../events.ts';
import { withNames } from './name-candidates.ts';

const weight = z.number().min(0).max(1);
const rulesIn = {
  weights: z
    .object({ employeeId: weight, mailAddress: weight, username: weight, fullName: weight, accountElsewhere: weight })
    .partial()
    .optional()
    .describe('What speaks for an account being somebody’s, each from 0 to 1'),
  sure: weight.optional().describe('At least this sure, and nobody else nearly as likely: linked without asking'),
  worthAsking: weight.optional().describe('Less than this opens no case'),
  margin: weight.optional().describe('Somebody within this of the best makes it ambiguous'),
  alike: weight.optional().describe('Names less alike than this say nothing'),
  unlike: weight.optional().describe('Names less alike than this speak against'),
};
const rulesOut = z.object({
  weights: z.object({
    employeeId: z.number(),
    mailAddress: z.number(),
    username: z.number(),
    fullName: z.number(),
    accountElsewhere: z.number(),
  }),
  sure: z.number(),
  worthAsking: z.number(),
  margin: z.number(),
  alike: z.number(),
  unlike: z.number(),
});
const outcomes = z.object({ link: z.int(), case: z.int(), nothing: z.int() });
const candidateOut = z.object({
  identityId: z.uuid(),
  name: z.string().nullable(),
  username: z.string().nullable(),
  score: z.number(),
  parts: z.array(z.object({ attribute: z.string(), score: z.number() })).readonly(),
});

const caseOut = z.object({
  id: z.uuid(),
  accountId: z.uuid(),
  accountName: z.string(),
  systemId: z.uuid(),
  systemName: z.string(),
  state: z.string(),
  candidates: z.array(candidateOut),
  openedAt: instantOut,
  resolvedAt: instantOut.nullable(),
  resolvedBy: z.uuid().nullable(),
  identityId: z.uuid().nullable(),
});

export const correlationOperations = [
  defineOperation({
    name: 'correlation.list',
    action: 'correlation_case.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/correlation/cases',
    summary: 'List accounts whose owner a person has to name',
    input: z.object({
      state: z.enum(['open', 'linked', 'nobody', 'closed']).default('open'),
      system: z.string().min(1).max(200).optional(),
      ...pageInput,
    }),
    output: pageOf(caseOut),
    cli: { command: 'correlation ls', columns: ['id', 'systemName', 'accountName', 'state', 'candidates'] },
    handler: async (ctx, _permit, input) => {
      const system = input.system === undefined ? undefined : await requireSystem(ctx.tx, input.system);
      const after = readCursor(input.cursor, ['id'])?.[0] ?? null;
      const cases = await listCases(ctx.tx, {
        state: input.state,
        systemId: system?.id,
        after,
        limit: input.limit,
      });
      return page(await withNames(ctx.tx, cases), input.limit, (c) => [c.id]);
    },
  }),
  defineOperation({
    name: 'correlation.show',
    action: 'correlation_case.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/correlation/cases/{id}',
    summary: 'Show who an account may belong to, and what speaks for each',
    input: z.object({ id: z.uuid() }),
    output: caseOut,
    cli: { command: 'correlation show', positional: ['id'] },
    handler: async (ctx, _permit, input) => {
      const [named] = await withNames(ctx.tx, [await requireCase(ctx.tx, input.id)]);
      if (named === undefined) throw new Error('a case without itself');
      return named;
    },
  }),
  defineOperation({
    name: 'correlation.resolve',
    action: 'correlation_case.resolve',
    kind: 'write',
    method: 'POST',
    path: '/v1/correlation/cases/{id}/resolve',
    summary: 'Say whose an account is, or that it is nobody of the candidates',
    input: z.object({ id: z.uuid(), identityId: z.uuid().nullable(), because: text(1000) }),
    output: caseOut,
    cli: { command: 'correlation resolve', positional: ['id'] },
    handler: async (ctx, permit, input) => {
      const [named] = await withNames(ctx.tx, [await resolveCase(ctx, permit, input)]);
      if (named === undefined) throw new Error('a case without itself');
      return named;
    },
  }),
  defineOperation({
    name: 'correlation.look',
    action: 'correlation_case.look',
    kind: 'write',
    method: 'POST',
    path: '/v1/correlation/look',
    summary: 'Look again whose the accounts without an owner are, on one system or all',
    input: z.object({ system: z.string().min(1).max(200).optional() }),
    output: z.object({ queued: z.boolean() }),
    cli: { command: 'correlation look' },
    handler: async (ctx, permit, input) => {
      const system = input.system === undefined ? undefined : await requireSystem(ctx.tx, input.system);
      await ctx.record(permit, { event: correlationAsked, data: { systemId: system?.id } });
      await enqueue(ctx.tx, CORRELATE, system === undefined ? {} : { systemId: system.id });
      return { queued: true };
    },
  }),
  defineOperation({
    name: 'correlation.rules',
    action: 'correlation_rules.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/correlation/rules',
    summary: 'Show what speaks for an account being somebody’s, and how sure is sure',
    input: z.object({}),
    output: rulesOut,
    cli: { command: 'correlation rules' },
    handler: (ctx) => readRules(ctx.tx),
  }),
  defineOperation({
    name: 'correlation.preview',
    action: 'correlation_rules.preview',
    kind: 'read',
    method: 'POST',
    path: '/v1/correlation/preview',
    summary: 'Judge the accounts without an owner by a draft of the rules: which would be linked, which become cases',
    description: 'Nothing is linked and no case is opened. Accounts that would end otherwise come first.',
    input: z.object({
      ...rulesIn,
      system: z.string().min(1).max(200).optional(),
      limit: z.int().min(0).max(200).default(20).describe('How many accounts to show'),
    }),
    output: z.object({
      rules: rulesOut,
      accounts: z.int(),
      more: z.boolean(),
      before: outcomes,
      after: outcomes,
      items: z.array(
        z.object({
          accountId: z.uuid(),
          accountName: z.string(),
          systemName: z.string(),
          before: z.string(),
          after: z.string(),
          because: z.string().nullable(),
          candidates: z.array(candidateOut),
        }),
      ),
    }),
    cli: { command: 'correlation preview' },
    handler: async (ctx, _permit, { system: name, limit, ...change }) => {
      const system = name === undefined ? undefined : await requireSystem(ctx.tx, name);
      const preview = await previewRules(ctx.tx, { change, scope: { systemId: system?.id }, limit });
      return { ...preview, items: await withNames(ctx.tx, preview.items) };
    },
  }),
  defineOperation({
    name: 'correlation.putRules',
    action: 'correlation_rules.put',
    kind: 'write',
    method: 'PUT',
    path: '/v1/correlation/rules',
    summary: 'Change how accounts are met with people; those without an owner are looked at again',
    description: 'What is left out stays. Accounts that are linked stay so. Try it first with `correlation.preview`.',
    input: z.object(rulesIn),
    output: rulesOut,
    cli: { command: 'correlation put-rules' },
    handler: (ctx, permit, input) => putRules(ctx, permit, input),
  }),
];
