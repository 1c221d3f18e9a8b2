import { z } from 'zod';
import { isConstraint, sql } from '#kit/db/index.ts';
import { conflict, notFound } from '#kit/errors/index.ts';
import { instantOut, text } from '#kit/http/index.ts';
import { newId } from '#kit/ids/index.ts';
import { defineOperation } from '#spine/operations/index.ts';
import { sshKeyAdded, sshKeyRemoved } from './events.ts';
import { readSshPublicKey } from './ssh-public-key.ts';
import { sshKeysOf } from './store.ts';

const keyOut = z.object({
  id: z.uuid(),
  name: z.string(),
  fingerprint: z.string(),
  publicKey: z.string(),
  createdAt: instantOut,
  lastUsedAt: instantOut.nullable(),
});

export const operations = [
  defineOperation({
    name: 'devices.listSshKeys',
    action: 'ssh_key.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/ssh-keys',
    summary: 'List my SSH keys',
    input: z.object({}),
    output: z.object({ items: z.array(keyOut), nextCursor: z.null() }),
    cli: { command: 'ssh-key ls', columns: ['name', 'fingerprint', 'createdAt', 'lastUsedAt'] },
    handler: async (ctx) => ({ items: await sshKeysOf(ctx.tx, ctx.principal.id), nextCursor: null }),
  }),
  defineOperation({
    name: 'devices.addSshKey',
    action: 'ssh_key.add',
    kind: 'write',
    method: 'POST',
    path: '/v1/ssh-keys',
    summary: 'Register an SSH public key, to connect through the gateway with',
    input: z.object({ publicKey: text(16_384), name: text(100).optional() }),
    output: keyOut,
    cli: { command: 'ssh-key add', positional: ['publicKey'] },
    handler: async (ctx, permit, input) => {
      const key = readSshPublicKey(input.publicKey);
      const id = newId(ctx.now.getTime());
      const name = input.name ?? (key.comment === '' ? key.kind : key.comment);
      try {
        await ctx.tx.run(sql`
          insert into ssh_key (id, identity_id, fingerprint, public_key, name)
          values (${id}, ${ctx.principal.id}, ${key.fingerprint}, ${key.line}, ${name})`);
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
        data: { keyId: id, fingerprint: key.fingerprint, name },
      });
      return { id, name, fingerprint: key.fingerprint, publicKey: key.line, createdAt: ctx.now, lastUsedAt: null };
    },
  }),
  defineOperation({
    name: 'devices.removeSshKey',
    action: 'ssh_key.remove',
    kind: 'write',
    method: 'DELETE',
    path: '/v1/ssh-keys/{id}',
    summary: 'Remove one of my SSH keys',
    input: z.object({ id: z.uuid() }),
    output: z.object({ id: z.uuid() }),
    cli: { command: 'ssh-key rm', positional: ['id'] },
    handler: async (ctx, permit, input) => {
      const row = await ctx.tx.maybe<{ fingerprint: string }>(sql`
        update ssh_key set removed_at = ${ctx.now}
        where id = ${input.id} and identity_id = ${ctx.principal.id} and removed_at is null returning fingerprint`);
      if (row === undefined) throw notFound('ssh_key', input.id);
      await ctx.record(permit, {
        event: sshKeyRemoved,
        subject: ctx.principal.id,
        data: { keyId: input.id, fingerprint: row.fingerprint },
      });
      return { id: input.id };
    },
  }),
];
