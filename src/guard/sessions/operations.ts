import { z } from 'zod';
import { open, type Keys } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import { conflict, notFound } from '#kit/errors/index.ts';
import { instantOut, pageInput, pageOf, text } from '#kit/http/index.ts';
import type { Decide } from '#spine/decide/index.ts';
import { defineOperation, type AnyOperation, type Ctx } from '#spine/operations/index.ts';
import { eventContext } from './event-context.ts';
import type { Recordings } from './edges.ts';
import { askToEnd } from './end-sessions.ts';
import { recordingOpened } from './events.ts';
import { fileOperations } from './files-operations.ts';
import { keepingOperations } from './keeping/operations.ts';
import { commandOperations } from './commands/operations.ts';
import { liveOperations } from './live/operations.ts';
import { refusePurged } from './refuse-purged.ts';
import { searchOperation } from './search/operation.ts';
import { statementsOperation } from './statements-operation.ts';
import { getSession, listSessions, type NamedSession } from './store.ts';
import { verifyRecording } from './verify-recording.ts';

const sessionOut = z.object({
  id: z.uuid(),
  identityId: z.uuid(),
  identityName: z.string(),
  accountId: z.uuid(),
  accountName: z.string(),
  systemId: z.uuid(),
  systemName: z.string(),
  grantIds: z.array(z.uuid()),
  protocol: z.string(),
  state: z.enum(['live', 'ended']),
  startedAt: instantOut,
  endsAt: instantOut.nullable(),
  endedAt: instantOut.nullable(),
  endedBecause: z.string().nullable(),
  bytesIn: z.int(),
  bytesOut: z.int(),
  recorded: z.boolean(),
  recordingHead: z.string().nullable(),
  /** When its recording was taken away, and as which class said; null: it is there. */
  recordingPurgedAt: instantOut.nullable(),
  recordingPurgedClass: z.string().nullable(),
  /** Its gateway can pause it and tell its person something. */
  holds: z.boolean(),
  /** It runs only while somebody observes it, and waits so many seconds for one; null: needs nobody. */
  observerSeconds: z.int().nullable(),
  /** It ends once it was not used for so many seconds; null: it may stay unused. */
  idleSeconds: z.int().nullable(),
  /** What lets nothing flow now: somebody in charge, that nobody observes it, or that its recording is not taken. */
  held: z.enum(['paused', 'observer', 'recording']).nullable(),
  /** What is wrong with the store of its recording now. */
  recordingBehind: z.enum(['unwritable', 'full', 'slow']).nullable(),
  pausedBecause: z.string().nullable(),
  /** How many watch it now. */
  watchers: z.int(),
});

async function required(ctx: Ctx, id: string): Promise<NamedSession> {
  const session = await getSession(ctx.tx, id);
  if (session === undefined) throw notFound('session', id);
  return session;
}

const byId = z.object({ id: z.uuid() });
const resource = (input: { readonly id: string }) => ({ type: 'Session', id: input.id });

