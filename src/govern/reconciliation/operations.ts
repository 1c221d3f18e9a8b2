import { z } from 'zod';
import { invalid } from '#kit/errors/index.ts';
import { instantIn, instantOut, pageInput, pageOf, text } from '#kit/http/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import { requireSystem } from '#spine/graph/index.ts';
import { defineOperation } from '#spine/operations/index.ts';
import { acceptCases, decideCases, lockOrphans } from './decide-cases.ts';
import { driftLookAsked, driftReactionPut } from './events.ts';
import { DEFAULT_REACTIONS, FITTING, REACTIONS, SITUATIONS } from './model.ts';
import { listCases, listReactions, writeReaction } from './store.ts';

export const FIND = 'reconciliation.find';

const situation = z.enum(SITUATIONS);
const reaction = z.enum(REACTIONS);
const caseOut = z.object({
  id: z.uuid(),
  situation,
  systemId: z.uuid(),
  systemName: z.string(),
  accountId: z.uuid().nullable(),
  accountName: z.string().nullable(),
  entitlementId: z.uuid().nullable(),
  entitlementName: z.string().nullable(),
  identityId: z.uuid().nullable(),
  personName: z.string().nullable(),
  grantId: z.uuid().nullable(),
  privileged: z.boolean(),
  since: instantOut,
  state: z.string(),
  reaction: z.string().nullable(),
  problem: z.string().nullable(),
  openedAt: instantOut,
  settledAt: instantOut.nullable(),
  because: z.string().nullable(),
  acceptedUntil: instantOut.nullable(),
});
const reactionOut = z.object({
  systemId: z.uuid().nullable(),
  situation,
  reaction,
  privilegedReaction: reaction,
});
const ids = z.array(z.uuid()).min(1).max(500);

export const operations = [
  defineOperation({
    name: 'drift.list',
    action: 'drift_case.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/drift',
    summary: 'List where targets differ from what Reeve says, newest first',
    input: z.object({
      ...pageInput,
      systemId: z.uuid().optional(),
      identityId: z.uuid().optional(),
      situation: situation.optional(),
      state: z.enum(['open', 'reacting', 'accepted', 'adopted', 'removed', 'restored', 'disabled', 'gone']).optional(),
    }),
    output: pageOf(caseOut),
    cli: {
      command: 'drift ls',
      columns: ['id', 'situation', 'systemName', 'accountName', 'entitlementName', 'personName', 'state', 'since'],
    },
    handler: (ctx, _permit, input) => listCases(ctx.tx, input),
  }),
  defineOperation({
    name: 'drift.decide',
    action: 'drift_case.decide',
    kind: 'write',
    method: 'POST',
    path: '/v1/drift/decide',
    summary: 'Say what follows from drift: adopt it, remove it, put it back, or lock the account',
    input: z.object({ ids, reaction: z.enum(['adopt', 'remove', 'restore', 'disable']), because: text(1000) }),
    output: z.object({ massChangeId: z.uuid().nullable(), state: z.string() }),
    cli: { command: 'drift decide', positional: ['reaction'] },
    handler: async (ctx, permit, input) => {
      const planned = await decideCases(ctx, permit, input);
      return { massChangeId: planned?.id ?? null, state: planned?.state ?? 'nothing' };
    },
  }),
  defineOperation({
    name: 'accounts.lockOrphans',
    action: 'drift_case.decide',
    kind: 'write',
    method: 'POST',
    path: '/v1/accounts/lock-orphans',
    summary:
      'Lock accounts that nobody owns, also those that were there from the first; guarded, and undone with its mass change',
    input: z.object({ ids, because: text(1000) }),
    output: z.object({ massChangeId: z.uuid().nullable(), state: z.string() }),
    cli: { command: 'accounts lock-orphans' },
    handler: async (ctx, permit, { ids: accountIds, because }) => {
      const planned = await lockOrphans(ctx, permit, { accountIds, because });
      return { massChangeId: planned?.id ?? null, state: planned?.state ?? 'nothing' };
    },
  }),
  defineOperation({
    name: 'drift.accept',
    action: 'drift_case.decide',
    kind: 'write',
    method: 'POST',
    path: '/v1/drift/accept',
    summary: 'Leave drift as it is until a day, with the reason; then it is open again',
    input: z.object({ ids, until: instantIn, because: text(1000) }),
    output: z.object({ accepted: z.int() }),
    cli: { command: 'drift accept' },
    handler: async (ctx, permit, input) => {
      await acceptCases(ctx, permit, input);
      return { accepted: input.ids.length };
    },
  }),
  defineOperation({
    name: 'drift.look',
    action: 'drift.look',
    kind: 'write',
    method: 'POST',
    path: '/v1/systems/{id}/drift',
    summary: 'Compare what should be with what was last read of a system, now',
    input: z.object({ id: z.uuid() }),
    output: z.object({ id: z.uuid() }),
    cli: { command: 'drift look', positional: ['id'] },
    handler: async (ctx, permit, input) => {
      const system = await requireSystem(ctx.tx, input.id);
      await ctx.record(permit, { event: driftLookAsked, data: { systemId: system.id } });
      await enqueue(ctx.tx, FIND, { systemId: system.id }, { key: `${FIND}:${system.id}` });
      return { id: system.id };
    },
  }),
  defineOperation({
    name: 'drift.reactions',
    action: 'drift_reaction.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/drift/reactions',
    summary: 'List what follows of itself from each situation',
    input: z.object({}),
    output: z.object({ items: z.array(reactionOut) }),
    cli: { command: 'drift reactions', columns: ['systemId', 'situation', 'reaction', 'privilegedReaction'] },
    handler: async (ctx) => {
      const set = await listReactions(ctx.tx);
      const unset = SITUATIONS.filter((s) => !set.some((r) => r.systemId === null && r.situation === s));
      return {
        items: [
          ...unset.map((s) => ({
            systemId: null,
            situation: s,
            reaction: DEFAULT_REACTIONS[s],
            privilegedReaction: DEFAULT_REACTIONS[s],
          })),
          ...set,
        ],
      };
    },
  }),
  defineOperation({
    name: 'drift.setReaction',
    action: 'drift_reaction.put',
    kind: 'write',
    method: 'PUT',
    path: '/v1/drift/reactions',
    summary: 'Set what follows of itself from a situation, everywhere or on one system',
    input: z.object({
      situation,
      systemId: z.uuid().optional(),
      reaction,
      privilegedReaction: reaction.optional(),
    }),
    output: reactionOut,
    cli: { command: 'drift set-reaction', positional: ['situation', 'reaction'] },
    handler: async (ctx, permit, input) => {
      const fits = FITTING[input.situation];
      const privilegedReaction = input.privilegedReaction ?? input.reaction;
      for (const [pointer, asked] of [
        ['/reaction', input.reaction],
        ['/privilegedReaction', privilegedReaction],
      ] as const) {
        if (!fits.includes(asked))
          throw invalid(pointer, `does not fit ${input.situation}`, `choose one of ${fits.join(', ')}`);
      }
      if (input.systemId !== undefined) await requireSystem(ctx.tx, input.systemId);
      const row = {
        systemId: input.systemId ?? null,
        situation: input.situation,
        reaction: input.reaction,
        privilegedReaction,
      };
      await writeReaction(ctx.tx, row);
      await ctx.record(permit, { event: driftReactionPut, data: { ...row, systemId: input.systemId } });
      return row;
    },
  }),
];
