import { z } from 'zod';
import { text } from '#kit/http/index.ts';
import { describeEntitlement } from '#spine/graph/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';

/** Saying what access is for and who answers for it. */
export const operations: readonly AnyOperation[] = [
  defineOperation({
    name: 'entitlements.describe',
    action: 'entitlement.describe',
    kind: 'write',
    method: 'POST',
    path: '/v1/entitlements/{id}/describe',
    summary: 'Say what an entitlement is for, who answers for it, how risky it is and whether it may be asked for',
    description: 'What is left out stays. Only an entitlement with an owner and a description can be requestable.',
    input: z.object({
      id: z.uuid(),
      description: text(2000).nullable().optional(),
      ownerId: z.uuid().nullable().optional(),
      risk: z.enum(['low', 'medium', 'high', 'critical']).optional(),
      requestable: z.boolean().optional(),
      maxSeconds: z
        .int()
        .min(60)
        .max(366 * 86_400)
        .nullable()
        .optional(),
      markedPrivileged: z.boolean().optional(),
    }),
    output: z.object({ id: z.uuid(), requestable: z.boolean(), privileged: z.boolean() }),
    cli: { command: 'entitlements describe', positional: ['id'] },
    resource: (input) => ({ type: 'Entitlement', id: input.id }),
    handler: async (ctx, permit, { id, ...description }) =>
      describeEntitlement(ctx, permit, { entitlementId: id, ...description }),
  }),
];
