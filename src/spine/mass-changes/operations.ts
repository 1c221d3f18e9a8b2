import { z } from 'zod';
import { invalid } from '#kit/errors/index.ts';
import { instantOut, page, pageInput, pageOf, readCursor, text } from '#kit/http/index.ts';
import { getSystem } from '#spine/graph/index.ts';
import { defineOperation } from '#spine/operations/contract.ts';
import type { AnyOperation } from '#spine/operations/contract.ts';
import type { KindOf } from './apply-mass-change.ts';
import { changeLimitsPut } from './events.ts';
import { DEFAULT_LIMITS } from './model.ts';
import { acceptMassChange, askUndo, declineMassChange } from './settle-held.ts';
import {
  countEffects,
  itemsAfter,
  limitsOfKind,
  listLimits,
  listMassChanges,
  requireMassChange,
  writeLimits,
} from './store.ts';

const overOut = z.object({
  code: z.string(),
  systemId: z.uuid().nullable(),
  count: z.int(),
  allowed: z.int(),
  detail: z.string(),
});
const massChangeOut = z.object({
  id: z.uuid(),
  kind: z.string(),
  title: z.string(),
  state: z.string(),
  heldBecause: z.array(overOut),
  items: z.int(),
  appliedTo: z.int(),
  releasedTo: z.int(),
  plannedAt: instantOut,
  plannedBy: z.string(),
  settledAt: instantOut.nullable(),
  acceptedBy: z.uuid().nullable(),
  acceptedAt: instantOut.nullable(),
  acceptedBecause: z.string().nullable(),
});
const itemOut = z.object({
  position: z.int(),
  effect: z.string(),
  systemId: z.uuid().nullable(),
  identityId: z.uuid().nullable(),
  what: z.string(),
  state: z.string(),
  problem: z.string().nullable(),
  notes: z.array(z.string()).readonly(),
});
const allowance = z.object({
  percent: z.number().min(0).max(100),
  free: z.int().min(0).max(100_000_000),
  most: z.int().min(0).nullable().default(null),
});
const allowanceOut = z.object({ percent: z.number(), free: z.number(), most: z.number().nullable() });
const limitsOut = z.object({
  kind: z.string(),
  systemId: z.uuid().nullable(),
  limits: z.object({ create: allowanceOut, update: allowanceOut, delete: allowanceOut }),
});
const states = z.enum(['held', 'applying', 'canary', 'applied', 'declined', 'superseded', 'undoing', 'undone']);
const settle = z.object({ id: z.uuid(), because: text(1000) });

