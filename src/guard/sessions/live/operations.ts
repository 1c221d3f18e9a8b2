import { z } from 'zod';
import { notFound } from '#kit/errors/index.ts';
import { text } from '#kit/http/index.ts';
import { defineOperation, type AnyOperation, type Ctx } from '#spine/operations/index.ts';
import type { Recordings } from '../edges.ts';
import { getSession, type NamedSession } from '../store.ts';
import { messageSession, pauseSession, resumeSession } from './direct-session.ts';
import { beginWatch, leaveWatch, seeWatch } from './watch-session.ts';

const byId = z.object({ id: z.uuid() });
const resource = (input: { readonly id: string }) => ({ type: 'Session', id: input.id });
const watch = (input: { readonly id: string }) => ({ type: 'SessionWatch', id: input.id });
const done = z.object({ id: z.uuid() });

async function required(ctx: Ctx, id: string): Promise<NamedSession> {
  const session = await getSession(ctx.tx, id);
  if (session === undefined) throw notFound('session', id);
  return session;
}

/** Longer, and whoever observes would be taken for gone between two fetches. */
const LONGEST_WAIT_MS = 2_500;

/** Sessions as they run: watching, observing, telling, pausing. */
export const liveOperations = (edges: { readonly recordings: Recordings }): readonly AnyOperation[] => [
  defineOperation({
    name: 'sessions.watch',
    action: 'session.watch',
    kind: 'write',
    method: 'POST',
    path: '/v1/sessions/{id}/watch',
    summary: 'Begin to watch a session as it runs; that is recorded itself',
    input: byId,
    output: z.object({ watchId: z.uuid() }),
    resource,
    handler: async (ctx, permit, input) => beginWatch(ctx, permit, await required(ctx, input.id), false),
  }),
  defineOperation({
    name: 'sessions.observe',
    action: 'session.observe',
    kind: 'write',
    method: 'POST',
    path: '/v1/sessions/{id}/observe',
    summary: 'Begin to observe a session that needs somebody who does',
    description:
      'Like watching, and it runs while you fetch what it shows. When you leave or fetch nothing for eight seconds it is paused. Nobody observes their own session.',
    input: byId,
    output: z.object({ watchId: z.uuid() }),
    resource,
    handler: async (ctx, permit, input) => beginWatch(ctx, permit, await required(ctx, input.id), true),
  }),
  defineOperation({
    name: 'sessions.follow',
    action: 'session_watch.follow',
    kind: 'read',
    method: 'GET',
    path: '/v1/session-watches/{id}',
    summary: 'What a session that is watched shows, from a place on',
    description:
      'Fetch again with `after` set to `next`. Answers at once where there is something, else after `waitMs` at most. Without `after` it begins at the start; `tail` begins a little before now.',
    input: z.object({
      id: z.uuid(),
      after: z.int().min(0).optional(),
      tail: z.boolean().default(false),
      waitMs: z.int().min(0).max(LONGEST_WAIT_MS).default(2_000),
    }),
    output: z.object({
      state: z.enum(['live', 'ended']),
      held: z.enum(['paused', 'observer', 'recording']).nullable(),
      endedBecause: z.string().nullable(),
      events: z.array(z.object({ t: z.int(), code: z.enum(['o', 'm', 'r']), data: z.string() })),
      next: z.int(),
      size: z.object({ cols: z.int(), rows: z.int() }).nullable(),
      finished: z.boolean(),
    }),
    resource: watch,
    reach: async (input, db, principal) => {
      const now = await db.tx(async (tx) => tx.now, { readOnly: true });
      const { id: watchId, sessionId } = await seeWatch(db, input.id, principal.id, now);
      const after = input.after ?? (input.tail ? ('tail' as const) : 0);
      return {
        sessionId,
        shown: await edges.recordings.follow({ watchId, sessionId, after, waitMs: input.waitMs }),
      };
    },
    handler: async (ctx, _permit, _input, { sessionId, shown }) => {
      const { state, held, endedBecause } = await required(ctx, sessionId);
      return { state, held, endedBecause, ...shown };
    },
  }),
  defineOperation({
    name: 'sessions.leave',
    action: 'session_watch.leave',
    kind: 'write',
    method: 'POST',
    path: '/v1/session-watches/{id}/leave',
    summary: 'Watch a session no longer',
    input: byId,
    output: done,
    resource: watch,
    handler: async (ctx, permit, input) => {
      await leaveWatch(ctx, permit, input.id);
      return { id: input.id };
    },
  }),
  defineOperation({
    name: 'sessions.message',
    action: 'session.message',
    kind: 'write',
    method: 'POST',
    path: '/v1/sessions/{id}/message',
    summary: 'Tell whoever is in a session something, in their terminal',
    input: byId.extend({ words: text(500) }),
    output: done,
    cli: { command: 'sessions message', positional: ['id'] },
    resource,
    handler: async (ctx, permit, input) => {
      await messageSession(ctx, permit, await required(ctx, input.id), input.words);
      return { id: input.id };
    },
  }),
  defineOperation({
    name: 'sessions.pause',
    action: 'session.pause',
    kind: 'write',
    method: 'POST',
    path: '/v1/sessions/{id}/pause',
    summary: 'Pause a live session: nothing flows, and its person is told',
    description: 'What runs on the target goes on running; nothing reaches it and nothing of it is shown.',
    input: byId.extend({ because: text(500) }),
    output: done,
    cli: { command: 'sessions pause', positional: ['id'] },
    resource,
    handler: async (ctx, permit, input) => {
      await pauseSession(ctx, permit, await required(ctx, input.id), input.because);
      return { id: input.id };
    },
  }),
  defineOperation({
    name: 'sessions.resume',
    action: 'session.resume',
    kind: 'write',
    method: 'POST',
    path: '/v1/sessions/{id}/resume',
    summary: 'Let a paused session go on',
    input: byId.extend({ because: text(500) }),
    output: done,
    cli: { command: 'sessions resume', positional: ['id'] },
    resource,
    handler: async (ctx, permit, input) => {
      await resumeSession(ctx, permit, await required(ctx, input.id), input.because);
      return { id: input.id };
    },
  }),
];
