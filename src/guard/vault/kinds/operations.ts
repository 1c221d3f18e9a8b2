import { z } from 'zod';
import type { Keys } from '#kit/crypto/index.ts';
import { instantIn, instantOut, text } from '#kit/http/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import type { TicketPattern } from '../checkout/index.ts';
import { describeSecret } from './describe-secret.ts';
import { giveCode } from './give-code.ts';
import { refuseSealed } from '../seal-version.ts';

/** Names and values people find a secret by. */
export const labelsIn = z
  .record(text(64), text(200))
  .refine((labels) => Object.keys(labels).length <= 50, 'has more than 50 labels');

/** What can be said of secrets, and what a seed gives in its place. */
export const kindOperations = (edges: {
  readonly keys: Keys;
  readonly ticketPattern?: TicketPattern;
}): readonly AnyOperation[] => [
  defineOperation({
    name: 'vault.describe',
    action: 'secret.describe',
    kind: 'write',
    method: 'PATCH',
    path: '/v1/vault/secrets/{id}',
    summary: 'Say what a secret is, label it, or say when its value ends',
    input: z.object({
      id: z.uuid(),
      description: text(1000).nullable().optional(),
      labels: labelsIn.optional(),
      expiresAt: instantIn.nullable().optional(),
    }),
    output: z.object({
      id: z.uuid(),
      description: z.string().nullable(),
      labels: z.record(z.string(), z.string()),
      expiresAt: instantOut.nullable(),
    }),
    cli: { command: 'vault describe', positional: ['id'] },
    resource: (input) => ({ type: 'Secret', id: input.id }),
    handler: async (ctx, permit, { id, ...said }) => describeSecret(ctx, permit, id, said),
  }),
  defineOperation({
    name: 'vault.code',
    action: 'secret.code',
    kind: 'write',
    method: 'POST',
    path: '/v1/vault/secrets/{id}/code',
    summary: 'Get the one-time code of now from a seed that is shown to nobody',
    secretOutput: true,
    input: z.object({ id: z.uuid(), reason: text(1000).optional(), ticket: text(200).optional() }),
    output: z.object({ code: z.string(), validUntil: instantOut }),
    cli: { command: 'vault code', positional: ['id'] },
    resource: (input) => ({ type: 'Secret', id: input.id }),
    beforeAnswer: () => refuseSealed(edges.keys),
    handler: (ctx, permit, input) => giveCode(edges.keys, ctx, permit, input, edges.ticketPattern),
  }),
];
