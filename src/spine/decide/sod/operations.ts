import { z } from 'zod';
import type { Tx } from '#kit/db/index.ts';
import { notFound } from '#kit/errors/index.ts';
import { instantIn, text } from '#kit/http/index.ts';
import { findIdentityByUsername } from '#spine/graph/index.ts';
import { defineOperation } from '#spine/operations/index.ts';
import { endSodException, findException, grantSodException, listExceptions } from './keep-exceptions.ts';
import { listControlRuns, recordControlRun } from './keep-evidence.ts';
import { changeSodRule, createSodRule, retireSodRule } from './keep-rules.ts';
import {
  conflictOut,
  exceptionOut,
  functionsIn,
  LARGEST_RULE,
  mode,
  ruleOut,
  runOut,
  severity,
  showConflict,
  showRule,
  showRules,
  termsIn,
} from './shapes.ts';
import { sodVerdict, standingConflicts } from './sod-verdict.ts';
import { findRule, liveRules } from './store.ts';

const whoever = async (tx: Tx, idOrUsername: string): Promise<string> =>
  z.uuid().safeParse(idOrUsername).success
    ? idOrUsername
    : ((await findIdentityByUsername(tx, idOrUsername))?.id ?? idOrUsername);

const ruleFields = { description: text(2000), severity, mode, functions: functionsIn, ownerId: z.uuid(), ...termsIn };

