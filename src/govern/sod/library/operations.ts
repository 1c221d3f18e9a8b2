import { z } from 'zod';
import { AppError, notFound } from '#kit/errors/index.ts';
import { text } from '#kit/http/index.ts';
import { liveRules, type Decide } from '#spine/decide/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { entitlementsNamed, nameEntitlements } from '../name-entitlements.ts';
import { adoptRules, mapFunction } from './adopt-rules.ts';
import { adoptions, mappedEntitlements } from './mapping.ts';
import { LIBRARY, LIBRARY_FUNCTIONS, nameOfRule } from './read-library.ts';
import { suggestEntitlements } from './suggest-entitlements.ts';

const severity = z.enum(['low', 'medium', 'high', 'critical']);
const mode = z.enum(['record', 'warn', 'enforce']);
const state = z
  .enum(['offered', 'unmapped', 'in_force', 'kept'])
  .describe('offered: not adopted; unmapped: adopted, and not in force yet; kept: Reeve always keeps to it');
const libraryRule = z.object({
  id: z.string(),
  name: z.string(),
  process: z.string(),
  severity,
  risk: z.string(),
  control: z.string(),
  sameOrgUnit: z.boolean(),
  dynamic: z.boolean(),
  aboutReeve: z.boolean(),
  state,
  keptBy: z.string().nullable(),
  ruleId: z.uuid().nullable(),
  mode: mode.nullable(),
  functions: z.array(z.object({ key: z.string(), name: z.string(), entitlements: z.int() })),
});
const inForce = { created: z.array(z.string()), changed: z.array(z.string()), retired: z.array(z.string()) };

/** The shipped library of rules: listed, adopted, and its functions mapped to what they are here. */
export const libraryOperations = (edges: { readonly decide: Decide }): readonly AnyOperation[] => [
  defineOperation({
    name: 'sod.library',
    action: 'sod_rule.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/sod/library',
    summary: 'List the shipped library of rules, with what of it is in force here',
    input: z.object({ process: text(100).optional() }),
    output: z.object({ items: z.array(libraryRule) }),
    cli: { command: 'sod library', columns: ['id', 'name', 'severity', 'state'] },
    handler: async (ctx, _permit, { process }) => {
      const mapped = await mappedEntitlements(ctx.tx);
      const wanted = new Map((await adoptions(ctx.tx)).map((a) => [a.libraryId, a]));
      const live = new Map((await liveRules(ctx.tx)).map((rule) => [rule.libraryId, rule]));
      return {
        items: LIBRARY.filter((rule) => process === undefined || rule.process === process).map((rule) => {
          const known = live.get(rule.id);
          const adopted = wanted.get(rule.id);
          return {
            ...rule,
            name: nameOfRule(rule),
            ruleId: known?.id ?? null,
            mode: known?.mode ?? adopted?.mode ?? null,
            state:
              rule.keptBy !== null
                ? ('kept' as const)
                : known !== undefined
                  ? ('in_force' as const)
                  : adopted === undefined
                    ? ('offered' as const)
                    : ('unmapped' as const),
            functions: rule.functions.map(({ key, name }) => ({
              key,
              name,
              entitlements: mapped.get(key)?.length ?? 0,
            })),
          };
        }),
      };
    },
  }),
  defineOperation({
    name: 'sod.adoptRules',
    action: 'sod_rule.create',
    kind: 'write',
    method: 'POST',
    path: '/v1/sod/library/adopt',
    summary: 'Adopt rules of the library, by id or all of a process',
    description: 'A rule whose functions are all mapped to entitlements is in force at once, the others when they are.',
    input: z.object({
      ids: z.array(text(20)).max(1000).optional(),
      process: text(100).optional(),
      mode: mode.default('record'),
      ownerId: z.uuid().optional(),
    }),
    output: z.object({ adopted: z.array(z.string()), ...inForce }),
    cli: { command: 'sod adopt' },
    handler: (ctx, permit, input) => adoptRules(ctx, permit, edges.decide, input),
  }),
  defineOperation({
    name: 'sod.showFunction',
    action: 'sod_rule.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/sod/library/function',
    summary:
      'Show a function of the library: what it is here, what it could be by its name, and the rules that name it',
    input: z.object({ key: text(120) }),
    output: z.object({
      key: z.string(),
      name: z.string(),
      examples: z.array(z.string()),
      rules: z.array(z.string()),
      entitlements: z.array(z.object({ id: z.uuid(), name: z.string() })),
      suggestions: z.array(z.object({ id: z.uuid(), name: z.string(), system: z.string(), likeness: z.number() })),
    }),
    cli: { command: 'sod function', positional: ['key'] },
    handler: async (ctx, _permit, { key }) => {
      const found = LIBRARY_FUNCTIONS.get(key);
      if (found === undefined) throw notFound('sod_function', key);
      const ids = (await mappedEntitlements(ctx.tx)).get(key) ?? [];
      const names = await nameEntitlements(ctx.tx, ids);
      const suggested = await suggestEntitlements(ctx.tx, found);
      return {
        ...found,
        rules: LIBRARY.filter((rule) => rule.functions.some((f) => f.key === key)).map((rule) => rule.id),
        entitlements: ids.map((id) => ({ id, name: names.get(id) ?? 'gone from its system' })),
        suggestions: suggested.filter(({ id }) => !ids.includes(id)),
      };
    },
  }),
  defineOperation({
    name: 'sod.mapFunction',
    action: 'sod_rule.create',
    kind: 'write',
    method: 'PUT',
    path: '/v1/sod/library/function',
    summary: 'Say which entitlements a function of the library is here, for every rule that names it',
    description:
      'Rules that are adopted follow at once; one that loses a side is in force no more until it has it again.',
    input: z.object({ key: text(120), entitlements: z.array(text(300)).describe('ids, or <system>:<native id>') }),
    output: z.object(inForce),
    cli: { command: 'sod map', positional: ['key'] },
    maxBody: 32 * 1024 * 1024,
    handler: async (ctx, permit, { key, entitlements }) => {
      const named = await entitlementsNamed(ctx.tx, entitlements);
      const unknown = entitlements.find((name) => !named.has(name));
      if (unknown !== undefined)
        throw new AppError({
          code: 'input.invalid',
          status: 422,
          detail: `${unknown} is nothing or more than one thing`,
          fix: 'write entitlements as <system>:<native id>',
          errors: [{ pointer: '/entitlements', detail: unknown }],
        });
      const entitlementIds = entitlements.flatMap((name) => named.get(name) ?? []);
      return await mapFunction(ctx, permit, edges.decide, { key, entitlementIds });
    },
  }),
];
