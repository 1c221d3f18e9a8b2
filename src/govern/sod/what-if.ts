import { z } from 'zod';
import { invalid, notFound } from '#kit/errors/index.ts';
import { instantOut, text } from '#kit/http/index.ts';
import {
  describeConflict,
  findSodRule,
  liveRules,
  passOverEverybody,
  type SodConflict,
  type StoredRule,
} from '#spine/decide/index.ts';
import { getIdentities, getRole } from '#spine/graph/index.ts';
import { defineOperation, type AnyOperation, type Ctx } from '#spine/operations/index.ts';
import { tryRole } from '#govern/role-versions/index.ts';
import { peopleInConflict, type Duties } from './find-violations.ts';
import { entitlementsNamed } from './name-entitlements.ts';

const ref = z.object({ id: z.uuid(), name: z.string() });
const hit = z.object({
  rule: z.string(),
  mode: z.enum(['record', 'warn', 'enforce']),
  summary: z.string(),
  from: instantOut,
});
/** How many people are named; the others are counted. */
const NAMED = 100;

const hitOf = (conflict: SodConflict) => ({
  rule: conflict.rule.name,
  mode: conflict.rule.mode,
  summary: describeConflict(conflict),
  from: conflict.validFrom,
});

type MatrixRule = Pick<StoredRule, 'id' | 'name' | 'severity' | 'mode'> & { readonly people: number };

const namesOf = async (ctx: Ctx, ids: readonly string[]): Promise<{ id: string; name: string }[]> =>
  (await getIdentities(ctx.tx, ids.slice(0, NAMED))).map((i) => ({ id: i.id, name: i.displayName }));

/** Everybody in conflict with a rule as it is drafted. */
const concerned = async (ctx: Ctx, rule: Duties): Promise<ReadonlySet<string>> =>
  new Set(await peopleInConflict(ctx.tx, [rule]));

/** What is: how many people have both sides, function by function. */
const matrix = defineOperation({
  name: 'sod.matrix',
  action: 'sod_violation.list',
  kind: 'read',
  method: 'GET',
  path: '/v1/sod/matrix',
  summary: 'Which functions rules keep apart, and how many people have both, tolerated or not',
  description: 'A function is known by its name. A rule of three functions is in each of its three pairs.',
  input: z.object({}),
  output: z.object({
    functions: z.array(z.string()),
    cells: z.array(
      z.object({
        one: z.string(),
        other: z.string(),
        rules: z.array(
          z.object({
            id: z.uuid(),
            name: z.string(),
            severity: z.enum(['low', 'medium', 'high', 'critical']),
            mode: z.enum(['record', 'warn', 'enforce']),
            people: z.int(),
          }),
        ),
      }),
    ),
  }),
  cli: { command: 'sod matrix' },
  handler: async (ctx) => {
    const cells = new Map<string, { one: string; other: string; rules: MatrixRule[] }>();
    const functions = new Set<string>();
    const rules = (await liveRules(ctx.tx)).filter((rule) => (rule.counts ?? 'held') === 'held');
    const counted = new Map<string, number>();
    for (const ids of (
      await passOverEverybody(
        ctx.tx,
        rules.map((rule) => ({ rule })),
        'all',
      )
    ).values())
      for (const id of ids) counted.set(id, (counted.get(id) ?? 0) + 1);
    for (const rule of rules) {
      const { id, name, severity, mode } = rule;
      const people = counted.get(id) ?? 0;
      const names = [...new Set(rule.functions.map((f) => f.name))].toSorted();
      for (const one of names) functions.add(one);
      for (const [i, one] of names.entries())
        for (const other of names.slice(i + 1)) {
          const key = JSON.stringify([one, other]);
          const cell = cells.get(key) ?? { one, other, rules: [] };
          cell.rules.push({ id, name, severity, mode, people });
          cells.set(key, cell);
        }
    }
    return { functions: [...functions].toSorted(), cells: [...cells.values()] };
  },
});

