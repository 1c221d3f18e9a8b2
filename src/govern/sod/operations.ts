import { z } from 'zod';
import { AppError, invalid } from '#kit/errors/index.ts';
import { text } from '#kit/http/index.ts';
import { compileCondition, ConditionError, type Decide } from '#spine/decide/index.ts';
import { getIdentities } from '#spine/graph/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { passAsked, rulesImported } from './events.ts';
import { peopleInConflict } from './find-violations.ts';
import { askForPass } from './follow-changes.ts';
import { compareRules, exportRules, importRules, type RulesText } from './import-rules.ts';
import { keptIn, keptOut, listKept } from './list-kept.ts';
import { listViolations, violationsIn, violationsOut } from './list-violations.ts';
import { entitlementsNamed } from './name-entitlements.ts';

const ref = z.object({ id: z.uuid(), name: z.string() });

/** Largest file of rules, in bytes. */
const LARGEST_FILE = 32 * 1024 * 1024;
const rulesText = z.object({ yaml: z.string().min(1).optional(), csv: z.string().min(1).optional() });

const oneText = ({ yaml, csv }: z.output<typeof rulesText>): RulesText => {
  if (yaml !== undefined && csv === undefined) return { yaml };
  if (csv !== undefined && yaml === undefined) return { csv };
  throw invalid('/yaml', 'send the file as yaml or as csv', 'send one of the two');
};

