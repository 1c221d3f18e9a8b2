import { z } from 'zod';
import { instantOut, text } from '#kit/http/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { openableAccounts } from '#guard/sessions/index.ts';
import { askBrowserSession } from './ask-browser-session.ts';
import { OPENED_KINDS, protocolOf } from './model.ts';

/** Opening an account from a browser. */
export const operations: readonly AnyOperation[] = [
  defineOperation({
    name: 'browserSessions.openable',
    action: 'browser_session.list_openable',
    kind: 'read',
    method: 'GET',
    path: '/v1/me/openable-accounts',
    summary: 'List the accounts of hosts and databases I may open now, as far as my access goes',
    input: z.object({}),
    output: z.object({
      items: z.array(
        z.object({
          account: z.string(),
          system: z.string(),
          own: z.boolean(),
          protocol: z.enum(['ssh', 'postgres', 'mysql']).describe('of the gateway that opens it'),
        }),
      ),
    }),
    cli: { command: 'openable', columns: ['account', 'system', 'own', 'protocol'] },
    handler: async (ctx) => ({
      items: (await openableAccounts(ctx.tx, ctx.principal.id, OPENED_KINDS)).map(({ kind, ...one }) => ({
        ...one,
        protocol: protocolOf(kind),
      })),
    }),
  }),
  defineOperation({
    name: 'browserSessions.ask',
    action: 'browser_session.ask',
    kind: 'write',
    method: 'POST',
    path: '/v1/browser-sessions',
    summary: 'Have a key by which your browser opens an account, once, within a minute',
    description:
      'The console shows it as the first message on the WebSocket `/v1/browser-sessions/connect`, with the same sign-in. The session, a terminal on a host or an SQL prompt on a database, is then decided, recorded and ended by the gateway like one by ssh or psql.',
    input: z.object({
      system: text(253).describe('id or name'),
      account: text(255),
    }),
    output: z.object({ id: z.uuid(), key: z.string(), endsAt: instantOut }),
    secretOutput: true,
    handler: (ctx, permit, input) => askBrowserSession(ctx, permit, input),
  }),
];