/** What would be, asked before it is so: for a role and for a rule. For a person, decide answers (`sod.check`). */
export const whatIfOperations: readonly AnyOperation[] = [
  matrix,
  defineOperation({
    name: 'sod.tryRole',
    action: 'sod_rule.try',
    kind: 'read',
    method: 'POST',
    path: '/v1/sod/roles/{role}/try',
    summary: 'Which holders of a role would come into conflict, or out of it, if it contained something else',
    input: z.object({
      role: z.uuid(),
      entitlements: z.array(text(300)).describe('all it would contain: ids, or <system>:<native id>'),
      roleIds: z.array(z.uuid()).default([]).describe('all roles it would contain'),
    }),
    output: z.object({
      comes: z.int(),
      clears: z.int(),
      blocked: z.int().describe('of those who come into conflict, with a rule that is enforced'),
      people: z.array(z.object({ person: ref, comes: z.array(hit), clears: z.array(hit) })),
    }),
    cli: { command: 'sod try-role', positional: ['role'] },
    handler: async (ctx, _permit, { role, entitlements, roleIds }) => {
      if ((await getRole(ctx.tx, role)) === undefined) throw notFound('role', role);
      const named = await entitlementsNamed(ctx.tx, entitlements);
      const unknown = entitlements.find((name) => !named.has(name));
      if (unknown !== undefined)
        throw invalid('/entitlements', `${unknown} is nothing or more than one thing`, 'write <system>:<native id>');
      const verdicts = await tryRole(ctx.tx, { role, entitlementIds: [...new Set(named.values())], roleIds });
      const first = new Map(
        (
          await namesOf(
            ctx,
            verdicts.map((v) => v.identityId),
          )
        ).map((p) => [p.id, p]),
      );
      return {
        comes: verdicts.filter((v) => v.comes.length > 0).length,
        clears: verdicts.filter((v) => v.clears.length > 0).length,
        blocked: verdicts.filter((v) => v.comes.some((c) => c.rule.mode === 'enforce')).length,
        people: verdicts.flatMap(({ identityId, comes, clears }) => {
          const person = first.get(identityId);
          return person === undefined ? [] : [{ person, comes: comes.map(hitOf), clears: clears.map(hitOf) }];
        }),
      };
    },
  }),
  defineOperation({
    name: 'sod.tryChange',
    action: 'sod_rule.try',
    kind: 'read',
    method: 'POST',
    path: '/v1/sod/rules/{rule}/try',
    summary: 'Who would come into conflict with a rule, or out of it, if it were changed',
    input: z.object({
      rule: z.uuid(),
      functions: z
        .array(z.object({ name: text(120), entitlements: z.array(text(300)).min(1) }))
        .min(2)
        .optional(),
      orgUnits: z.array(text(200)).max(1000).optional(),
      personCondition: z.string().max(2000).optional(),
    }),
    output: z.object({
      before: z.int(),
      after: z.int(),
      comes: z.array(ref),
      clears: z.array(ref),
      comesCount: z.int(),
      clearsCount: z.int(),
    }),
    cli: { command: 'sod try-change', positional: ['rule'] },
    maxBody: 32 * 1024 * 1024,
    resource: ({ rule }) => ({ type: 'SodRule', id: rule }),
    handler: async (ctx, _permit, { rule, functions, orgUnits, personCondition }) => {
      const known = await findSodRule(ctx.tx, rule);
      if (known === undefined) throw notFound('sod_rule', rule);
      const named = await entitlementsNamed(ctx.tx, functions?.flatMap((f) => f.entitlements) ?? []);
      const drafted = functions?.map((f, i) => ({
        name: f.name,
        entitlementIds: f.entitlements.map((name) => {
          const id = named.get(name);
          if (id === undefined)
            throw invalid(
              `/functions/${i}/entitlements`,
              `${name} is nothing or more than one thing`,
              'write <system>:<native id>',
            );
          return id;
        }),
      }));
      const condition = personCondition ?? known.personCondition;
      const after = await concerned(ctx, {
        systemIds: known.systemIds,
        functions: drafted ?? known.functions,
        orgUnits: orgUnits ?? known.orgUnits,
        personCondition: condition === '' ? undefined : condition,
      });
      const before = await concerned(ctx, known);
      const comes = [...after].filter((id) => !before.has(id));
      const clears = [...before].filter((id) => !after.has(id));
      return {
        before: before.size,
        after: after.size,
        comes: await namesOf(ctx, comes),
        clears: await namesOf(ctx, clears),
        comesCount: comes.length,
        clearsCount: clears.length,
      };
    },
  }),
];
