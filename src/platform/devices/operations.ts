import { z } from 'zod';
import { isConstraint, sql } from '#kit/db/index.ts';
import { conflict, invalid, notFound } from '#kit/errors/index.ts';
import { instantOut, text } from '#kit/http/index.ts';
import { newId } from '#kit/ids/index.ts';
import { getIdentity, sshKeyRemoved } from '#spine/graph/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { defineOperation, type AnyOperation, type Ctx } from '#spine/operations/index.ts';
import { sshKeyAdded } from './events.ts';
import type { DeviceEdges } from './logins/edges.ts';
import { loginPolicy } from './logins/policy.ts';
import { readSshPublicKey } from './ssh-public-key.ts';
import { sshKeysOf } from './store.ts';

const keyOut = z.object({
  id: z.uuid(),
  name: z.string(),
  fingerprint: z.string(),
  publicKey: z.string(),
  createdAt: instantOut,
  endsAt: instantOut,
  lastUsedAt: instantOut.nullable(),
});
const DAY_MS = 86_400_000;

/** Keys of one's own, and for officers those of others. */
export const keyOperations = (edges: DeviceEdges): readonly AnyOperation[] => [
  defineOperation({
    name: 'devices.listSshKeys',
    action: 'ssh_key.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/ssh-keys',
    summary: 'List my SSH keys',
    input: z.object({}),
    output: z.object({ items: z.array(keyOut), nextCursor: z.null() }),
    cli: { command: 'ssh-key ls', columns: ['id', 'name', 'fingerprint', 'createdAt', 'endsAt', 'lastUsedAt'] },
    handler: async (ctx) => ({ items: await sshKeysOf(ctx.tx, ctx.principal.id), nextCursor: null }),
  }),
  defineOperation({
    name: 'devices.addSshKey',
    action: 'ssh_key.add',
    kind: 'write',
    method: 'POST',
    path: '/v1/ssh-keys',
    summary: 'Register an SSH public key, to connect through the gateway with',
    description:
      'Takes Ed25519, ECDSA, RSA from 3072 bits, and keys of security keys. It needs a fresh proof for this very key (`ssh_key.add`, its fingerprint), and counts for `days` at most, as long as the policy allows.',
    waysIn: true,
    input: z.object({
      publicKey: text(16_384),
      name: text(100).optional(),
      days: z.int().min(1).max(3650).optional().describe('for how long it counts; absent: as long as may be'),
    }),
    output: keyOut,
    cli: { command: 'ssh-key add', positional: ['publicKey'] },
    handler: (ctx, permit, input) => addKey(edges, ctx, permit, input),
  }),
  defineOperation({
    name: 'devices.removeSshKey',
    action: 'ssh_key.remove',
    kind: 'write',
    method: 'DELETE',
    path: '/v1/ssh-keys/{id}',
    summary: 'Remove one of my SSH keys; sessions that came by it end',
    input: z.object({ id: z.uuid() }),
    output: z.object({ id: z.uuid() }),
    cli: { command: 'ssh-key rm', positional: ['id'] },
    handler: async (ctx, permit, { id }) => {
      await removeKey(ctx, permit, { id, identityId: ctx.principal.id });
      return { id };
    },
  }),
  defineOperation({
    name: 'devices.keysOf',
    action: 'ssh_key.list_of',
    kind: 'read',
    method: 'GET',
    path: '/v1/identities/{id}/ssh-keys',
    summary: 'List the SSH keys of somebody',
    input: z.object({ id: z.uuid() }),
    output: z.object({ items: z.array(keyOut), nextCursor: z.null() }),
    resource: ({ id }) => ({ type: 'Identity', id }),
    cli: {
      command: 'identities ssh-keys',
      positional: ['id'],
      columns: ['id', 'name', 'fingerprint', 'createdAt', 'endsAt', 'lastUsedAt'],
    },
    handler: async (ctx, _permit, { id }) => {
      if ((await getIdentity(ctx.tx, id)) === undefined) throw notFound('identity', id);
      return { items: await sshKeysOf(ctx.tx, id), nextCursor: null };
    },
  }),
  defineOperation({
    name: 'devices.revokeSshKey',
    action: 'ssh_key.revoke',
    kind: 'write',
    method: 'POST',
    path: '/v1/ssh-keys/{id}/revoke',
    summary: 'Remove a key of somebody; sessions that came by it end',
    input: z.object({ id: z.uuid(), because: text(500) }),
    output: z.object({ id: z.uuid() }),
    cli: { command: 'ssh-key revoke', positional: ['id'] },
    handler: async (ctx, permit, input) => {
      await removeKey(ctx, permit, input);
      return { id: input.id };
    },
  }),
];

async function addKey(
  edges: DeviceEdges,
  ctx: Ctx,
  permit: Permit<'ssh_key.add'>,
  input: { readonly publicKey: string; readonly name?: string | undefined; readonly days?: number | undefined },
): Promise<z.input<typeof keyOut>> {
  const key = readSshPublicKey(input.publicKey);
  const { keyDays } = await loginPolicy(ctx.tx);
  const days = input.days ?? keyDays;
  if (days > keyDays)
    throw invalid(
      '/days',
      `is more than the ${String(keyDays)} days a key may count`,
      `give ${String(keyDays)} or fewer`,
    );
  const id = newId(ctx.now.getTime());
  const name = input.name ?? (key.comment === '' ? key.kind : key.comment);
  const endsAt = new Date(ctx.now.getTime() + days * DAY_MS);
  await edges.takeStepUp(ctx, { action: 'ssh_key.add', resourceId: key.fingerprint });
  try {
    await ctx.tx.run(sql`
      insert into ssh_key (id, identity_id, fingerprint, public_key, name, created_at, ends_at)
      values (${id}, ${ctx.principal.id}, ${key.fingerprint}, ${key.line}, ${name}, ${ctx.now}, ${endsAt})`);
  } catch (error) {
    if (isConstraint(error, 'ssh_key_proves_one_identity')) {
      throw conflict(
        'ssh_key.in_use',
        `the key ${key.fingerprint} is registered already`,
        'use another key; a key proves one identity',
      );
    }
    throw error;
  }
  await ctx.record(permit, {
    event: sshKeyAdded,
    subject: ctx.principal.id,
    data: { keyId: id, fingerprint: key.fingerprint, name, endsAt: endsAt.toISOString() },
  });
  return { id, name, fingerprint: key.fingerprint, publicKey: key.line, createdAt: ctx.now, endsAt, lastUsedAt: null };
}

/** `identityId`: only if it is theirs. */
async function removeKey(
  ctx: Ctx,
  permit: Permit,
  input: { readonly id: string; readonly identityId?: string; readonly because?: string },
): Promise<void> {
  const row = await ctx.tx.maybe<{ fingerprint: string; identityId: string }>(sql`
    update ssh_key set removed_at = ${ctx.now}
     where id = ${input.id} and (${input.identityId ?? null}::uuid is null or identity_id = ${input.identityId ?? null})
       and removed_at is null returning fingerprint, identity_id`);
  if (row === undefined) throw notFound('ssh_key', input.id);
  await ctx.record(permit, {
    event: sshKeyRemoved,
    subject: row.identityId,
    data: {
      keyId: input.id,
      fingerprint: row.fingerprint,
      ...(input.because === undefined ? {} : { because: input.because }),
    },
  });
}
