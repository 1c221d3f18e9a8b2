import { z } from 'zod';
import type { Keys } from '#kit/crypto/index.ts';
import { instantIn, instantOut, pageInput, pageOf, text } from '#kit/http/index.ts';
import { PLATFORM, type Decide } from '#spine/decide/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { recordingsSearched } from './events.ts';
import { findInSessions } from './find-in-sessions.ts';

const found = z.object({
  sessionId: z.uuid(),
  n: z.int(),
  atMs: z.int().describe('since the session began: where to jump to'),
  at: instantOut,
  type: z.string().describe('command, exec, statement, file, subsystem, forward or refused'),
  class: z.string(),
  text: z.string(),
  protocol: z.string(),
  identityId: z.uuid(),
  identityName: z.string(),
  accountName: z.string(),
  systemName: z.string(),
  purged: z.boolean().describe('its recording is there no more'),
});

/** Finding what was run, across all sessions one may watch. */
export const searchOperation = (edges: { readonly keys: Keys; readonly decide: Decide }): AnyOperation =>
  defineOperation({
    name: 'sessions.search',
    action: 'session.search',
    kind: 'read',
    // what is looked for is kept out of addresses, which servers on the way write into their logs
    method: 'POST',
    path: '/v1/session-search',
    summary: 'Find commands, statements and files in all sessions I may watch; looking is recorded itself',
    description:
      'All words have to be there, each as it is written or as part of one; what is hidden in recordings is not found. Of one person where `identityId` is said: whoever manages them may.',
    recordsRead: true,
    input: z.object({
      ...pageInput,
      words: text(200),
      identityId: z.uuid().optional(),
      systemId: z.uuid().optional(),
      type: z.enum(['command', 'exec', 'statement', 'file', 'subsystem', 'forward', 'refused']).optional(),
      from: instantIn.optional().describe('sessions that began then or later'),
      to: instantIn.optional().describe('sessions that began before'),
    }),
    output: pageOf(found),
    cli: {
      command: 'sessions search',
      positional: ['words'],
      columns: ['at', 'identityName', 'accountName', 'systemName', 'type', 'text', 'sessionId', 'atMs'],
    },
    resource: ({ identityId }) => (identityId === undefined ? PLATFORM : { type: 'Identity', id: identityId }),
    handler: async (ctx, permit, input) => {
      const { items, nextCursor } = await findInSessions(edges, ctx.tx, ctx.principal, input);
      await ctx.record(permit, {
        event: recordingsSearched,
        subject: input.identityId ?? ctx.principal.id,
        data: {
          words: input.words,
          ...(input.systemId === undefined ? {} : { systemId: input.systemId }),
          sessionIds: [...new Set(items.map(({ sessionId }) => sessionId))],
        },
      });
      return { items, nextCursor };
    },
  });
