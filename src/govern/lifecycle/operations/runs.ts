import { z } from 'zod';
import { page, pageInput, pageOf, readCursor, text } from '#kit/http/index.ts';
import { getIdentities } from '#spine/graph/index.ts';
import { defineOperation } from '#spine/operations/index.ts';
import { acceptRun, declineRun } from '../runs/settle-held.ts';
import { listRuns, readPlan, requireRun } from '../runs/store.ts';
import { requireSource } from '../sources/store.ts';
import { planLineOut, runOut } from './shapes.ts';
import { shownRun } from './sources.ts';

const byId = z.object({ id: z.uuid() });
const settle = z.object({ id: z.uuid(), because: text(1000) });
const state = z.enum(['refused', 'held', 'applying', 'applied', 'superseded', 'declined', 'undone']);
const what = z.enum(['leave', 'move', 'change', 'return', 'note', 'adopt', 'join']);

export const runOperations = [
  defineOperation({
    name: 'sources.runs',
    action: 'feed_run.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/sources/{source}/runs',
    summary: 'List the deliveries of a source, newest first',
    input: z.object({ source: z.string().min(1).max(200), state: state.optional(), ...pageInput }),
    output: pageOf(runOut),
    cli: {
      command: 'sources runs',
      positional: ['source'],
      columns: ['id', 'state', 'verdict', 'rows', 'startedAt', 'settledAt'],
    },
    handler: async (ctx, _permit, input) => {
      const source = await requireSource(ctx.tx, input.source);
      const before = readCursor(input.cursor, ['id'])?.[0] ?? null;
      const runs = await listRuns(ctx.tx, {
        sourceId: source.id,
        state: input.state,
        before,
        limit: input.limit,
      });
      return page(runs.map(shownRun), input.limit, (r) => [r.id]);
    },
  }),
  defineOperation({
    name: 'sources.run',
    action: 'feed_run.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/runs/{id}',
    summary: 'Show a delivery: whether it is trusted, why not, what it changes and how far it came',
    input: byId,
    output: runOut,
    cli: { command: 'sources run', positional: ['id'] },
    handler: async (ctx, _permit, input) => shownRun(await requireRun(ctx.tx, input.id)),
  }),
  defineOperation({
    name: 'sources.plan',
    action: 'feed_run.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/runs/{id}/plan',
    summary: 'List what a delivery changes, in the order it is applied',
    input: z.object({ id: z.uuid(), what: what.optional(), ...pageInput }),
    output: pageOf(planLineOut),
    cli: {
      command: 'sources plan',
      positional: ['id'],
      columns: ['position', 'what', 'externalId', 'displayName', 'changed', 'skipped'],
    },
    handler: async (ctx, _permit, input) => {
      await requireRun(ctx.tx, input.id);
      const after = readCursor(input.cursor, ['n'])?.[0] ?? 0;
      const lines = await readPlan(ctx.tx, { runId: input.id, after, limit: input.limit, what: input.what });
      const people = await getIdentities(
        ctx.tx,
        lines.map((l) => l.identityId),
      );
      const names = new Map(people.map((p) => [p.id, p.displayName]));
      return page(
        lines.map(({ record, ...line }) => ({
          ...line,
          displayName: names.get(line.identityId) ?? nameIn(record),
          values: record,
        })),
        input.limit,
        (l) => [l.position],
      );
    },
  }),
  defineOperation({
    name: 'sources.acceptRun',
    action: 'feed_run.accept',
    kind: 'write',
    method: 'POST',
    path: '/v1/runs/{id}/accept',
    summary: 'Apply a held delivery, this one and once; with a canary, its first changes only',
    input: settle.extend({ canary: z.int().min(1).max(100_000).optional() }),
    output: runOut,
    cli: { command: 'sources accept', positional: ['id'] },
    handler: async (ctx, permit, input) => shownRun(await acceptRun(ctx, permit, input)),
  }),
  defineOperation({
    name: 'sources.declineRun',
    action: 'feed_run.accept',
    kind: 'write',
    method: 'POST',
    path: '/v1/runs/{id}/decline',
    summary: 'Put a held delivery away, or what is left of one after its canary',
    input: settle,
    output: runOut,
    cli: { command: 'sources decline', positional: ['id'] },
    handler: async (ctx, permit, input) => shownRun(await declineRun(ctx, permit, input)),
  }),
];

const nameIn = (record: Readonly<Record<string, unknown>> | null): string | null =>
  typeof record?.['displayName'] === 'string' ? record['displayName'] : null;
