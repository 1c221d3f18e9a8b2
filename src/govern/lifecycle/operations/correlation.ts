import { z } from 'zod';
import type { Tx } from '#kit/db/index.ts';
import { instantOut, page, pageInput, pageOf, readCursor, text } from '#kit/http/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import { getIdentities, requireSystem } from '#spine/graph/index.ts';
import { defineOperation } from '#spine/operations/index.ts';
import { CORRELATE } from '../correlation/correlate.ts';
import { listCases, requireCase, resolveCase, type CorrelationCase } from '../correlation/cases.ts';
import { correlationAsked } from '../events.ts';

const caseOut = z.object({
  id: z.uuid(),
  accountId: z.uuid(),
  accountName: z.string(),
  systemId: z.uuid(),
  systemName: z.string(),
  state: z.string(),
  candidates: z.array(
    z.object({
      identityId: z.uuid(),
      name: z.string().nullable(),
      username: z.string().nullable(),
      score: z.number(),
      parts: z.array(z.object({ attribute: z.string(), score: z.number() })).readonly(),
    }),
  ),
  openedAt: instantOut,
  resolvedAt: instantOut.nullable(),
  resolvedBy: z.uuid().nullable(),
  identityId: z.uuid().nullable(),
});

async function withNames(tx: Tx, cases: readonly CorrelationCase[]) {
  const people = await getIdentities(tx, [...new Set(cases.flatMap((c) => c.candidates.map((k) => k.identityId)))]);
  const byId = new Map(people.map((p) => [p.id, p]));
  return cases.map((c) => ({
    ...c,
    candidates: c.candidates.map((k) => ({
      ...k,
      name: byId.get(k.identityId)?.displayName ?? null,
      username: byId.get(k.identityId)?.username ?? null,
    })),
  }));
}

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
];
