import { z } from 'zod';
import { AppError, invalid } from '#kit/errors/index.ts';
import { cursorAfter, instantOut, pageInput, pageOf, readCursor, text } from '#kit/http/index.ts';
import { compileCondition, ConditionError, describeConflict, liveRules, type Decide } from '#spine/decide/index.ts';
import { getIdentities } from '#spine/graph/index.ts';
import { defineOperation, type AnyOperation, type Ctx } from '#spine/operations/index.ts';
import { peopleInConflict, violationsOf } from './find-violations.ts';
import { rulesImported } from './events.ts';
import { compareRules, exportRules, importRules, type RulesText } from './import-rules.ts';
import { entitlementsNamed } from './name-entitlements.ts';
import { peopleConcerned } from './what-if.ts';

const ref = z.object({ id: z.uuid(), name: z.string() });
const severity = z.enum(['low', 'medium', 'high', 'critical']);
const violationOut = z.object({
  ruleId: z.uuid(),
  rule: z.string(),
  severity,
  mode: z.enum(['record', 'warn', 'enforce']),
  summary: z.string(),
  since: instantOut.nullable(),
  validFrom: instantOut,
  validTo: instantOut.nullable(),
  sides: z.array(
    z.object({
      function: z.string(),
      paths: z.array(z.array(z.object({ kind: z.string(), id: z.uuid(), name: z.string() }))),
    }),
  ),
});

/** Largest file of rules, in bytes. */
const LARGEST_FILE = 32 * 1024 * 1024;
const rulesText = z.object({ yaml: z.string().min(1).optional(), csv: z.string().min(1).optional() });

const oneText = ({ yaml, csv }: z.output<typeof rulesText>): RulesText => {
  if (yaml !== undefined && csv === undefined) return { yaml };
  if (csv !== undefined && yaml === undefined) return { csv };
  throw invalid('/yaml', 'send the file as yaml or as csv', 'send one of the two');
};

const listViolations = async (
  ctx: Ctx,
  input: {
    readonly ruleId?: string | undefined;
    readonly identityId?: string | undefined;
    readonly cursor?: string | undefined;
    readonly limit: number;
  },
) => {
  const rules = (await liveRules(ctx.tx)).filter((rule) => input.ruleId === undefined || rule.id === input.ruleId);
  const ruleIds = rules.map((rule) => rule.id);
  const after = readCursor(input.cursor, ['id'])?.[0] ?? '';
  const people = (await peopleInConflict(ctx.tx, rules)).filter(
    (id) => id > after && (input.identityId === undefined || id === input.identityId),
  );
  const asked = people.slice(0, input.limit);
  const names = new Map((await getIdentities(ctx.tx, asked)).map((i) => [i.id, i.displayName]));
  const items = [];
  for (const id of asked) {
    const found = await violationsOf(ctx.tx, id, ruleIds);
    if (found.length === 0) continue;
    items.push({
      person: names.get(id) ?? 'somebody no longer known',
      rules: found.map(({ conflict }) => conflict.rule.name),
      identity: { id, name: names.get(id) ?? 'somebody no longer known' },
      violations: found.map(({ conflict, since }) => ({
        ruleId: conflict.rule.id,
        rule: conflict.rule.name,
        severity: conflict.rule.severity,
        mode: conflict.rule.mode,
        summary: describeConflict(conflict),
        since,
        validFrom: conflict.validFrom,
        validTo: conflict.validTo,
        sides: conflict.sides.map((side) => ({
          function: side.function,
          paths: side.access.map((held) => [...held.path]),
        })),
      })),
    });
  }
  const last = asked.at(-1);
  return { items, nextCursor: people.length > asked.length && last !== undefined ? cursorAfter([last]) : null };
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
    description: 'What an exception tolerates is not in it. By person; a page holds at most `limit` people.',
    input: z.object({ ruleId: z.uuid().optional(), identityId: z.uuid().optional(), ...pageInput }),
    output: pageOf(
      z.object({ person: z.string(), rules: z.array(z.string()), identity: ref, violations: z.array(violationOut) }),
    ),
    cli: { command: 'sod violations', columns: ['person', 'rules'] },
    handler: (ctx, _permit, input) => listViolations(ctx, input),
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
      const people = [
        ...(await peopleConcerned(ctx, {
          functions,
          systemIds: input.systemIds,
          orgUnits: input.orgUnits,
          personCondition,
        })),
      ];
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
