import { z } from 'zod';
import { notFound } from '#kit/errors/index.ts';
import { defineOperation, type AnyOperation, type Ctx } from '#spine/operations/index.ts';
import type { Recordings } from './edges.ts';
import { fileFetched, recordingOpened } from './events.ts';
import { refusePurged } from './refuse-purged.ts';
import { getSession, type NamedSession } from './store.ts';

const fileOut = z.object({
  n: z.int(),
  atMs: z.int().describe('since the session began'),
  act: z.enum(['read', 'write']).describe('read: from the target to the person'),
  path: z.string().describe('as the target names it'),
  bytes: z.int().nullable().describe('that flowed; null: it was never closed'),
  kept: z.int(),
  sha256: z.string().nullable().describe('of all that flowed, in the order in which it did'),
  whole: z.boolean().describe('all that flowed is kept'),
  runs: z
    .array(z.object({ at: z.string(), bytes: z.int() }))
    .describe('where the kept bytes belong, in the order in which they flowed; the first thousand'),
});
const resource = (input: { readonly id: string }) => ({ type: 'Session', id: input.id });

async function withRecording(ctx: Ctx, id: string): Promise<NamedSession> {
  const session = await getSession(ctx.tx, id);
  if (session === undefined) throw notFound('session', id);
  refusePurged(session);
  return session;
}

/** The files kept with a recording; looking and fetching are recorded, as watching a recording is. */
export const fileOperations = (edges: { readonly recordings: Recordings }): readonly AnyOperation[] => [
  defineOperation({
    name: 'sessions.files',
    action: 'session.replay',
    kind: 'read',
    method: 'GET',
    path: '/v1/sessions/{id}/files',
    summary: 'The files that were kept with the recording of a session; looking is recorded itself',
    recordsRead: true,
    input: z.object({
      id: z.uuid(),
      from: z.int().min(0).default(0).describe('number of the first'),
      limit: z.int().min(1).max(500).default(100),
    }),
    output: z.object({
      items: z.array(fileOut),
      next: z.int().nullable().describe('where the next page begins'),
      problem: z.string().nullable().describe('what is wrong with the recording after these'),
    }),
    cli: {
      command: 'sessions files',
      positional: ['id'],
      columns: ['n', 'atMs', 'act', 'path', 'bytes', 'kept', 'whole', 'sha256'],
    },
    resource,
    handler: async (ctx, permit, { id, from, limit }) => {
      const session = await withRecording(ctx, id);
      await ctx.record(permit, { event: recordingOpened, subject: session.identityId, data: { sessionId: id } });
      const { items, more, problem } = await edges.recordings.files(id, { from, limit });
      return {
        items: items.map((file) => ({ ...file, runs: file.runs.map((run) => ({ ...run })) })),
        next: more ? from + limit : null,
        problem,
      };
    },
  }),
  defineOperation({
    name: 'sessions.file',
    action: 'session.replay',
    kind: 'read',
    method: 'GET',
    path: '/v1/sessions/{id}/file',
    summary: 'Fetch a file that was kept with a recording; fetching is recorded itself',
    description:
      'Its bytes at their places, or as they flowed. What was kept whole is held against its digest first. It is what somebody moved: treat it as such.',
    recordsRead: true,
    media: 'application/octet-stream',
    input: z.object({
      id: z.uuid(),
      n: z.int().min(0).describe('its number in the list'),
      as: z.enum(['file', 'flow']).default('file'),
    }),
    output: z.base64(),
    cli: { command: 'sessions file', positional: ['id', 'n'] },
    resource,
    handler: async (ctx, permit, { id, n, as }) => {
      const session = await withRecording(ctx, id);
      const { file, content } = await edges.recordings.file(id, n, as);
      await ctx.record(permit, {
        event: fileFetched,
        subject: session.identityId,
        data: { sessionId: id, n, path: file.path },
      });
      return content.toString('base64');
    },
  }),
];
