import { z } from 'zod';
import type { Keys } from '#kit/crypto/index.ts';
import { conflict } from '#kit/errors/index.ts';
import { instantOut, pageInput, pageOf, text } from '#kit/http/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { planRotation } from './plan-rotation.ts';
import { listRotations } from './store.ts';

const rotationOut = z.object({
  id: z.uuid(),
  accountId: z.uuid(),
  accountName: z.string(),
  systemId: z.uuid(),
  secretId: z.uuid(),
  because: z.string(),
  state: z.string(),
  tries: z.int(),
  problem: z.string().nullable(),
  plannedAt: instantOut,
  endedAt: instantOut.nullable(),
});

export const operations = (edges: { readonly keys: Keys }): readonly AnyOperation[] => [
  defineOperation({
    name: 'rotations.list',
    action: 'rotation.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/rotations',
    summary: 'List rotations, newest first',
    input: z.object({ ...pageInput, accountId: z.uuid().optional() }),
    output: pageOf(rotationOut),
    cli: {
      command: 'rotate ls',
      columns: ['id', 'accountName', 'state', 'because', 'problem', 'plannedAt', 'endedAt'],
    },
    handler: (ctx, _permit, input) => listRotations(ctx.tx, input),
  }),
  defineOperation({
    name: 'rotations.plan',
    action: 'account.rotate',
    kind: 'write',
    method: 'POST',
    path: '/v1/accounts/{accountId}/rotate',
    summary: "Rotate an account's credential now; it is taken into the vault if it was not there",
    input: z.object({ accountId: z.uuid(), because: text(500).default('asked for') }),
    output: rotationOut,
    cli: { command: 'rotate account', positional: ['accountId'] },
    resource: (input) => ({ type: 'Account', id: input.accountId }),
    handler: async (ctx, permit, input) => {
      const { rotation, fresh } = await planRotation(edges.keys, ctx, permit, {
        ...input,
        said: 'asked for by a person',
      });
      if (!fresh)
        throw conflict(
          'rotation.under_way',
          `the credential of ${rotation.accountName} is being rotated already`,
          'follow that rotation: reeve rotate ls',
        );
      return rotation;
    },
  }),
];
