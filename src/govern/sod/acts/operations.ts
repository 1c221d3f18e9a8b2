import { z } from 'zod';
import { instantOut } from '#kit/http/index.ts';
import type { Decide } from '#spine/decide/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { showGuards } from './show-guards.ts';

/** Rules about what is done: what keeps Reeve to them, and what was refused. */
export const actOperations = (edges: { readonly decide: Decide }): readonly AnyOperation[] => [
  defineOperation({
    name: 'sod.showGuards',
    action: 'sod_violation.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/sod/rules/{rule}/guards',
    summary:
      'What keeps Reeve to a rule about acts, which acts were refused because of it, and which were done all the same',
    description:
      'Each guard with whether it is in force, its policy as it is, and how often it refused somebody within 90 days; the latest 50 refusals, and what was done against them all the same, past Reeve or while one was away. A rule on what is held has none: see its violations.',
    input: z.object({ rule: z.uuid() }),
    output: z.object({
      guards: z.array(
        z.object({
          kind: z.enum(['policy', 'check']),
          name: z.string(),
          says: z.string(),
          actions: z.array(z.string()),
          inForce: z.boolean(),
          text: z.string().nullable(),
          refused: z.int(),
          lastRefusedAt: instantOut.nullable(),
        }),
      ),
      refused: z.array(
        z.object({
          at: instantOut,
          who: z.string(),
          whoId: z.uuid(),
          action: z.string(),
          guard: z.string(),
          resourceType: z.string(),
          resourceId: z.string(),
          eventId: z.uuid(),
        }),
      ),
      done: z
        .array(
          z.object({
            at: instantOut,
            who: z.string(),
            whoId: z.uuid(),
            guard: z.string(),
            what: z.string(),
            resourceType: z.string(),
            resourceId: z.uuid(),
            eventId: z.uuid().nullable().describe('null: the log does not tell of it'),
          }),
        )
        .describe('what was done against them within 90 days; none of it can come about through Reeve'),
    }),
    cli: { command: 'sod guards', positional: ['rule'] },
    resource: ({ rule }) => ({ type: 'SodRule', id: rule }),
    handler: async (ctx, _permit, { rule }) => {
      const { guards, refused, done } = await showGuards(ctx.tx, edges.decide, rule);
      return { guards: guards.map((g) => ({ ...g, actions: [...g.actions] })), refused: [...refused], done: [...done] };
    },
  }),
];
