import { z } from 'zod';
import { systemClock, type Clock } from '#kit/clock/index.ts';
import type { Keys } from '#kit/crypto/index.ts';
import type { Db } from '#kit/db/index.ts';
import { instantOut, text } from '#kit/http/index.ts';
import type { Outbound, OutboundReader } from '#kit/outbound/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { exchangeToken, proveToken } from './exchange-token.ts';
import { addIssuer, bindWorkload, removeIssuer, unbindWorkload } from './keep-issuers.ts';
import { bindings, issuers } from './store.ts';
import { createVerifier } from './verify-token.ts';

/** What this module is handed. */
export interface WorkloadEdges {
  readonly db: Db;
  readonly keys: Keys;
  /** What challenges name Reeve by. */
  readonly publicUrl: string;
  readonly outbound: Outbound & OutboundReader;
  readonly clock?: Clock | undefined;
}

const issuerOut = z.object({
  id: z.uuid(),
  name: z.string(),
  issuer: z.string(),
  keysUrl: z.string(),
  audience: z.string(),
  madeAt: instantOut,
});
const bindingOut = z.object({
  id: z.uuid(),
  issuerId: z.uuid(),
  identityId: z.uuid(),
  claims: z.record(z.string(), z.string()),
  scopes: z.array(z.string()),
  seconds: z.int(),
  madeAt: instantOut,
});
const byId = z.object({ id: z.uuid() });

/** Platforms whose tokens are taken, whose they are, and the exchange itself. */
export const operations = (edges: WorkloadEdges): readonly AnyOperation[] => {
  const verify = createVerifier({ outbound: edges.outbound, clock: edges.clock ?? systemClock });
  return [
    defineOperation({
      name: 'workloads.issuers',
      action: 'workload.list',
      kind: 'read',
      method: 'GET',
      path: '/v1/workloads/issuers',
      summary: 'List platforms whose tokens programs prove themselves with',
      input: z.object({}),
      output: z.object({ items: z.array(issuerOut) }),
      cli: { command: 'workloads issuers', columns: ['id', 'name', 'issuer', 'audience'] },
      handler: async (ctx) => ({ items: await issuers(ctx.tx) }),
    }),
    defineOperation({
      name: 'workloads.addIssuer',
      action: 'workload.trust',
      kind: 'write',
      method: 'POST',
      path: '/v1/workloads/issuers',
      summary: 'Take the tokens of a platform',
      waysIn: true,
      input: z.object({
        name: text(100),
        issuer: text(500).describe('as the tokens say it (iss)'),
        keysUrl: text(500).describe('where its keys are (JWKS)'),
        audience: text(500).describe('whom the tokens must be for (aud)'),
      }),
      output: issuerOut,
      cli: { command: 'workloads trust', positional: ['name'] },
      handler: (ctx, permit, input) => addIssuer(edges.outbound, ctx, permit, input),
    }),
    defineOperation({
      name: 'workloads.removeIssuer',
      action: 'workload.trust',
      kind: 'write',
      method: 'DELETE',
      path: '/v1/workloads/issuers/{id}',
      summary: 'Take no tokens of a platform any more',
      input: byId,
      output: issuerOut,
      cli: { command: 'workloads distrust', positional: ['id'] },
      handler: (ctx, permit, { id }) => removeIssuer(ctx, permit, id),
    }),
    defineOperation({
      name: 'workloads.bindings',
      action: 'workload.list',
      kind: 'read',
      method: 'GET',
      path: '/v1/workloads/bindings',
      summary: 'List which programs are who',
      input: z.object({}),
      output: z.object({ items: z.array(bindingOut) }),
      cli: { command: 'workloads ls', columns: ['id', 'identityId', 'claims', 'scopes', 'seconds'] },
      handler: async (ctx) => ({ items: await bindings(ctx.tx) }),
    }),
    defineOperation({
      name: 'workloads.bind',
      action: 'workload.bind',
      kind: 'write',
      method: 'POST',
      path: '/v1/workloads/bindings',
      summary: 'Say which program an identity is, by what its platform says of it',
      waysIn: true,
      input: z.object({
        issuerId: z.uuid(),
        identityId: z.uuid(),
        claims: z
          .record(text(100), text(500))
          .refine((claims) => Object.keys(claims).length > 0, 'name at least one claim')
          .refine((claims) => Object.keys(claims).length <= 20, 'name 20 claims at most')
          .meta({
            description: 'all of these hold; claims within claims with dots',
            minProperties: 1,
            maxProperties: 20,
          }),
        scopes: z.array(text(100)).min(1).max(50),
        seconds: z.int().min(60).max(3600).default(900),
      }),
      output: bindingOut,
      cli: { command: 'workloads bind', positional: ['issuerId', 'identityId'] },
      handler: (ctx, permit, input) => bindWorkload(ctx, permit, input),
    }),
    defineOperation({
      name: 'workloads.unbind',
      action: 'workload.bind',
      kind: 'write',
      method: 'DELETE',
      path: '/v1/workloads/bindings/{id}',
      summary: 'Let a program in no more',
      input: byId,
      output: bindingOut,
      cli: { command: 'workloads unbind', positional: ['id'] },
      handler: (ctx, permit, { id }) => unbindWorkload(ctx, permit, id),
    }),
    defineOperation({
      name: 'workloads.exchange',
      action: 'workload.exchange',
      kind: 'write',
      method: 'POST',
      path: '/v1/workloads/token',
      summary: 'Exchange a token of a platform for a short-lived token of Reeve',
      audience: 'anyone',
      secretOutput: true,
      input: z.object({ token: z.string().min(20).max(16_384) }),
      output: z.object({
        token: z.string(),
        endsAt: instantOut,
        identityId: z.uuid(),
        scopes: z.array(z.string()),
      }),
      prepare: (input) => proveToken(edges.db, verify, input.token),
      handler: (ctx, permit, input, proved) => exchangeToken(ctx, permit, input, proved),
    }),
  ];
};
