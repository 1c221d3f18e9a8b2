import { z } from 'zod';
import type { Keys } from '#kit/crypto/index.ts';
import { instantOut, text } from '#kit/http/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { bindHost, unbindHost } from './bind-host.ts';
import { newChallenge } from './challenge.ts';
import { exchangeSignature, NAMESPACE } from './exchange-signature.ts';
import { hosts } from './store.ts';

const hostOut = z.object({
  id: z.uuid(),
  systemId: z.uuid(),
  systemName: z.string(),
  identityId: z.uuid(),
  pinned: z.array(z.string()),
  scopes: z.array(z.string()),
  seconds: z.int(),
  madeAt: instantOut,
});
const byId = z.object({ id: z.uuid() });

/** Hosts that prove themselves with their SSH host keys. */
export const hostOperations = (edges: { readonly keys: Keys; readonly publicUrl: string }): readonly AnyOperation[] => [
  defineOperation({
    name: 'workloads.hosts',
    action: 'workload.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/workloads/hosts',
    summary: 'List hosts that prove themselves with their SSH host keys',
    input: z.object({}),
    output: z.object({ items: z.array(hostOut) }),
    cli: { command: 'workloads hosts', columns: ['id', 'systemName', 'identityId', 'scopes', 'seconds'] },
    handler: async (ctx) => ({ items: await hosts(ctx.tx) }),
  }),
  defineOperation({
    name: 'workloads.bindHost',
    action: 'workload.bind',
    kind: 'write',
    method: 'POST',
    path: '/v1/workloads/hosts',
    summary: 'Say which program an identity is, by the SSH host key of the system it runs on',
    waysIn: true,
    input: z.object({
      systemId: z.uuid(),
      identityId: z.uuid(),
      scopes: z.array(text(100)).min(1).max(50),
      seconds: z.int().min(60).max(3600).default(900),
    }),
    output: hostOut,
    cli: { command: 'workloads bind-host', positional: ['systemId', 'identityId'] },
    handler: (ctx, permit, input) => bindHost(ctx, permit, input),
  }),
  defineOperation({
    name: 'workloads.unbindHost',
    action: 'workload.bind',
    kind: 'write',
    method: 'DELETE',
    path: '/v1/workloads/hosts/{id}',
    summary: 'Let a host in by its key no more',
    input: byId,
    output: hostOut,
    cli: { command: 'workloads unbind-host', positional: ['id'] },
    handler: (ctx, permit, { id }) => unbindHost(ctx, permit, id),
  }),
  defineOperation({
    name: 'workloads.challenge',
    action: 'workload.exchange',
    kind: 'read',
    method: 'GET',
    path: '/v1/workloads/challenge',
    summary: 'Ask for what a host is to sign with its SSH host key',
    audience: 'anyone',
    input: z.object({
      system: z
        .string()
        .max(100)
        .regex(/^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/, 'is no name of a system'),
    }),
    output: z.object({ challenge: z.string(), namespace: z.string(), endsAt: instantOut }),
    handler: async (ctx, _permit, { system }) => ({
      ...newChallenge(edges.keys, edges.publicUrl, system, ctx.now),
      namespace: NAMESPACE,
    }),
  }),
  defineOperation({
    name: 'workloads.proveHost',
    action: 'workload.exchange',
    kind: 'write',
    method: 'POST',
    path: '/v1/workloads/host-token',
    summary: 'Exchange a challenge signed with an SSH host key for a short-lived token of Reeve',
    audience: 'anyone',
    secretOutput: true,
    input: z.object({ challenge: z.string().min(20).max(4096), signature: z.string().min(20).max(8192) }),
    output: z.object({ token: z.string(), endsAt: instantOut, identityId: z.uuid(), scopes: z.array(z.string()) }),
    handler: (ctx, permit, input) => exchangeSignature(edges, ctx, permit, input),
  }),
];
