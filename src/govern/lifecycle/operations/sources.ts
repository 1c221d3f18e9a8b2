import { z } from 'zod';
import type { Targets } from '#connectors/port.ts';
import { conflict, invalid } from '#kit/errors/index.ts';
import { page, pageInput, pageOf, readCursor } from '#kit/http/index.ts';
import { defineOperation } from '#spine/operations/index.ts';
import { sourcePlaceLooked } from '../events.ts';
import { askReading } from '../readings/ask-reading.ts';
import { lookAtPlace } from '../readings/look-at-place.ts';
import { readDraft } from '../readings/read-draft.ts';
import type { FeedRun } from '../runs/model.ts';
import { takeFeed } from '../runs/take-feed.ts';
import { putSource } from '../sources/put-source.ts';
import { draftPlace } from '../sources/draft-place.ts';
import { listSources, requireSource } from '../sources/store.ts';
import { previewSource } from '../sources/preview-source.ts';
import {
  dropFileIn,
  limitsIn,
  lookIn,
  lookOut,
  mappingIn,
  previewOut,
  readFromIn,
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

/** Longest time for the reading of a preview. */
const PREVIEW_MS = 45_000;

export const sourceOperations = (targets: Targets) => [
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
    input: z.object({ ...settings, dropFile: dropFileIn.optional(), readFrom: readFromIn.optional() }),
    output: sourceOut,
    cli: { command: 'sources put', positional: ['source'] },
    handler: (ctx, permit, { source, ...rest }) => putSource(ctx, permit, { name: source, ...rest }, targets),
  }),
  defineOperation({
    name: 'sources.preview',
    action: 'source.preview',
    kind: 'read',
    method: 'POST',
    path: '/v1/sources/{source}/preview',
    summary: 'Try a draft of a source on a file, or on what it said last: what is read, and what would change',
    description:
      'Everything a delivery does up to its plan, and nothing of it is kept. A mapping is tried on a file, or on what is read just now where the draft says where; terms, limits and time zone also without one.',
    maxBody: LARGEST,
    input: z.object({
      ...settings,
      readFrom: readFromIn.optional(),
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
    reach: ({ source, content, encoding: _, show: _show, rows: _rows, ...rest }, db) =>
      content === undefined
        ? readDraft(targets, db, { settings: { name: source, ...rest }, wholeMs: PREVIEW_MS })
        : Promise.resolve(undefined),
    handler: async (ctx, _permit, { source, content, encoding: how, show, rows, ...rest }, read) => {
      try {
        return await previewSource(ctx, {
          settings: { name: source, ...rest },
          content: content === undefined ? undefined : bytesOf(content, how),
          read,
          targets,
          show,
          limit: rows,
        });
      } finally {
        await read?.close();
      }
    },
  }),
  defineOperation({
    name: 'sources.look',
    action: 'source.look',
    kind: 'read',
    method: 'POST',
    path: '/v1/sources/look',
    summary: 'Look at a place on a connected system: its columns and first rows, before a source is made of it',
    description: 'Columns whose name tells of a secret are named and not read. See docs/how-to/read-people.md.',
    input: z.object(lookIn),
    output: lookOut,
    recordsRead: true,
    cli: { command: 'sources look', positional: ['system'] },
    reach: async ({ system, place, rows }, db) => {
      const { readFrom, usual = null } = await db.tx((tx) =>
        draftPlace(tx, { system, place, everyMinutes: 0 }, targets),
      );
      return { systemId: readFrom.systemId, usual, ...(await lookAtPlace(targets, { ...readFrom, rows })) };
    },
    handler: async (ctx, permit, _input, { systemId, ...look }) => {
      const data = { systemId, columns: look.columns.length, rows: look.rows.length };
      await ctx.record(permit, { event: sourcePlaceLooked, data });
      return look;
    },
  }),
  defineOperation({
    name: 'sources.collect',
    action: 'source.collect',
    kind: 'write',
    method: 'POST',
    path: '/v1/sources/{source}/collect',
    summary: 'Read a source now from the system it is read from, and deliver what it says',
    description: 'It is read in the background; what it came to is the newest of its runs.',
    input: z.object({ source: z.string().min(1).max(200) }),
    output: sourceOut,
    cli: { command: 'sources collect', positional: ['source'], columns: ['name', 'id'] },
    handler: (ctx, permit, { source }) => askReading(ctx, permit, source),
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
    handler: async (ctx, permit, input) => {
      const source = await requireSource(ctx.tx, input.source);
      if (source.readFrom !== null)
        throw conflict(
          'source.is_read',
          `${source.name} is read from a system, not delivered`,
          'deliver to a source of your own, or put readFrom to null',
        );
      return shown(
        await takeFeed(ctx, permit, { source: source.id, delivery: bytesOf(input.content, input.encoding) }),
      );
    },
  }),
];

function bytesOf(content: string, encoding: 'text' | 'base64'): Uint8Array {
  if (encoding === 'text') return Buffer.from(content);
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(content)) throw invalid('/content', 'is not base64', 'or send text');
  return Buffer.from(content, 'base64');
}