/** Sessions: who is in, who was, what was shown, and ending one. */
export const operations = (edges: {
  readonly keys: Keys;
  readonly recordings: Recordings;
  readonly decide: Decide;
}): readonly AnyOperation[] => [
  defineOperation({
    name: 'sessions.list',
    action: 'session.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/sessions',
    summary: 'List sessions, newest first',
    input: z.object({
      ...pageInput,
      state: z.enum(['live', 'ended']).optional(),
      identityId: z.uuid().optional(),
      systemId: z.uuid().optional(),
    }),
    output: pageOf(sessionOut),
    cli: {
      command: 'sessions ls',
      columns: ['id', 'state', 'protocol', 'identityName', 'accountName', 'systemName', 'startedAt', 'endedBecause'],
    },
    handler: (ctx, _permit, input) => listSessions(ctx.tx, input),
  }),
  defineOperation({
    name: 'sessions.mine',
    action: 'session.list_own',
    kind: 'read',
    method: 'GET',
    path: '/v1/me/sessions',
    summary: 'List my sessions, newest first',
    input: z.object({ ...pageInput, state: z.enum(['live', 'ended']).optional() }),
    output: pageOf(sessionOut),
    cli: { command: 'sessions mine', columns: ['id', 'state', 'accountName', 'systemName', 'startedAt', 'endsAt'] },
    handler: (ctx, _permit, input) => listSessions(ctx.tx, { ...input, identityId: ctx.principal.id }),
  }),
  defineOperation({
    name: 'sessions.show',
    action: 'session.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/sessions/{id}',
    summary: 'Show a session with its commands',
    input: byId,
    output: sessionOut.extend({
      events: z.array(z.object({ atMs: z.int(), type: z.string(), class: z.string(), detail: z.string() })),
    }),
    cli: { command: 'sessions show', positional: ['id'] },
    resource,
    handler: async (ctx, _permit, input) => {
      const session = await required(ctx, input.id);
      const rows = await ctx.tx.many<{ n: number; atMs: number; type: string; class: string; sealedDetail: Buffer }>(
        sql`select n, at_ms, type, class, sealed_detail from session_event where session_id = ${input.id} and type <> 'statement' order by n limit 1000`,
      );
      const key = edges.keys.sealing('session events');
      const events = rows.map((r) => ({
        atMs: r.atMs,
        type: r.type,
        class: r.class,
        detail: open(key, r.sealedDetail, eventContext(input.id, r.n)).toString('utf8'),
      }));
      return { ...session, events };
    },
  }),
  defineOperation({
    name: 'sessions.end',
    action: 'session.end',
    kind: 'write',
    method: 'POST',
    path: '/v1/sessions/{id}/end',
    summary: 'End a live session now',
    input: byId.extend({ because: text(500) }),
    output: z.object({ id: z.uuid() }),
    cli: { command: 'sessions end', positional: ['id'] },
    resource,
    handler: async (ctx, permit, input) => {
      const session = await required(ctx, input.id);
      if (session.state === 'ended') throw conflict('session.ended', 'this session has ended already');
      await askToEnd(ctx, permit, session, { because: input.because, said: 'ended by who is in charge' });
      return { id: session.id };
    },
  }),
  defineOperation({
    name: 'sessions.recording',
    action: 'session.replay',
    kind: 'read',
    method: 'GET',
    path: '/v1/sessions/{id}/recording',
    summary: 'The recording of a session, as asciicast v3; watching one is recorded itself',
    recordsRead: true,
    media: 'application/x-asciicast',
    input: byId,
    output: z.string(),
    cli: { command: 'sessions export', positional: ['id'] },
    resource,
    handler: async (ctx, permit, input) => {
      const session = await required(ctx, input.id);
      refusePurged(session);
      await ctx.record(permit, {
        event: recordingOpened,
        subject: session.identityId,
        data: { sessionId: session.id },
      });
      return await edges.recordings.asciicast(session.id);
    },
  }),
  defineOperation({
    name: 'sessions.text',
    action: 'session.replay',
    kind: 'read',
    method: 'GET',
    path: '/v1/sessions/{id}/text',
    summary: 'The recording of a session as text, each line with its time; reading one is recorded itself',
    recordsRead: true,
    media: 'text/plain',
    input: byId,
    output: z.string(),
    cli: { command: 'sessions text', positional: ['id'] },
    resource,
    handler: async (ctx, permit, input) => {
      const session = await required(ctx, input.id);
      refusePurged(session);
      await ctx.record(permit, {
        event: recordingOpened,
        subject: session.identityId,
        data: { sessionId: session.id },
      });
      return await edges.recordings.text(session.id);
    },
  }),
  statementsOperation(edges),
  ...fileOperations(edges),
  defineOperation({
    name: 'sessions.verify',
    action: 'session.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/sessions/{id}/verify',
    summary: 'Check that a recording is whole and unaltered',
    description:
      'Every chunk is held against its chain, and the last against the digest in the audit log; names the first that is wrong.',
    input: byId,
    output: z.object({
      ok: z.boolean(),
      chunks: z.int(),
      cut: z.boolean().describe('its gateway died; it is whole up to there'),
      problem: z.string().nullable(),
    }),
    cli: {
      command: 'sessions verify',
      positional: ['id'],
      fails: { field: 'ok', values: { false: 'integrity' }, because: ['problem'] },
    },
    resource,
    handler: async (ctx, _permit, input) => verifyRecording(edges, ctx.tx, await required(ctx, input.id)),
  }),
  searchOperation(edges),
  ...keepingOperations(),
  ...liveOperations(edges),
  ...commandOperations(edges),
];
