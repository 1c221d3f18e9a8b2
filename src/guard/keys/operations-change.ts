import { z } from 'zod';
import { text } from '#kit/http/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { cancelRekey, changeRootKey, makeFor, takeOwnShare } from './change-keys.ts';
import { onProof, ringOf, type KeyEdges } from './edges.ts';
import { restoreDrilled } from './events.ts';

const ring = z.enum(['vault', 'records']);
const count = z.int().min(0).max(1_000_000_000);

/** Changing root keys, handing out their shares, and what a drill of a restore came to. */
export const changeOperations = (edges: KeyEdges): readonly AnyOperation[] => [
  defineOperation({
    ...onProof(edges),
    name: 'keys.rekey',
    action: 'vault_key.change',
    kind: 'write',
    method: 'POST',
    path: '/v1/vault/rekey',
    summary: 'Put the vault, or the records, under a new root key while everything goes on',
    description:
      'In a file or a token it takes over at once. In shares it takes over once each holder took theirs. Every data key is put under it afterwards.',
    input: z.object({
      ring: ring.default('vault'),
      place: z.enum(['file', 'shamir', 'pkcs11', 'aws_kms']),
      holders: z.array(z.uuid()).max(255).default([]),
      threshold: z.int().min(2).max(255).optional(),
    }),
    output: z.object({
      rootKeyId: z.string(),
      place: z.string(),
      state: z.enum(['prepared', 'current']),
      generation: z.int().nullable(),
    }),
    cli: { command: 'vault rekey', positional: ['place'] },
    reach: (input) => makeFor(edges, input),
    handler: (ctx, permit, input, made) => changeRootKey(edges, ctx, permit, input, made),
  }),
  defineOperation({
    ...onProof(edges),
    name: 'keys.cancelRekey',
    action: 'vault_key.change',
    kind: 'write',
    method: 'POST',
    path: '/v1/vault/rekey/cancel',
    summary: 'Give up a new root key whose shares are not all with their holders',
    input: z.object({ ring: ring.default('vault') }),
    output: z.object({ rootKeyId: z.string() }),
    cli: { command: 'vault rekey-cancel' },
    handler: (ctx, permit, input) => cancelRekey(ctx, permit, ringOf(edges, input.ring)),
  }),
  defineOperation({
    ...onProof(edges),
    name: 'keys.takeShare',
    action: 'vault_key.take_share',
    kind: 'write',
    method: 'POST',
    path: '/v1/vault/shares/take',
    summary: 'Take your own share of a new root key; it is shown once and to nobody else',
    secretOutput: true,
    input: z.object({}),
    output: z.object({ share: z.string(), left: z.int() }),
    cli: { command: 'vault take-share' },
    beforeAnswer: () => edges.rings.vault.refuseSealed(),
    handler: (ctx, permit) => takeOwnShare(edges, ctx, permit),
  }),
  defineOperation({
    name: 'keys.recordDrill',
    action: 'vault_key.drill',
    kind: 'write',
    method: 'POST',
    path: '/v1/vault/drills',
    summary: 'Put on the record what a drill of a restore came to',
    description: '`reeve restore --drill FILE` sends it.',
    input: z.object({
      ok: z.boolean(),
      backup: text(64),
      takenAt: z.iso.datetime(),
      tables: count,
      rows: count,
      secrets: count,
      opened: count,
      logSize: count,
      recordings: count.nullable().default(null),
      wholeRecordings: count.nullable().default(null),
      problems: z.array(text(500)).max(100),
    }),
    output: z.object({ ok: z.boolean() }),
    handler: async (ctx, permit, input) => {
      const { recordings, wholeRecordings, ...rest } = input;
      await ctx.record(permit, {
        event: restoreDrilled,
        data: { ...rest, recordings: recordings ?? undefined, wholeRecordings: wholeRecordings ?? undefined },
      });
      return { ok: input.ok };
    },
  }),
];