/** Looking for conflicts of duties that exist, trying rules before they are made, and keeping them as a file. */
export const sodOperations = (edges: { readonly decide: Decide }): readonly AnyOperation[] => [
  defineOperation({
    name: 'sod.violations',
    action: 'sod_violation.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/sod/violations',
    summary: 'List who is in conflict with which rules of separated duties now, with the paths of both sides',
    description:
      'What an exception tolerates is not in it. A page holds at most `limit` people; those first whose conflicts were exercised on both sides lately, as far as sessions and targets tell.',
    input: violationsIn,
    output: violationsOut,
    cli: { command: 'sod violations', columns: ['person', 'exercised', 'lastExercisedAt', 'rules'] },
    handler: (ctx, _permit, input) => listViolations(ctx, input),
  }),
  defineOperation({
    name: 'sod.keptViolations',
    action: 'sod_violation.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/sod/violations/kept',
    summary: 'List the conflicts that are kept: since when each is open, or when and why it was cleared',
    description: 'As of the last look at everybody and every change since. One row a person and rule.',
    input: keptIn,
    output: keptOut,
    cli: { command: 'sod kept', columns: ['person', 'rule', 'exercised', 'lastExercisedAt', 'openedAt', 'clearedAt'] },
    handler: (ctx, _permit, input) => listKept(ctx, input),
  }),
  defineOperation({
    name: 'sod.runPass',
    action: 'sod_pass.run',
    kind: 'write',
    method: 'POST',
    path: '/v1/sod/pass',
    summary: 'Look at everybody for conflicts of duties now',
    description: 'It runs every night and after a rule changes, too. What it finds is kept.',
    input: z.object({}),
    output: z.object({}),
    cli: { command: 'sod pass' },
    handler: async (ctx, permit) => {
      await askForPass(ctx.tx);
      await ctx.record(permit, { event: passAsked, data: {} });
      return {};
    },
  }),
  defineOperation({
    name: 'sod.tryRule',
    action: 'sod_rule.try',
    kind: 'read',
    method: 'POST',
    path: '/v1/sod/rules/try',
    summary: 'Who would be in conflict with a rule, before it is made',
    input: z.object({
      functions: z.array(z.object({ name: text(120), entitlements: z.array(text(300)).min(1) })).min(2),
      systemIds: z.array(z.uuid()).max(100).optional(),
      orgUnits: z.array(text(200)).max(1000).optional(),
      personCondition: z.string().max(2000).optional(),
    }),
    maxBody: LARGEST_FILE,
    output: z.object({ count: z.int(), people: z.array(ref) }),
    handler: async (ctx, _permit, input) => {
      const named = await entitlementsNamed(
        ctx.tx,
        input.functions.flatMap((f) => f.entitlements),
      );
      const functions = input.functions.map((f, i) => ({
        name: f.name,
        entitlementIds: f.entitlements.map((name) => {
          const id = named.get(name);
          if (id === undefined) throw unknown(`/functions/${i}/entitlements`, name);
          return id;
        }),
      }));
      const personCondition = conditionOf(input.personCondition);
      const { systemIds, orgUnits } = input;
      const people = await peopleInConflict(ctx.tx, [{ functions, systemIds, orgUnits, personCondition }]);
      const first = await getIdentities(ctx.tx, people.slice(0, 100));
      return { count: people.length, people: first.map((i) => ({ id: i.id, name: i.displayName })) };
    },
  }),
  defineOperation({
    name: 'sod.importRules',
    action: 'sod_rule.create',
    kind: 'write',
    method: 'POST',
    path: '/v1/sod/rules/import',
    summary: 'Make the rules of a YAML or CSV file so, all or none',
    description: 'Rules are known by their names; those not in the file stay.',
    cli: { command: 'sod import', file: { field: 'yaml' } },
    input: rulesText,
    maxBody: LARGEST_FILE,
    output: z.object({
      items: z.array(
        z.object({
          name: z.string(),
          outcome: z.enum(['created', 'changed', 'unchanged']),
          changed: z.array(z.string()),
        }),
      ),
    }),
    handler: async (ctx, permit, input) => {
      const items = await importRules(ctx, permit, edges.decide, oneText(input));
      const count = (outcome: string): number => items.filter((i) => i.outcome === outcome).length;
      await ctx.record(permit, {
        event: rulesImported,
        data: { created: count('created'), changed: count('changed'), unchanged: count('unchanged') },
      });
      return { items };
    },
  }),
  defineOperation({
    name: 'sod.previewImport',
    action: 'sod_rule.try',
    kind: 'read',
    method: 'POST',
    path: '/v1/sod/rules/import/preview',
    summary: 'What importing a YAML or CSV file would create and change',
    cli: { command: 'sod import-preview', file: { field: 'yaml' }, columns: ['name', 'outcome', 'changed'] },
    input: rulesText,
    maxBody: LARGEST_FILE,
    output: z.object({
      items: z.array(
        z.object({
          name: z.string(),
          outcome: z.enum(['created', 'changed', 'unchanged']),
          changed: z.array(z.string()),
        }),
      ),
    }),
    handler: async (ctx, _permit, input) => ({ items: await compareRules(ctx.tx, oneText(input)) }),
  }),
  defineOperation({
    name: 'sod.exportRules',
    action: 'sod_rule.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/sod/rules/export',
    summary: 'The rules in force as a YAML file that imports to the same',
    media: 'application/yaml',
    input: z.object({}),
    output: z.string(),
    cli: { command: 'sod export' },
    handler: (ctx) => exportRules(ctx.tx, 'yaml'),
  }),
  defineOperation({
    name: 'sod.exportRulesCsv',
    action: 'sod_rule.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/sod/rules/export.csv',
    summary: 'The rules in force as a CSV file that imports to the same, a row an entitlement',
    media: 'text/csv',
    input: z.object({}),
    output: z.string(),
    cli: { command: 'sod export-csv' },
    handler: (ctx) => exportRules(ctx.tx, 'csv'),
  }),
];

/** A condition that can be read; the empty text is none. */
const conditionOf = (text: string | undefined): string | undefined => {
  if (text === undefined || text === '') return undefined;
  try {
    compileCondition(text);
    return text;
  } catch (error) {
    if (error instanceof ConditionError) throw invalid('/personCondition', error.message, error.fix);
    throw error;
  }
};

const unknown = (pointer: string, name: string): AppError =>
  new AppError({
    code: 'input.invalid',
    status: 422,
    detail: `${name} is nothing or more than one thing`,
    fix: 'write entitlements as <system>:<native id>',
    errors: [{ pointer, detail: name }],
  });