/** What people see and decide of mass changes. `kinds` are the names limits can be set for. */
export const operations = (kindOf: KindOf, kinds: readonly string[]): readonly AnyOperation[] => [
  defineOperation({
    name: 'massChanges.list',
    action: 'mass_change.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/mass-changes',
    summary: 'List effects on many at once, newest first: those that wait, and those that were',
    input: z.object({ kind: z.string().max(60).optional(), state: states.optional(), ...pageInput }),
    output: pageOf(massChangeOut),
    cli: { command: 'changes ls', columns: ['id', 'kind', 'title', 'state', 'items', 'appliedTo', 'plannedAt'] },
    handler: async (ctx, _permit, input) => {
      const before = readCursor(input.cursor, ['id'])?.[0] ?? null;
      const rows = await listMassChanges(ctx.tx, {
        kind: input.kind,
        state: input.state,
        before,
        limit: input.limit,
      });
      return page(rows, input.limit, (r) => [r.id]);
    },
  }),
  defineOperation({
    name: 'massChanges.show',
    action: 'mass_change.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/mass-changes/{id}',
    summary: 'Show an effect on many at once: what it does where, and why it waits',
    input: z.object({ id: z.uuid() }),
    output: massChangeOut.extend({
      effects: z.array(z.object({ effect: z.string(), systemId: z.uuid().nullable(), n: z.int() })),
    }),
    cli: { command: 'changes show', positional: ['id'] },
    handler: async (ctx, _permit, input) => ({
      ...(await requireMassChange(ctx.tx, input.id)),
      effects: await countEffects(ctx.tx, input.id),
    }),
  }),
  defineOperation({
    name: 'massChanges.items',
    action: 'mass_change.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/mass-changes/{id}/items',
    summary: 'List every single change of it, in the order they are applied',
    input: z.object({
      id: z.uuid(),
      effect: z.enum(['create', 'update', 'delete']).optional(),
      state: z.enum(['waiting', 'done', 'skipped', 'undone', 'not_undone']).optional(),
      ...pageInput,
    }),
    output: pageOf(itemOut),
    cli: {
      command: 'changes items',
      positional: ['id'],
      columns: ['position', 'effect', 'what', 'identityId', 'state', 'problem', 'notes'],
    },
    handler: async (ctx, _permit, input) => {
      await requireMassChange(ctx.tx, input.id);
      const after = readCursor(input.cursor, ['n'])?.[0] ?? 0;
      const rows = await itemsAfter(ctx.tx, { ...input, after, limit: input.limit + 1 });
      return page(rows, input.limit, (r) => [r.position]);
    },
  }),
  defineOperation({
    name: 'massChanges.accept',
    action: 'mass_change.accept',
    kind: 'write',
    method: 'POST',
    path: '/v1/mass-changes/{id}/accept',
    summary: 'Apply a held change, this one and once; with a canary, its first items only',
    input: settle.extend({ canary: z.int().min(1).max(100_000).optional() }),
    output: massChangeOut,
    cli: { command: 'changes accept', positional: ['id'] },
    handler: (ctx, permit, input) => acceptMassChange(ctx, permit, input),
  }),
  defineOperation({
    name: 'massChanges.decline',
    action: 'mass_change.accept',
    kind: 'write',
    method: 'POST',
    path: '/v1/mass-changes/{id}/decline',
    summary: 'Put a held change away, or what is left of one after its canary',
    input: settle,
    output: massChangeOut,
    cli: { command: 'changes decline', positional: ['id'] },
    handler: (ctx, permit, input) => declineMassChange(ctx, permit, input),
  }),
  defineOperation({
    name: 'massChanges.undo',
    action: 'mass_change.undo',
    kind: 'write',
    method: 'POST',
    path: '/v1/mass-changes/{id}/undo',
    summary: 'Put back all that a change did',
    input: settle,
    output: massChangeOut,
    cli: { command: 'changes undo', positional: ['id'] },
    handler: (ctx, permit, input) => askUndo(ctx, permit, kindOf, input),
  }),
  defineOperation({
    name: 'changeLimits.list',
    action: 'change_limits.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/change-limits',
    summary: 'List how much of each kind may change before a person has to look',
    input: z.object({}),
    output: z.object({ items: z.array(limitsOut) }),
    cli: { command: 'changes limits', columns: ['kind', 'systemId', 'limits'] },
    handler: async (ctx) => {
      const set = await listLimits(ctx.tx);
      const unset = kinds.filter((kind) => !set.some((row) => row.kind === kind && row.systemId === null));
      return { items: [...unset.map((kind) => ({ kind, systemId: null, limits: DEFAULT_LIMITS })), ...set] };
    },
  }),
  defineOperation({
    name: 'changeLimits.put',
    action: 'change_limits.put',
    kind: 'write',
    method: 'PUT',
    path: '/v1/change-limits/{kind}',
    summary: 'Set how much of a kind may change at a time, everywhere or on one system',
    input: z.object({
      kind: text(60),
      systemId: z.uuid().optional(),
      limits: z.object({ create: allowance, update: allowance, delete: allowance }).partial(),
    }),
    output: limitsOut,
    cli: { command: 'changes limit', positional: ['kind'] },
    handler: async (ctx, permit, input) => {
      if (!kinds.includes(input.kind))
        throw invalid('/kind', 'is no kind of mass change', `use one of ${kinds.join(', ')}`);
      const systemId = input.systemId ?? null;
      if (systemId !== null && (await getSystem(ctx.tx, systemId)) === undefined)
        throw invalid('/systemId', 'is no system', 'reeve systems ls names those there are');
      const rows = await limitsOfKind(ctx.tx, input.kind);
      const before = rows.find((row) => row.systemId === systemId) ?? rows.find((row) => row.systemId === null);
      const limits = {
        create: input.limits.create ?? before?.limits.create ?? DEFAULT_LIMITS.create,
        update: input.limits.update ?? before?.limits.update ?? DEFAULT_LIMITS.update,
        delete: input.limits.delete ?? before?.limits.delete ?? DEFAULT_LIMITS.delete,
      };
      await writeLimits(ctx.tx, { kind: input.kind, systemId, limits });
      await ctx.record(permit, { event: changeLimitsPut, data: { kind: input.kind, systemId: input.systemId } });
      return { kind: input.kind, systemId, limits };
    },
  }),
];
