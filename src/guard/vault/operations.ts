import { z } from 'zod';
import type { Keys } from '#kit/crypto/index.ts';
import { conflict, notFound } from '#kit/errors/index.ts';
import { instantOut, pageInput, pageOf, text } from '#kit/http/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { checkIn, checkOut, ownCheckout } from './check-out.ts';
import { createSecret, promoteVersion, refuseSealed, sealVersion } from './seal-version.ts';
import { findSecret, listSecrets, listVersions, liveCheckout } from './store.ts';

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
  checkedOutBy: z.uuid().nullable(),
});

/** What people and programs do with the vault. Values leave only through checkout. */
export const operations = (edges: { readonly keys: Keys }): readonly AnyOperation[] => [
  defineOperation({
    name: 'vault.list',
    action: 'secret.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/vault/secrets',
    summary: 'List secrets, without their values',
    input: z.object({ ...pageInput, search: text(200).optional(), systemId: z.uuid().optional() }),
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
      versions: z.array(z.object({ version: z.int(), state: z.string(), createdAt: instantOut })),
    }),
    cli: { command: 'vault show', positional: ['id'] },
    resource: (input) => ({ type: 'Secret', id: input.id }),
    handler: async (ctx, _permit, input) => {
      const secret = await findSecret(ctx.tx, input.id);
      if (secret === undefined) throw notFound('secret', input.id);
      const holder = await liveCheckout(ctx.tx, secret.id);
      return {
        ...secret,
        checkedOutBy: holder?.identityId ?? null,
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
      kind: z.enum(['password', 'ssh_key', 'api_key', 'key_value']),
      username: text(200).optional(),
      value: z.string().min(1).max(65_536),
      description: text(1000).optional(),
    }),
    output: z.object({ id: z.uuid(), name: z.string() }),
    handler: async (ctx, permit, input) => {
      const value = Buffer.from(input.value);
      try {
        const made = await createSecret(edges.keys, ctx, permit, {
          ...input,
          value,
          purpose: 'free',
          ownerId: ctx.principal.id,
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
    input: z.object({ id: z.uuid(), username: text(200).optional(), value: z.string().min(1).max(65_536) }),
    output: z.object({ version: z.int() }),
    resource: (input) => ({ type: 'Secret', id: input.id }),
    handler: async (ctx, permit, input) => {
      const value = Buffer.from(input.value);
      try {
        const version = await sealVersion(edges.keys, ctx, permit, {
          secretId: input.id,
          value,
          username: input.username,
        });
        await promoteVersion(edges.keys, ctx, permit, { secretId: input.id, version });
        return { version };
      } finally {
        value.fill(0);
      }
    },
  }),
  defineOperation({
    name: 'vault.checkOut',
    action: 'secret.checkout',
    kind: 'write',
    method: 'POST',
    path: '/v1/vault/secrets/{id}/checkout',
    summary: 'See a secret for a time; it is rotated afterwards',
    secretOutput: true,
    input: z.object({ id: z.uuid(), reason: text(1000), seconds: z.int().min(60).max(86_400).default(900) }),
    output: z.object({ checkoutId: z.uuid(), username: z.string().nullable(), value: z.string(), endsAt: instantOut }),
    resource: (input) => ({ type: 'Secret', id: input.id }),
    beforeAnswer: () => refuseSealed(edges.keys),
    handler: (ctx, permit, input) => checkOut(edges.keys, ctx, permit, input),
  }),
  defineOperation({
    name: 'vault.checkIn',
    action: 'secret.checkin',
    kind: 'write',
    method: 'POST',
    path: '/v1/vault/checkouts/{id}/checkin',
    summary: 'Give a secret back',
    input: z.object({ id: z.uuid() }),
    output: z.object({ id: z.uuid() }),
    cli: { command: 'vault checkin', positional: ['id'] },
    handler: async (ctx, permit, input) => {
      const checkout = await ownCheckout(ctx, input.id);
      if (!(await checkIn(ctx, permit, { checkout, because: 'checked in' })))
        throw conflict('checkout.over', 'this checkout has ended already');
      return { id: input.id };
    },
  }),
];
