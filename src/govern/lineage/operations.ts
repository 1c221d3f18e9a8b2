import { z } from 'zod';
import { notFound } from '#kit/errors/index.ts';
import { instantOut } from '#kit/http/index.ts';
import { findIdentityByUsername, getEntitlement, getIdentity, type Identity } from '#spine/graph/index.ts';
import type { Tx } from '#kit/db/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { traceAccess } from './trace-access.ts';

const factOut = z.object({
  fact: z.string(),
  value: z.string().nullable(),
  source: z.string().nullable(),
  externalId: z.string().nullable(),
  others: z.array(z.object({ source: z.string(), value: z.string() })).readonly(),
});
const causeOut = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('birthright'),
    ruleId: z.uuid(),
    rule: z.string(),
    condition: z.record(z.string(), z.array(z.string()).readonly()).readonly(),
    personCondition: z.string().nullable().describe('whom it fits, in CEL, in place of a condition'),
    facts: z.array(factOut).readonly(),
    rows: z
      .array(
        z.object({
          source: z.string(),
          externalId: z.string(),
          present: z.boolean(),
          runId: z.uuid(),
          deliveredAt: instantOut,
          deliveredBy: z.string(),
        }),
      )
      .readonly(),
  }),
  z.object({
    kind: z.literal('request'),
    requestId: z.uuid(),
    number: z.int(),
    requester: z.string(),
    reason: z.string(),
    submittedAt: instantOut,
    decisions: z
      .array(
        z.object({
          step: z.string(),
          by: z.string(),
          at: instantOut,
          decision: z.string(),
          comment: z.string().nullable(),
        }),
      )
      .readonly(),
  }),
  z.object({ kind: z.literal('drift'), caseId: z.uuid(), since: instantOut, because: z.string().nullable() }),
  z.object({ kind: z.literal('given'), origin: z.string() }),
]);
const wayOut = z.object({
  via: z.enum(['grant', 'account']),
  path: z.array(z.object({ kind: z.string(), id: z.uuid(), name: z.string() })).readonly(),
  validFrom: instantOut,
  validTo: instantOut.nullable(),
  grant: z
    .object({
      id: z.uuid(),
      reason: z.string().nullable(),
      cause: causeOut,
      told: z.object({ eventId: z.uuid(), at: instantOut, by: z.string() }).nullable(),
    })
    .nullable(),
  account: z
    .object({
      id: z.uuid(),
      name: z.string(),
      linkedBecause: z.string().nullable(),
      observedAt: instantOut.nullable(),
      quality: z.string().nullable(),
      givenBy: z.string().nullable(),
      founded: z.boolean(),
    })
    .nullable(),
});

const findIdentity = async (tx: Tx, idOrName: string): Promise<Identity | undefined> =>
  (await getIdentity(tx, idOrName)) ?? (await findIdentityByUsername(tx, idOrName));

export const operations: readonly AnyOperation[] = [
  defineOperation({
    name: 'access.lineage',
    action: 'access.lineage',
    kind: 'read',
    method: 'GET',
    path: '/v1/identities/{identity}/access/lineage',
    summary: 'Trace an access of somebody back to the row of a source, or the decision, that caused it',
    description:
      'Each way they reach it: a grant with its rule and the facts behind it, its request and who decided, or who gave it; and each account seen to hold it. No way: they do not reach it.',
    input: z.object({ identity: z.string().min(1).max(200), entitlementId: z.uuid() }),
    output: z.object({
      identityId: z.uuid(),
      identityName: z.string(),
      entitlementId: z.uuid(),
      entitlementName: z.string(),
      ways: z.array(wayOut).readonly(),
    }),
    cli: { command: 'access lineage', positional: ['identity', 'entitlementId'] },
    // An unknown name stays as it is, and policy is asked about what is not there.
    resource: async (input, tx) => ({
      type: 'Identity',
      id: (await findIdentity(tx, input.identity))?.id ?? input.identity,
    }),
    handler: async (ctx, _permit, input) => {
      const identity = await findIdentity(ctx.tx, input.identity);
      if (identity === undefined) throw notFound('identity', input.identity);
      const entitlement = await getEntitlement(ctx.tx, input.entitlementId);
      if (entitlement === undefined) throw notFound('entitlement', input.entitlementId);
      return {
        identityId: identity.id,
        identityName: identity.displayName,
        entitlementId: entitlement.id,
        entitlementName: entitlement.name,
        ways: await traceAccess(ctx.tx, identity, entitlement.id),
      };
    },
  }),
];
