import { z } from 'zod';
import { instantOut, text } from '#kit/http/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { PATH } from '../folders/index.ts';
import type { TicketPattern } from './meet-terms.ts';
import {
  askSecondPerson,
  decideAsk,
  listAsks,
  secretOfAsk,
  withdrawAsk,
  type SecondPersonEdges,
} from './second-person.ts';
import { setTerms } from './set-terms.ts';
import { listTerms } from './terms.ts';

/** Terms as they are told. */
export const termsOut = z.object({
  path: z.string().nullable(),
  shared: z.boolean(),
  secondPerson: z.boolean(),
  reasonRequired: z.boolean(),
  ticketRequired: z.boolean(),
  longestSeconds: z.int(),
  extensions: z.int(),
  showing: z.enum(['reveal', 'copy_once', 'inject_only']),
  rotateAfter: z.boolean(),
  changedBy: z.uuid().nullable(),
  changedAt: instantOut.nullable(),
});
const askOut = z.object({
  id: z.uuid(),
  secretId: z.uuid(),
  secretName: z.string(),
  askerId: z.uuid(),
  reason: z.string(),
  ticket: z.string().nullable(),
  seconds: z.int(),
  askedAt: instantOut,
  lapsesAt: instantOut,
  state: z.enum(['waiting', 'approved', 'denied', 'used', 'withdrawn', 'lapsed']),
  decidedBy: z.uuid().nullable(),
  decidedAt: instantOut.nullable(),
  decidedBecause: z.string().nullable(),
});
const asks = z.object({ items: z.array(askOut) });
const byId = z.object({ id: z.uuid() });
const columns = ['id', 'secretName', 'askerId', 'state', 'seconds', 'reason', 'lapsesAt'];
const secretOf = async (input: { readonly id: string }, tx: Parameters<typeof secretOfAsk>[0]) => ({
  type: 'Secret',
  id: (await secretOfAsk(tx, input.id)) ?? input.id,
});

/** Under which terms secrets are taken out, and the second person who agrees to one checkout. */
export const termsOperations = (edges: {
  readonly ticketPattern?: TicketPattern;
  readonly secondPerson?: SecondPersonEdges | undefined;
}): readonly AnyOperation[] => [
  defineOperation({
    name: 'vault.terms',
    action: 'secret.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/vault/terms',
    summary: 'List the terms secrets are taken out on',
    input: z.object({}),
    output: z.object({ items: z.array(termsOut) }),
    cli: {
      command: 'vault terms ls',
      columns: ['path', 'showing', 'shared', 'secondPerson', 'longestSeconds', 'extensions'],
    },
    handler: async (ctx) => ({ items: await listTerms(ctx.tx) }),
  }),
  defineOperation({
    name: 'vault.setTerms',
    action: 'secret.set_terms',
    kind: 'write',
    method: 'PUT',
    path: '/v1/vault/terms',
    summary: 'Set the terms of a secret or of all below a path',
    input: z.object({
      path: text(200).regex(PATH, 'is a path such as team/app'),
      shared: z.boolean().default(false),
      secondPerson: z.boolean().default(false),
      reasonRequired: z.boolean().default(true),
      ticketRequired: z.boolean().default(false),
      longestSeconds: z.int().min(60).max(86_400).default(3600),
      extensions: z.int().min(0).max(20).default(0),
      showing: z.enum(['reveal', 'copy_once', 'inject_only']).default('reveal'),
      rotateAfter: z.boolean().default(true),
    }),
    output: termsOut,
    cli: { command: 'vault terms set', positional: ['path'] },
    handler: (ctx, permit, input) => setTerms(ctx, permit, input),
  }),
  defineOperation({
    name: 'vault.ask',
    action: 'secret.checkout',
    kind: 'write',
    method: 'POST',
    path: '/v1/vault/secrets/{id}/asks',
    summary: 'Ask that a second person agrees to one checkout',
    input: z.object({
      id: z.uuid(),
      reason: text(1000),
      ticket: text(200).optional(),
      seconds: z.int().min(60).max(86_400).default(900),
    }),
    output: askOut,
    cli: { command: 'vault ask', positional: ['id'] },
    resource: (input) => ({ type: 'Secret', id: input.id }),
    handler: (ctx, permit, input) => askSecondPerson(ctx, permit, input, edges.ticketPattern),
  }),
  defineOperation({
    name: 'vault.myAsks',
    action: 'secret.list_mine',
    kind: 'read',
    method: 'GET',
    path: '/v1/me/checkout-asks',
    summary: 'List what one asked a second person to agree to',
    input: z.object({}),
    output: asks,
    cli: { command: 'vault asks mine', columns },
    handler: async (ctx) => ({ items: await listAsks(ctx.tx, { askerId: ctx.principal.id }) }),
  }),
  defineOperation({
    name: 'vault.asks',
    action: 'secret.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/vault/asks',
    summary: 'List checkouts that wait for a second person, or were decided',
    input: z.object({ open: z.boolean().optional() }),
    output: asks,
    cli: { command: 'vault asks ls', columns },
    handler: async (ctx, _permit, input) => ({ items: await listAsks(ctx.tx, input) }),
  }),
  defineOperation({
    name: 'vault.approveAsk',
    action: 'secret.approve_checkout',
    kind: 'write',
    method: 'POST',
    path: '/v1/vault/asks/{id}/approve',
    summary: 'Agree to one checkout as its second person',
    input: byId,
    output: askOut,
    cli: { command: 'vault asks approve', positional: ['id'] },
    resource: secretOf,
    handler: (ctx, permit, { id }) => decideAsk(edges.secondPerson, ctx, permit, { id, decision: 'approved' }),
  }),
  defineOperation({
    name: 'vault.denyAsk',
    action: 'secret.approve_checkout',
    kind: 'write',
    method: 'POST',
    path: '/v1/vault/asks/{id}/deny',
    summary: 'Refuse one checkout as its second person',
    input: byId.extend({ because: text(1000) }),
    output: askOut,
    cli: { command: 'vault asks deny', positional: ['id'] },
    resource: secretOf,
    handler: (ctx, permit, input) => decideAsk(edges.secondPerson, ctx, permit, { ...input, decision: 'denied' }),
  }),
  defineOperation({
    name: 'vault.withdrawAsk',
    action: 'secret.withdraw_ask',
    kind: 'write',
    method: 'POST',
    path: '/v1/vault/asks/{id}/withdraw',
    summary: 'Take back what one asked a second person',
    input: byId,
    output: askOut,
    cli: { command: 'vault asks withdraw', positional: ['id'] },
    handler: (ctx, permit, { id }) => withdrawAsk(ctx, permit, id),
  }),
];
