import { z } from 'zod';
import type { Keys } from '#kit/crypto/index.ts';
import { notFound } from '#kit/errors/index.ts';
import { instantIn, instantOut, pageInput, pageOf, text } from '#kit/http/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { termsOf, termsOut } from './checkout/index.ts';
import { describeSecret, labelsIn, LARGEST_GIVEN, readValue } from './kinds/index.ts';
import { createSecret, promoteVersion, sealVersion } from './seal-version.ts';
import { findSecret, listSecrets, listVersions, liveCheckouts } from './store.ts';

const secretOut = z.object({
  id: z.uuid(),
  name: z.string(),
  kind: z.string(),
  purpose: z.string(),
  accountId: z.uuid().nullable(),
  systemId: z.uuid().nullable(),
  ownerId: z.uuid().nullable(),
  description: z.string().nullable(),
  currentVersion: z.int().nullable(),
  changedAt: instantOut,
  labels: z.record(z.string(), z.string()),
  /** What of the value may be known by who does not see it. */
  facts: z.record(z.string(), z.unknown()),
  expiresAt: instantOut.nullable(),
  checkedOutBy: z.uuid().nullable(),
  /** How many have it out. */
  out: z.int(),
});
const kind = z.enum([
  'password',
  'ssh_key',
  'api_key',
  'key_value',
  'database_credential',
  'tls_key',
  'totp_seed',
  'file',
]);
const fileName = text(255).optional();

/** What people and programs do with the vault. Values leave only through checkout. */
export const operations = (edges: { readonly keys: Keys }): readonly AnyOperation[] => [
  defineOperation({
    name: 'vault.list',
    action: 'secret.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/vault/secrets',
    summary: 'List secrets, without their values',
    input: z.object({
      ...pageInput,
      search: text(200).optional(),
      systemId: z.uuid().optional(),
      kind: kind.optional(),
      label: text(265).optional().describe('name, or name=value'),
      expiresBefore: instantIn.optional(),
    }),
    output: pageOf(secretOut),
    cli: { command: 'vault ls', columns: ['id', 'name', 'kind', 'currentVersion', 'changedAt', 'checkedOutBy'] },
    handler: (ctx, _permit, input) => listSecrets(ctx.tx, input),
  }),
  defineOperation({
    name: 'vault.show',
    action: 'secret.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/vault/secrets/{id}',
    summary: 'Show a secret and its versions, without values',
    input: z.object({ id: z.uuid() }),
    output: secretOut.extend({
      terms: termsOut,
      versions: z.array(z.object({ version: z.int(), state: z.string(), createdAt: instantOut })),
    }),
    cli: { command: 'vault show', positional: ['id'] },
    resource: (input) => ({ type: 'Secret', id: input.id }),
    handler: async (ctx, _permit, input) => {
      const secret = await findSecret(ctx.tx, input.id);
      if (secret === undefined) throw notFound('secret', input.id);
      const live = await liveCheckouts(ctx.tx, secret.id);
      return {
        ...secret,
        terms: await termsOf(ctx.tx, secret),
        checkedOutBy: live[0]?.identityId ?? null,
        out: live.length,
        versions: [...(await listVersions(ctx.tx, secret.id))],
      };
    },
  }),
  defineOperation({
    name: 'vault.create',
    action: 'secret.create',
    kind: 'write',
    method: 'POST',
    path: '/v1/vault/secrets',
    summary: 'Store a secret',
    input: z.object({
      name: text(200).regex(/^[a-z0-9._@-]+(\/[A-Za-z0-9._@$ -]+)*$/, 'is a path such as team/api-key'),
      kind,
      username: text(200).optional(),
      value: z.string().min(1).max(LARGEST_GIVEN).describe('a file in base64'),
      fileName,
      description: text(1000).optional(),
      labels: labelsIn.optional(),
      expiresAt: instantIn.optional(),
    }),
    output: z.object({ id: z.uuid(), name: z.string() }),
    handler: async (ctx, permit, input) => {
      const { value, facts, expiresAt } = readValue(input.kind, input);
      try {
        const made = await createSecret(edges.keys, ctx, permit, {
          ...input,
          value,
          purpose: 'free',
          ownerId: ctx.principal.id,
        });
        await describeSecret(ctx, permit, made.id, {
          facts,
          labels: input.labels,
          expiresAt: expiresAt ?? input.expiresAt,
        });
        return { id: made.id, name: made.name };
      } finally {
        value.fill(0);
      }
    },
  }),
  defineOperation({
    name: 'vault.update',
    action: 'secret.update',
    kind: 'write',
    method: 'POST',
    path: '/v1/vault/secrets/{id}/versions',
    summary: 'Store a new value of a secret',
    input: z.object({
      id: z.uuid(),
      username: text(200).optional(),
      value: z.string().min(1).max(LARGEST_GIVEN),
      fileName,
      expiresAt: instantIn.optional(),
    }),
    output: z.object({ version: z.int() }),
    resource: (input) => ({ type: 'Secret', id: input.id }),
    handler: async (ctx, permit, input) => {
      const secret = await findSecret(ctx.tx, input.id);
      if (secret === undefined) throw notFound('secret', input.id);
      const { value, facts, expiresAt } = readValue(secret.kind, input);
      try {
        const version = await sealVersion(edges.keys, ctx, permit, {
          secretId: input.id,
          value,
          username: input.username,
        });
        await promoteVersion(edges.keys, ctx, permit, { secretId: input.id, version });
        await describeSecret(ctx, permit, input.id, { facts, expiresAt: expiresAt ?? input.expiresAt ?? null });
        return { version };
      } finally {
        value.fill(0);
      }
    },
  }),
];
