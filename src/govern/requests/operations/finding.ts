import { z } from 'zod';
import { text } from '#kit/http/index.ts';
import { notFound } from '#kit/errors/index.ts';
import type { Decide } from '#spine/decide/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { findOffers } from '../finding/find-offers.ts';
import { REASONS } from '../finding/model.ts';
import { forWhom, identityMeant, ownerContext } from './shapes.ts';

/** Finding what can be asked for. */
export const findingOperations = (edges: { readonly decide: Decide }): readonly AnyOperation[] => [
  defineOperation({
    name: 'requests.find',
    action: 'request.preview',
    kind: 'read',
    method: 'GET',
    path: '/v1/request-offers',
    summary: 'Find what can be asked for: by words, by what a colleague has, by what peers have',
    description:
      'Words are found in names, other names, descriptions, tags and systems, as they were probably meant where nothing is found (correctedTo). With `like`: what that colleague has and whom it is for lacks. With neither: what peers have (never of fewer than five) and roles that are nearly had. Each with its reason; what the asker may not read is not in it.',
    input: z.object({
      text: text(200).optional(),
      /** A colleague: an id, a username or a mail address. */
      like: text(200).optional(),
      /** Whom it is for. Absent: oneself. */
      forIdentity: text(200).optional(),
      limit: z.int().min(1).max(200).default(50),
    }),
    output: z.object({
      items: z.array(
        z.object({
          kind: z.enum(['entitlement', 'role']),
          id: z.uuid(),
          name: z.string(),
          systemName: z.string().nullable(),
          description: z.string().nullable(),
          risk: z.enum(['low', 'medium', 'high', 'critical']),
          privileged: z.boolean(),
          maxSeconds: z.int().nullable(),
          parameters: z
            .array(
              z.object({ name: z.string(), allowedValues: z.array(z.string()).nullable().describe('null: any text') }),
            )
            .describe('of a role with parameters: what a value is to be said for'),
          had: z.enum(['held', 'asked']).nullable(),
          reasons: z.array(z.object({ kind: z.enum(REASONS), text: z.string() })),
        }),
      ),
      correctedTo: z.string().nullable(),
    }),
    cli: {
      command: 'request find',
      positional: ['text'],
      columns: ['kind', 'systemName', 'name', 'risk', 'had', 'reasons', 'id'],
    },
    resource: forWhom,
    context: ownerContext,
    handler: async (ctx, _permit, input) => {
      const meant = async (who: string): Promise<string> => {
        const id = await identityMeant(ctx.tx, who);
        if (id === undefined) throw notFound('identity', who);
        return id;
      };
      const { offers, correctedTo } = await findOffers(ctx, edges.decide, {
        beneficiaryId: input.forIdentity === undefined ? ctx.principal.id : await meant(input.forIdentity),
        text: input.text,
        like: input.like === undefined ? undefined : { id: await meant(input.like), named: input.like },
        limit: input.limit,
      });
      return { items: offers, correctedTo };
    },
  }),
];
