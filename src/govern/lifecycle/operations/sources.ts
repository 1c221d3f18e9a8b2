import { z } from 'zod';
import { invalid } from '#kit/errors/index.ts';
import { page, pageInput, pageOf, readCursor } from '#kit/http/index.ts';
import { defineOperation } from '#spine/operations/index.ts';
import type { FeedRun } from '../runs/model.ts';
import { takeFeed } from '../runs/take-feed.ts';
import { putSource } from '../sources/put-source.ts';
import { listSources } from '../sources/store.ts';
import { previewSource } from '../sources/preview-source.ts';
import {
  dropFileIn,
  limitsIn,
  mappingIn,
  previewOut,
  runOut,
  sourceListed,
  sourceName,
  sourceOut,
  termsIn,
} from './shapes.ts';

/** Largest delivery over HTTP: about 300,000 people. */
const LARGEST = 64 * 1024 * 1024;

const settings = {
  source: sourceName,
  timeZone: z.string().max(60).optional(),
  mapping: mappingIn.optional(),
  limits: limitsIn.optional(),
  terms: termsIn.optional(),
};
const encoding = z
  .enum(['text', 'base64'])
  .default('text')
  .describe('base64 keeps every byte of a file as it was, which text in JSON does not');

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
    output: pageOf(sourceListed),
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
    input: z.object({ ...settings, dropFile: dropFileIn.optional() }),
    output: sourceOut,
    cli: { command: 'sources put', positional: ['source'] },
    handler: (ctx, permit, { source, ...rest }) => putSource(ctx, permit, { name: source, ...rest }),
  }),
  defineOperation({
    name: 'sources.preview',
    action: 'source.preview',
    kind: 'read',
    method: 'POST',
    path: '/v1/sources/{source}/preview',
    summary: 'Try a draft of a source on a file, or on what it said last: what is read, and what would change',
    description:
      'Everything a delivery does up to its plan, and nothing of it is kept. A mapping is tried on a file; terms, limits and time zone also without one.',
    maxBody: LARGEST,
    input: z.object({
      ...settings,
      content: z.string().optional().describe('A CSV file, as it would be delivered'),
      encoding,
      show: z.enum(['first', 'bad', 'changed']).default('first').describe('Which rows to show'),
      rows: z.int().min(0).max(200).default(20).describe('How many rows to show'),
    }),
    output: previewOut,
    cli: {
      command: 'sources preview',
      positional: ['source'],
      file: { field: 'content', base64: { encoding: 'base64' } },
      fails: { field: 'state', values: { refused: 'conflict', held: 'pending' }, because: ['problems', 'heldBecause'] },
    },
    handler: (ctx, _permit, { source, content, encoding: how, show, rows, ...rest }) =>
      previewSource(ctx, {
        settings: { name: source, ...rest },
        content: content === undefined ? undefined : bytesOf(content, how),
        show,
        limit: rows,
      }),
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
      encoding,
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
