import { z } from 'zod';
import { invalid } from '#kit/errors/index.ts';
import { page, pageInput, pageOf, readCursor } from '#kit/http/index.ts';
import { defineOperation } from '#spine/operations/index.ts';
import type { FeedRun } from '../runs/model.ts';
import { takeFeed } from '../runs/take-feed.ts';
import { putSource } from '../sources/put-source.ts';
import { listSources } from '../sources/store.ts';
import { limitsIn, mappingIn, runOut, sourceName, sourceOut } from './shapes.ts';

/** Largest delivery over HTTP: about 300,000 people. */
const LARGEST = 64 * 1024 * 1024;

const shown = ({ endsWithNewline: _, ...run }: FeedRun): Omit<FeedRun, 'endsWithNewline'> => run;
export const shownRun = shown;

export const sourceOperations = [
  defineOperation({
    name: 'sources.list',
    action: 'source.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/sources',
    summary: 'List where people come from',
    input: z.object({ ...pageInput }),
    output: pageOf(sourceOut),
    cli: { command: 'sources ls', columns: ['name', 'kind', 'timeZone', 'id'] },
    handler: async (ctx, _permit, input) => {
      const after = readCursor(input.cursor, ['name'])?.[0] ?? null;
      const rows = await listSources(ctx.tx, { after, limit: input.limit });
      return page(rows, input.limit, (r) => [r.name]);
    },
  }),
  defineOperation({
    name: 'sources.put',
    action: 'source.put',
    kind: 'write',
    method: 'PUT',
    path: '/v1/sources/{source}',
    summary: 'Make a source of people, or change how it is read',
    description: 'What is left out keeps its default, or what it was. See docs/how-to/feed-people.md.',
    input: z.object({
      source: sourceName,
      timeZone: z.string().max(60).optional(),
      mapping: mappingIn.optional(),
      limits: limitsIn.optional(),
    }),
    output: sourceOut,
    cli: { command: 'sources put', positional: ['source'] },
    handler: (ctx, permit, { source, ...settings }) => putSource(ctx, permit, { name: source, ...settings }),
  }),
  defineOperation({
    name: 'sources.feed',
    action: 'source.feed',
    kind: 'write',
    method: 'POST',
    path: '/v1/sources/{source}/feeds',
    summary: 'Deliver a feed: read it, decide whether to trust it, plan it and, when within the limits, apply it',
    description:
      'The answer is the run. `refused`: nothing was changed, and `problems` say why. `held`: over a limit, waits to be accepted. `applying`: follow it at `/v1/runs/{id}`.',
    maxBody: LARGEST,
    input: z.object({
      source: z.string().min(1).max(200),
      content: z.string().describe('The CSV file'),
      encoding: z
        .enum(['text', 'base64'])
        .default('text')
        .describe('base64 keeps every byte of a file as it was, which text in JSON does not'),
    }),
    output: runOut,
    cli: {
      command: 'sources import',
      positional: ['source'],
      file: { field: 'content', base64: { encoding: 'base64' } },
      columns: ['id', 'state', 'verdict', 'rows'],
      fails: { field: 'state', values: { refused: 'conflict', held: 'pending' }, because: ['problems', 'heldBecause'] },
    },
    handler: async (ctx, permit, input) =>
      shown(await takeFeed(ctx, permit, { source: input.source, delivery: bytesOf(input.content, input.encoding) })),
  }),
];

function bytesOf(content: string, encoding: 'text' | 'base64'): Uint8Array {
  if (encoding === 'text') return Buffer.from(content);
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(content)) throw invalid('/content', 'is not base64', 'or send text');
  return Buffer.from(content, 'base64');
}
