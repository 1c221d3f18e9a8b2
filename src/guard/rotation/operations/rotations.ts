import { z } from 'zod';
import type { Keys } from '#kit/crypto/index.ts';
import { conflict, notFound } from '#kit/errors/index.ts';
import { pageInput, pageOf, text } from '#kit/http/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { followingOf } from '../dependants/store.ts';
import { ROTATED_KINDS } from '../model.ts';
import { planRotation } from '../plan-rotation.ts';
import { getRotation, listRotations, stepsOf } from '../store.ts';
import { rotationDetailOut, rotationOut } from './shapes.ts';

/** Rotations one by one. */
export const rotationOperations = (edges: { readonly keys: Keys }): readonly AnyOperation[] => [
  defineOperation({
    name: 'rotations.list',
    action: 'rotation.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/rotations',
    summary: 'List rotations, newest first',
    input: z.object({
      ...pageInput,
      accountId: z.uuid().optional(),
      runId: z.uuid().optional(),
      state: z.enum(['open', 'done', 'failed', 'cancelled']).optional(),
    }),
    output: pageOf(rotationOut),
    cli: {
      command: 'rotate ls',
      columns: ['id', 'accountName', 'systemName', 'cause', 'state', 'because', 'problem', 'plannedAt', 'endedAt'],
    },
    handler: (ctx, _permit, input) => listRotations(ctx.tx, input),
  }),
  defineOperation({
    name: 'rotations.show',
    action: 'rotation.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/rotations/{id}',
    summary: 'Show a rotation with each of its steps and the dependants it takes along',
    input: z.object({ id: z.uuid() }),
    output: rotationDetailOut,
    cli: { command: 'rotate show', positional: ['id'] },
    handler: async (ctx, _permit, { id }) => {
      const rotation = await getRotation(ctx.tx, id);
      if (rotation === undefined) throw notFound('rotation', id);
      return { ...rotation, steps: await stepsOf(ctx.tx, id), dependants: await followingOf(ctx.tx, id) };
    },
  }),
  defineOperation({
    name: 'rotations.plan',
    action: 'account.rotate',
    kind: 'write',
    method: 'POST',
    path: '/v1/accounts/{accountId}/rotate',
    summary: "Rotate an account's credential now; it is taken into the vault if it was not there",
    description:
      'With `incident` its live sessions end at once, also where a rotation is under way already. `kind` says what the account is given where the vault has no credential of it yet.',
    input: z.object({
      accountId: z.uuid(),
      because: text(500).default('asked for'),
      kind: z.enum(ROTATED_KINDS).optional(),
      incident: z.boolean().default(false),
    }),
    output: rotationOut,
    cli: { command: 'rotate account', positional: ['accountId'] },
    resource: (input) => ({ type: 'Account', id: input.accountId }),
    handler: async (ctx, permit, { incident, ...input }) => {
      const { rotation, fresh } = await planRotation(edges.keys, ctx, permit, {
        ...input,
        cause: incident ? 'incident' : 'asked',
        said: 'asked for by a person',
      });
      if (!fresh && !incident)
        throw conflict(
          'rotation.under_way',
          `the credential of ${rotation.accountName} is being rotated already`,
          'follow that rotation: reeve rotate ls',
        );
      return rotation;
    },
  }),
];
