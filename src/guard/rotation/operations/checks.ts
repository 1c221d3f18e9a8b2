import { z } from 'zod';
import type { Keys } from '#kit/crypto/index.ts';
import { notFound } from '#kit/errors/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import { pageInput, pageOf, text } from '#kit/http/index.ts';
import { findSecret } from '#guard/vault/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { checkAsked, reconcileAccountSet } from '../checks/events.ts';
import { listChecks } from '../checks/store.ts';
import { setReconcileAccount } from '../reconcile/set-account.ts';
import { CHECK_CREDENTIAL } from '../tick.ts';
import { checkOut } from './shapes.ts';

/** Whether credentials work, and by what they are mended. */
export const checkOperations = (edges: { readonly keys: Keys }): readonly AnyOperation[] => [
  defineOperation({
    name: 'credentialChecks.list',
    action: 'rotation.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/credential-checks',
    summary: 'List whether credentials log in on their targets, as last tried',
    input: z.object({
      ...pageInput,
      state: z.enum(['works', 'refused', 'unknown']).optional(),
      systemId: z.uuid().optional(),
    }),
    output: pageOf(checkOut),
    cli: { command: 'rotate checks', columns: ['secretName', 'state', 'since', 'checkedAt', 'nextAt', 'problem'] },
    handler: (ctx, _permit, input) => listChecks(ctx.tx, input),
  }),
  defineOperation({
    name: 'credentialChecks.ask',
    action: 'credential.check',
    kind: 'write',
    method: 'POST',
    path: '/v1/vault/secrets/{id}/check',
    summary: 'Try now whether a credential logs in on its target',
    input: z.object({ id: z.uuid() }),
    output: z.object({ id: z.uuid() }),
    cli: { command: 'rotate check', positional: ['id'] },
    resource: (input) => ({ type: 'Secret', id: input.id }),
    handler: async (ctx, permit, { id }) => {
      const secret = await findSecret(ctx.tx, id);
      if (secret === undefined) throw notFound('secret', id);
      await enqueue(ctx.tx, CHECK_CREDENTIAL, { secretId: id }, { key: `${CHECK_CREDENTIAL}:${id}`, maxAttempts: 3 });
      await ctx.record(permit, { event: checkAsked, data: { secretId: id, name: secret.name } });
      return { id };
    },
  }),
  defineOperation({
    name: 'reconcileAccounts.set',
    action: 'reconcile_account.set',
    kind: 'write',
    method: 'PUT',
    path: '/v1/systems/{systemId}/reconcile-account',
    summary: 'Give Reeve a second account on a system, which repairs the first when it is refused',
    description: 'Its credential goes straight into the vault and is never shown again.',
    input: z.object({
      systemId: z.uuid(),
      username: text(200),
      kind: z.enum(['password', 'ssh_key', 'api_key']).default('password'),
      value: z.string().min(1).max(65_536),
    }),
    output: z.object({ systemId: z.uuid(), secretId: z.uuid() }),
    resource: (input) => ({ type: 'System', id: input.systemId }),
    handler: async (ctx, permit, input) => {
      const secretId = await setReconcileAccount(edges.keys, ctx, permit, input);
      await ctx.record(permit, { event: reconcileAccountSet, data: { systemId: input.systemId, secretId } });
      return { systemId: input.systemId, secretId };
    },
  }),
];
