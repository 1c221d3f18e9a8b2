import { z } from 'zod';
import { instantOut, text } from '#kit/http/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { askBrowserSession } from './ask-browser-session.ts';

/** Opening an account from a browser. */
export const operations: readonly AnyOperation[] = [
  defineOperation({
    name: 'browserSessions.ask',
    action: 'browser_session.ask',
    kind: 'write',
    method: 'POST',
    path: '/v1/browser-sessions',
    summary: 'Have a key by which your browser opens an account, once, within a minute',
    description:
      'The console shows it as the first message on the WebSocket `/v1/browser-sessions/connect`, with the same sign-in. The session is then decided, recorded and ended by the gateway like one by ssh.',
    input: z.object({
      system: text(253).describe('id or name'),
      account: text(255),
    }),
    output: z.object({ id: z.uuid(), key: z.string(), endsAt: instantOut }),
    secretOutput: true,
    handler: (ctx, permit, input) => askBrowserSession(ctx, permit, input),
  }),
];
