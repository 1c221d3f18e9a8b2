import { z } from 'zod';
import type { Tx } from '#kit/db/index.ts';
import { notFound } from '#kit/errors/index.ts';
import { instantOut, page, pageInput, pageOf, readCursor, text } from '#kit/http/index.ts';
import { findIdentityByUsername, getIdentity, type Identity } from '#spine/graph/index.ts';
import { defineOperation } from '#spine/operations/index.ts';
import { lineageOf } from '../precedence/lineage.ts';
import { listSourceCases, resolveSourceCase } from '../precedence/source-cases.ts';
import { requireSource } from '../sources/store.ts';
import { withNames } from './name-candidates.ts';

const caseOut = z.object({
  id: z.uuid(),
  sourceId: z.uuid(),
  sourceName: z.string(),
  externalId: z.string(),
  displayName: z.string(),
  state: z.string(),
  candidates: z.array(
    z.object({
      identityId: z.uuid(),
      name: z.string().nullable(),
      username: z.string().nullable(),
      because: z.array(z.string()).readonly(),
      gone: z.boolean(),
    }),
  ),
  openedAt: instantOut,
  resolvedAt: instantOut.nullable(),
  resolvedBy: z.uuid().nullable(),
  identityId: z.uuid().nullable(),
});

const findIdentity = async (tx: Tx, idOrName: string): Promise<Identity | undefined> =>
  (await getIdentity(tx, idOrName)) ?? (await findIdentityByUsername(tx, idOrName));

export const precedenceOperations = [
  defineOperation({
    name: 'sources.cases',
    action: 'source_case.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/sources/cases',
    summary: 'List rows of which a person has to say who they are',
    input: z.object({
      source: z.string().min(1).max(200).optional(),
      state: z.enum(['open', 'linked', 'nobody', 'closed']).default('open'),
      ...pageInput,
    }),
    output: pageOf(caseOut),
    cli: {
      command: 'sources cases',
      columns: ['id', 'sourceName', 'externalId', 'displayName', 'state', 'candidates'],
    },
    handler: async (ctx, _permit, input) => {
      const source = input.source === undefined ? undefined : await requireSource(ctx.tx, input.source);
      const after = readCursor(input.cursor, ['id'])?.[0] ?? null;
      const cases = await listSourceCases(ctx.tx, {
        state: input.state,
        sourceId: source?.id,
        after,
        limit: input.limit,
      });
      return page(await withNames(ctx.tx, cases), input.limit, (c) => [c.id]);
    },
  }),
  defineOperation({
    name: 'sources.resolveCase',
    action: 'source_case.resolve',
    kind: 'write',
    method: 'POST',
    path: '/v1/sources/cases/{id}/resolve',
    summary: 'Say whose a row is, or that it is none of the candidates; it is taken so with the next delivery',
    input: z.object({ id: z.uuid(), identityId: z.uuid().nullable(), because: text(1000) }),
    output: caseOut,
    cli: { command: 'sources resolve', positional: ['id'] },
    handler: async (ctx, permit, input) => {
      const [named] = await withNames(ctx.tx, [await resolveSourceCase(ctx, permit, input)]);
      if (named === undefined) throw new Error('a case without itself');
      return named;
    },
  }),
  defineOperation({
    name: 'sources.lineage',
    action: 'identity.lineage',
    kind: 'read',
    method: 'GET',
    path: '/v1/identities/{identity}/lineage',
    summary: 'Show which source each fact of somebody is from, and what other sources say',
    input: z.object({ identity: z.string().min(1).max(200) }),
    output: z.object({
      identityId: z.uuid(),
      sources: z.array(
        z.object({
          source: z.string(),
          externalId: z.string(),
          present: z.boolean(),
          lifecycle: z.boolean(),
          rank: z.number(),
        }),
      ),
      facts: z.array(
        z.object({
          fact: z.string(),
          value: z.string().nullable(),
          source: z.string().nullable(),
          externalId: z.string().nullable(),
          others: z.array(z.object({ source: z.string(), value: z.string() })),
        }),
      ),
    }),
    cli: { command: 'identities lineage', positional: ['identity'] },
    // An unknown name stays as it is, and policy is asked about what is not there.
    resource: async (input, tx) => ({
      type: 'Identity',
      id: (await findIdentity(tx, input.identity))?.id ?? input.identity,
    }),
    handler: async (ctx, _permit, input) => {
      const identity = await findIdentity(ctx.tx, input.identity);
      if (identity === undefined) throw notFound('identity', input.identity);
      return { identityId: identity.id, ...(await lineageOf(ctx.tx, identity)) };
    },
  }),
];
