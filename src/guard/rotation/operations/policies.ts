import { z } from 'zod';
import { invalid, notFound } from '#kit/errors/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { getAccount, requireSystem } from '#spine/graph/index.ts';
import { dropPolicy, findPolicy, keepPolicy, listPolicies } from '../policies/find-policy.ts';
import { policyDropped, policySet } from '../policies/events.ts';
import { policyFields } from '../policies/model.ts';
import { policyOut } from './shapes.ts';

/** When credentials are rotated and checked, and what new ones are like. */
export const policyOperations: readonly AnyOperation[] = [
  defineOperation({
    name: 'rotationPolicies.list',
    action: 'rotation.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/rotation-policies',
    summary: 'List rotation policies: of the house, of systems, of accounts',
    input: z.object({}),
    output: z.object({ items: z.array(policyOut) }),
    cli: {
      command: 'rotate policies',
      columns: ['id', 'systemName', 'accountName', 'maxAgeDays', 'maxUses', 'checkEveryHours', 'onDrift'],
    },
    handler: async (ctx) => ({ items: await listPolicies(ctx.tx) }),
  }),
  defineOperation({
    name: 'rotationPolicies.set',
    action: 'rotation_policy.manage',
    kind: 'write',
    method: 'PUT',
    path: '/v1/rotation-policies',
    summary: 'Say when credentials of the house, of a system or of an account are rotated and checked',
    description:
      'Of an account before that of its system before that of the house (neither is named). What is left out is as a house has it that never said anything.',
    input: z.object({ systemId: z.uuid().optional(), accountId: z.uuid().optional(), ...policyFields }),
    output: z.object({ id: z.uuid() }),
    cli: { command: 'rotate policy' },
    handler: async (ctx, permit, { systemId, accountId, ...policy }) => {
      if (systemId !== undefined && accountId !== undefined)
        throw invalid('/accountId', 'stands beside a system', 'name one of both');
      if (systemId !== undefined) await requireSystem(ctx.tx, systemId);
      if (accountId !== undefined && (await getAccount(ctx.tx, accountId)) === undefined)
        throw notFound('account', accountId);
      const of = { systemId: systemId ?? null, accountId: accountId ?? null };
      const id = await keepPolicy(ctx.tx, of, policy, ctx.now);
      await ctx.record(permit, {
        event: policySet,
        data: {
          policyId: id,
          systemId,
          accountId,
          maxAgeDays: policy.maxAgeDays,
          maxUses: policy.maxUses,
          afterCheckout: policy.afterCheckout,
          afterLeaver: policy.afterLeaver,
          checkEveryHours: policy.checkEveryHours,
          onDrift: policy.onDrift,
          length: policy.generator.length,
        },
      });
      return { id };
    },
  }),
  defineOperation({
    name: 'rotationPolicies.remove',
    action: 'rotation_policy.manage',
    kind: 'write',
    method: 'DELETE',
    path: '/v1/rotation-policies/{id}',
    summary: 'Remove a rotation policy: what it was of is under the next wider one again',
    input: z.object({ id: z.uuid() }),
    output: z.object({ id: z.uuid() }),
    cli: { command: 'rotate policy-rm', positional: ['id'] },
    handler: async (ctx, permit, { id }) => {
      if ((await findPolicy(ctx.tx, id)) === undefined) throw notFound('rotation_policy', id);
      await dropPolicy(ctx.tx, id);
      await ctx.record(permit, { event: policyDropped, data: { policyId: id } });
      return { id };
    },
  }),
];
