import { z } from 'zod';
import type { Keys } from '#kit/crypto/index.ts';
import { notFound } from '#kit/errors/index.ts';
import { pageInput, pageOf, text } from '#kit/http/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { timeWindow } from '../policies/time-window.ts';
import { cancelRun, resumeRun, startRun } from '../runs/start-run.ts';
import { findRun, listRuns } from '../runs/store.ts';
import { runOut } from './shapes.ts';

const byId = z.object({ id: z.uuid() });

/** Many rotations at once, in waves, under the change guard. */
export const runOperations = (edges: { readonly keys: Keys }): readonly AnyOperation[] => [
  defineOperation({
    name: 'rotationRuns.list',
    action: 'rotation.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/rotation-runs',
    summary: 'List rotations of many accounts, newest first',
    input: z.object(pageInput),
    output: pageOf(runOut),
    cli: {
      command: 'rotate runs',
      columns: ['id', 'because', 'state', 'releasedTo', 'lastWave', 'done', 'failed', 'planned', 'problem'],
    },
    handler: (ctx, _permit, input) => listRuns(ctx.tx, input),
  }),
  defineOperation({
    name: 'rotationRuns.show',
    action: 'rotation.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/rotation-runs/{id}',
    summary: 'Show how far a rotation of many accounts is',
    input: byId,
    output: runOut,
    cli: { command: 'rotate run-show', positional: ['id'] },
    handler: async (ctx, _permit, { id }) => {
      const run = await findRun(ctx.tx, id);
      if (run === undefined) throw notFound('rotation_run', id);
      return run;
    },
  }),
  defineOperation({
    name: 'rotationRuns.start',
    action: 'rotation_run.manage',
    kind: 'write',
    method: 'POST',
    path: '/v1/rotation-runs',
    summary: 'Rotate the credentials of many accounts, in waves',
    description:
      'Planned whole before the first changes; over the limits of the change guard it is held until another person accepts it. The canary is the first wave, and none of it may fail. With `incident` the live sessions of the accounts end.',
    input: z.object({
      because: text(500),
      systemId: z.uuid().optional(),
      accountIds: z.array(z.uuid()).min(1).max(5000).optional(),
      olderThanDays: z.int().min(0).max(3650).optional(),
      incident: z.boolean().default(false),
      canary: z.int().min(0).max(1000).default(1),
      waveSize: z.int().min(1).max(1000).default(20),
      mayFail: z.int().min(0).max(1000).default(0),
      window: timeWindow.optional(),
    }),
    output: z.object({ id: z.uuid(), massChangeId: z.uuid(), rotations: z.int(), held: z.boolean() }),
    cli: {
      command: 'rotate many',
      fails: { field: 'held', values: { true: 'pending' }, because: ['id'] },
    },
    handler: (ctx, permit, { systemId, accountIds, olderThanDays, window = null, ...input }) =>
      startRun(edges, ctx, permit, { ...input, window, which: { systemId, accountIds, olderThanDays } }),
  }),
  defineOperation({
    name: 'rotationRuns.resume',
    action: 'rotation_run.manage',
    kind: 'write',
    method: 'POST',
    path: '/v1/rotation-runs/{id}/resume',
    summary: 'Let a rotation of many go on that stopped because too many failed',
    input: byId,
    output: byId,
    cli: { command: 'rotate run-resume', positional: ['id'] },
    handler: async (ctx, permit, { id }) => {
      await resumeRun(ctx, permit, id);
      return { id };
    },
  }),
  defineOperation({
    name: 'rotationRuns.cancel',
    action: 'rotation_run.manage',
    kind: 'write',
    method: 'POST',
    path: '/v1/rotation-runs/{id}/cancel',
    summary: 'End a rotation of many: waves that were not released are not begun',
    input: byId,
    output: z.object({ id: z.uuid(), cancelled: z.int() }),
    cli: { command: 'rotate run-cancel', positional: ['id'] },
    handler: async (ctx, permit, { id }) => ({ id, cancelled: await cancelRun(ctx, permit, id) }),
  }),
];
