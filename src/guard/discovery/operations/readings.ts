import { z } from 'zod';
import { sql } from '#kit/db/index.ts';
import { notFound } from '#kit/errors/index.ts';
import { instantOut, page, pageInput, pageOf, readCursor, text } from '#kit/http/index.ts';
import { defineOperation } from '#spine/operations/index.ts';
import { acceptRun } from '../runs/accept-run.ts';
import { askReading } from '../runs/ask-reading.ts';
import { getRun, runColumns, type DiscoveryRun } from '../runs/store.ts';

const runOut = z.object({
  id: z.uuid(),
  systemId: z.uuid(),
  /** `changes`: only what changed since the last reading. */
  kind: z.string(),
  state: z.string(),
  /** How far it is: kept so far, whatever happens next. */
  progress: z.object({ pieces: z.int(), rows: z.int() }),
  trusted: z.boolean().nullable(),
  counts: z.record(z.string(), z.int()).nullable(),
  problem: z.string().nullable(),
  acceptedBy: z.uuid().nullable(),
  acceptedBecause: z.string().nullable(),
  askedAt: instantOut,
  endedAt: instantOut.nullable(),
});

const shown = ({ pieces, rows, tries: _, ...run }: DiscoveryRun) => ({ ...run, progress: { pieces, rows } });

export const readingOperations = [
  defineOperation({
    name: 'discovery.read',
    action: 'system.ask_reading',
    kind: 'write',
    method: 'POST',
    path: '/v1/systems/{id}/read',
    summary: 'Read a system now: its accounts, entitlements and who is privileged, and why',
    input: z.object({ id: z.uuid() }),
    output: z.object({ runId: z.uuid() }),
    cli: { command: 'discover run', positional: ['id'] },
    resource: (input) => ({ type: 'System', id: input.id }),
    handler: (ctx, permit, input) => askReading(ctx, permit, { systemId: input.id }),
  }),
  defineOperation({
    name: 'discovery.runs',
    action: 'finding.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/discovery/runs',
    summary: 'List readings of systems, newest first',
    input: z.object({
      ...pageInput,
      systemId: z.uuid().optional(),
      state: z.enum(['waiting', 'held', 'applying', 'done', 'failed', 'superseded']).optional(),
    }),
    output: pageOf(runOut),
    cli: {
      command: 'discover runs',
      columns: ['id', 'systemId', 'kind', 'state', 'trusted', 'problem', 'askedAt', 'endedAt'],
    },
    handler: async (ctx, _permit, input) => {
      const after = readCursor(input.cursor, ['id'])?.[0] ?? null;
      const rows = await ctx.tx.many<DiscoveryRun>(sql`
        select ${runColumns} from discovery_run
        where (${input.systemId ?? null}::uuid is null or system_id = ${input.systemId ?? null})
          and (${input.state ?? null}::text is null or state = ${input.state ?? null})
          and (${after}::uuid is null or id < ${after}) order by id desc limit ${input.limit + 1}`);
      return page(rows.map(shown), input.limit, (r) => [r.id]);
    },
  }),
  defineOperation({
    name: 'discovery.run',
    action: 'finding.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/discovery/runs/{id}',
    summary: 'Show a reading: how far it is, what it changed, and why it is held',
    input: z.object({ id: z.uuid() }),
    output: runOut,
    cli: { command: 'discover show', positional: ['id'] },
    handler: async (ctx, _permit, input) => {
      const run = await getRun(ctx.tx, input.id);
      if (run === undefined) throw notFound('discovery_run', input.id);
      return shown(run);
    },
  }),
  defineOperation({
    name: 'discovery.accept',
    action: 'discovery_run.accept',
    kind: 'write',
    method: 'POST',
    path: '/v1/discovery/runs/{id}/accept',
    summary: 'Accept a held reading: what it does not name is gone. This reading, once',
    input: z.object({ id: z.uuid(), because: text(1000) }),
    output: z.object({ id: z.uuid() }),
    cli: { command: 'discover accept-reading', positional: ['id'] },
    handler: async (ctx, permit, input) => {
      await acceptRun(ctx, permit, input);
      return { id: input.id };
    },
  }),
];
