import { z } from 'zod';
import { notFound } from '#kit/errors/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import type { Recordings } from './edges.ts';
import { recordingOpened } from './events.ts';
import { refusePurged } from './refuse-purged.ts';
import { getSession } from './store.ts';

const value = z.union([
  z.string(),
  z.null(),
  z.object({ hex: z.string() }),
  z.object({ bytes: z.int(), sha256: z.string(), begins: z.string() }),
  z.object({ hidden: z.literal(true) }),
]);
const statementOut = z.object({
  n: z.int(),
  atMs: z.int().describe('since the session began'),
  text: z.string(),
  values: z.array(value),
  via: z.string(),
  refused: z.string().nullable(),
  tag: z.string().nullable(),
  rows: z.int().nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  micros: z.int().nullable(),
  bytes: z
    .object({ in: z.int(), out: z.int() })
    .nullable()
    .describe('of a request and its answer, without their headers'),
  answered: z.boolean(),
});

/** What was asked of a database in a session; looking is recorded, as watching a recording is. */
export const statementsOperation = (edges: { readonly recordings: Recordings }): AnyOperation =>
  defineOperation({
    name: 'sessions.statements',
    action: 'session.replay',
    kind: 'read',
    method: 'GET',
    path: '/v1/sessions/{id}/statements',
    summary:
      'The statements of a database session or the requests of a web session, with what came of each; looking is recorded itself',
    recordsRead: true,
    input: z.object({
      id: z.uuid(),
      from: z.int().min(0).default(0).describe('number of the first'),
      limit: z.int().min(1).max(1000).default(200),
    }),
    output: z.object({
      items: z.array(statementOut),
      next: z.int().nullable().describe('where the next page begins'),
      problem: z.string().nullable().describe('what is wrong with the recording after these'),
    }),
    cli: {
      command: 'sessions statements',
      positional: ['id'],
      columns: ['n', 'atMs', 'text', 'tag', 'rows', 'micros', 'refused'],
    },
    resource: (input) => ({ type: 'Session', id: input.id }),
    handler: async (ctx, permit, input) => {
      const session = await getSession(ctx.tx, input.id);
      if (session === undefined) throw notFound('session', input.id);
      refusePurged(session);
      await ctx.record(permit, {
        event: recordingOpened,
        subject: session.identityId,
        data: { sessionId: session.id },
      });
      const { items, more, problem } = await edges.recordings.statements(session.id, input);
      return {
        items: items.map(({ n, atMs, text, values, via, refused, micros, ended }) => ({
          n,
          atMs,
          text,
          values: [...(values ?? [])],
          via,
          refused: refused ?? null,
          tag: ended?.tag ?? null,
          rows: ended?.rows ?? null,
          error: ended?.error ?? null,
          micros: micros ?? null,
          bytes: ended?.bytes ?? null,
          answered: ended !== undefined && ended.unanswered !== true,
        })),
        next: more ? input.from + items.length : null,
        problem,
      };
    },
  });
