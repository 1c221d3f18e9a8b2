import { z } from 'zod';
import type { Keys } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import { notFound } from '#kit/errors/index.ts';
import { instantOut } from '#kit/http/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { commandDecided } from './events.ts';
import { openCommand, waitingCommand, waitingCommands } from './held-commands.ts';

/** Commands that wait for somebody's word, and saying it. */
export const commandOperations = (edges: { readonly keys: Keys }): readonly AnyOperation[] => [
  defineOperation({
    name: 'heldCommands.list',
    action: 'held_command.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/held-commands',
    summary: 'Commands of live sessions that wait for somebody to agree to them',
    input: z.object({}),
    output: z.object({
      items: z.array(
        z.object({
          id: z.uuid(),
          sessionId: z.uuid(),
          identityId: z.uuid(),
          identityName: z.string(),
          accountName: z.string(),
          systemName: z.string(),
          pattern: z.string(),
          command: z.string(),
          askedAt: instantOut,
          until: instantOut,
        }),
      ),
    }),
    cli: {
      command: 'sessions held',
      columns: ['id', 'identityName', 'accountName', 'systemName', 'command', 'until'],
    },
    handler: async (ctx) => {
      const key = edges.keys.sealing('session events');
      const waiting = await waitingCommands(ctx.tx);
      return {
        items: waiting.map(({ sealedCommand, ...one }) => ({
          ...one,
          command: openCommand(key, { id: one.id, sealedCommand }),
        })),
      };
    },
  }),
  defineOperation({
    name: 'heldCommands.decide',
    action: 'held_command.decide',
    kind: 'write',
    method: 'POST',
    path: '/v1/held-commands/{id}/decide',
    summary: 'Agree to a command that waits, or refuse it',
    description: 'Nobody decides about a command of their own session. One whose time is over is not run any more.',
    input: z.object({ id: z.uuid(), decision: z.enum(['allowed', 'refused']) }),
    output: z.object({ id: z.uuid(), decision: z.enum(['allowed', 'refused']) }),
    cli: { command: 'sessions decide', positional: ['id', 'decision'] },
    resource: (input) => ({ type: 'HeldCommand', id: input.id }),
    handler: async (ctx, permit, { id, decision }) => {
      const held = await waitingCommand(ctx.tx, id);
      if (held === undefined) throw notFound('held_command', id);
      await ctx.tx.run(sql`
        update held_command set decision = ${decision}, decided_at = ${ctx.now}, decided_by = ${ctx.principal.id}, sealed_command = null
        where id = ${id}`);
      await ctx.record(permit, {
        event: commandDecided,
        subject: held.identityId,
        data: { sessionId: held.sessionId, heldId: id, decision },
      });
      return { id, decision };
    },
  }),
];