export const sodOperations = [
  defineOperation({
    name: 'sod.listRules',
    action: 'sod_rule.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/sod/rules',
    summary: 'List the rules of separated duties in force',
    input: z.object({}),
    output: z.object({ items: z.array(ruleOut) }),
    cli: { command: 'sod rules', columns: ['id', 'name', 'severity', 'mode'] },
    handler: async (ctx) => ({ items: await showRules(ctx.tx, await liveRules(ctx.tx)) }),
  }),
  defineOperation({
    name: 'sod.showRule',
    action: 'sod_rule.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/sod/rules/{rule}',
    summary: 'Show a rule of separated duties',
    input: z.object({ rule: z.uuid() }),
    output: ruleOut,
    cli: { command: 'sod rule', positional: ['rule'] },
    resource: ({ rule }) => ({ type: 'SodRule', id: rule }),
    handler: async (ctx, _permit, { rule }) => {
      const found = await findRule(ctx.tx, rule);
      if (found === undefined) throw notFound('sod_rule', rule);
      return await showRule(ctx.tx, found);
    },
  }),
  defineOperation({
    name: 'sod.createRule',
    action: 'sod_rule.create',
    kind: 'write',
    method: 'POST',
    path: '/v1/sod/rules',
    summary: 'Add a rule of separated duties',
    description:
      'A conflict is one entitlement of every function at the same time. Mode record only notes, warn asks for a second look, enforce stops what makes a conflict or makes one worse.',
    input: z.object({
      ...ruleFields,
      name: text(120),
      description: text(2000).optional(),
      mode: mode.default('record'),
      ownerId: z.uuid().optional(),
      systemIds: z.array(z.uuid()).max(100).optional(),
    }),
    output: ruleOut,
    maxBody: LARGEST_RULE,
    handler: async (ctx, permit, input) =>
      await showRule(ctx.tx, await createSodRule(ctx, permit, { ...input, description: input.description ?? '' })),
  }),
  defineOperation({
    name: 'sod.changeRule',
    action: 'sod_rule.change',
    kind: 'write',
    method: 'PATCH',
    path: '/v1/sod/rules/{rule}',
    summary: 'Change a rule of separated duties',
    input: z.object({ rule: z.uuid(), ...z.object(ruleFields).partial().shape }),
    output: ruleOut,
    cli: { command: 'sod change', positional: ['rule'] },
    maxBody: LARGEST_RULE,
    resource: ({ rule }) => ({ type: 'SodRule', id: rule }),
    handler: async (ctx, permit, { rule, ...change }) =>
      await showRule(ctx.tx, await changeSodRule(ctx, permit, rule, change)),
  }),
  defineOperation({
    name: 'sod.retireRule',
    action: 'sod_rule.retire',
    kind: 'write',
    method: 'DELETE',
    path: '/v1/sod/rules/{rule}',
    summary: 'Retire a rule of separated duties',
    input: z.object({ rule: z.uuid() }),
    output: z.object({}),
    cli: { command: 'sod retire', positional: ['rule'] },
    resource: ({ rule }) => ({ type: 'SodRule', id: rule }),
    handler: async (ctx, permit, { rule }) => {
      await retireSodRule(ctx, permit, rule);
      return {};
    },
  }),
  defineOperation({
    name: 'sod.listExceptions',
    action: 'sod_exception.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/sod/exceptions',
    summary: 'List exceptions in force, the next to lapse first',
    input: z.object({ identityId: z.uuid().optional(), ruleId: z.uuid().optional() }),
    output: z.object({ items: z.array(exceptionOut) }),
    cli: { command: 'sod exceptions', columns: ['id', 'ruleName', 'identityId', 'validTo', 'control'] },
    handler: async (ctx, _permit, filter) => ({ items: await listExceptions(ctx.tx, filter) }),
  }),
  defineOperation({
    name: 'sod.showException',
    action: 'sod_exception.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/sod/exceptions/{exception}',
    summary: 'Show an exception',
    input: z.object({ exception: z.uuid() }),
    output: exceptionOut,
    resource: ({ exception }) => ({ type: 'SodException', id: exception }),
    handler: async (ctx, _permit, { exception }) => {
      const found = await findException(ctx.tx, exception);
      if (found === undefined) throw notFound('sod_exception', exception);
      return found;
    },
  }),
  defineOperation({
    name: 'sod.grantException',
    action: 'sod_exception.grant',
    kind: 'write',
    method: 'POST',
    path: '/v1/sod/rules/{rule}/exceptions',
    summary: 'Tolerate a conflict of one person until a date',
    input: z.object({
      rule: z.uuid(),
      identity: z.string().min(1).max(200),
      reason: text(2000),
      control: text(2000).optional().describe('in words; or name a control of the rule by controlId'),
      controlId: z.uuid().optional(),
      evidenceEveryDays: z.int().min(1).max(366).optional().describe('its control has to run every so many days'),
      controlOwnerId: z.uuid().optional(),
      validTo: instantIn,
    }),
    output: exceptionOut,
    cli: { command: 'sod except', positional: ['rule', 'identity'] },
    resource: ({ rule }) => ({ type: 'SodRule', id: rule }),
    context: async ({ identity }, tx) => ({
      beneficiary: { entity: { type: 'Identity', id: await whoever(tx, identity) } },
    }),
    handler: async (ctx, permit, { rule, identity, ...input }) =>
      await grantSodException(ctx, permit, { ...input, ruleId: rule, identityId: await whoever(ctx.tx, identity) }),
  }),
  defineOperation({
    name: 'sod.recordControlRun',
    action: 'sod_exception.record_run',
    kind: 'write',
    method: 'POST',
    path: '/v1/sod/exceptions/{exception}/runs',
    summary: 'Say that the control behind an exception ran, with what came of it and where to look',
    input: z.object({
      exception: z.uuid(),
      ranAt: instantIn.optional().describe('absent: now'),
      result: z.enum(['passed', 'failed']),
      reference: text(1000).describe('a ticket, a report, a file: where to look'),
      note: text(2000).optional(),
    }),
    output: runOut,
    cli: { command: 'sod control-ran', positional: ['exception'] },
    resource: ({ exception }) => ({ type: 'SodException', id: exception }),
    handler: async (ctx, permit, { exception, ranAt, result, reference, note }) =>
      await recordControlRun(ctx, permit, exception, {
        ranAt: ranAt ?? ctx.now,
        result,
        reference,
        note: note ?? '',
      }),
  }),
  defineOperation({
    name: 'sod.listControlRuns',
    action: 'sod_exception.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/sod/exceptions/{exception}/runs',
    summary: 'The evidence of an exception: each run of its control, newest first',
    input: z.object({ exception: z.uuid() }),
    output: z.object({ items: z.array(runOut) }),
    cli: { command: 'sod control-runs', positional: ['exception'], columns: ['ranAt', 'ranBy', 'result', 'reference'] },
    resource: ({ exception }) => ({ type: 'SodException', id: exception }),
    handler: async (ctx, _permit, { exception }) => ({ items: await listControlRuns(ctx.tx, exception) }),
  }),
  defineOperation({
    name: 'sod.endException',
    action: 'sod_exception.end',
    kind: 'write',
    method: 'DELETE',
    path: '/v1/sod/exceptions/{exception}',
    summary: 'End an exception before its time',
    input: z.object({ exception: z.uuid() }),
    output: z.object({}),
    cli: { command: 'sod end-exception', positional: ['exception'] },
    resource: ({ exception }) => ({ type: 'SodException', id: exception }),
    handler: async (ctx, permit, { exception }) => {
      await endSodException(ctx, permit, exception);
      return {};
    },
  }),
  defineOperation({
    name: 'sod.check',
    action: 'sod.check',
    kind: 'read',
    method: 'POST',
    path: '/v1/identities/{identity}/sod/check',
    summary: 'What separation of duties says of somebody, and of what they would get',
    input: z.object({
      identity: z.string().min(1).max(200),
      proposed: z
        .array(
          z.object({
            entitlementId: z.uuid().optional(),
            roleId: z.uuid().optional(),
            validFrom: instantIn.optional(),
            validTo: instantIn.optional(),
          }),
        )
        .max(200)
        .default([]),
    }),
    output: z.object({
      outcome: z.enum(['clear', 'recorded', 'warned', 'blocked']),
      conflicts: z.array(conflictOut),
      tolerated: z.array(conflictOut),
      standing: z.array(conflictOut),
    }),
    cli: { command: 'sod check', positional: ['identity'] },
    resource: async ({ identity }, tx) => ({ type: 'Identity', id: await whoever(tx, identity) }),
    handler: async (ctx, _permit, input) => {
      const identityId = await whoever(ctx.tx, input.identity);
      const proposed = input.proposed.map((p) => ({
        ...p,
        validFrom: p.validFrom ?? ctx.now,
        validTo: p.validTo ?? null,
      }));
      const verdict = await sodVerdict(ctx.tx, identityId, proposed);
      return {
        outcome: verdict.outcome,
        conflicts: verdict.conflicts.map(showConflict),
        tolerated: verdict.tolerated.map(showConflict),
        standing: (await standingConflicts(ctx.tx, identityId)).map(showConflict),
      };
    },
  }),
];
