import { z } from 'zod';
import { denied, notFound } from '#kit/errors/index.ts';
import { text } from '#kit/http/index.ts';
import {
  describeEntitlement,
  findIdentityByUsername,
  getIdentity,
  linkAccount,
  unlinkAccount,
} from '#spine/graph/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { catalogueOperations } from './catalogue/operations.ts';
import { sayings } from './catalogue/shapes.ts';
import { editOperations } from './edits/operations.ts';
import { importSystem } from './exports/import-system.ts';
import { ownAccountOperations } from './own-accounts.ts';
import { stewardshipOperations } from './stewardship/operations.ts';

const LARGEST_EXPORT = 64 * 1024 * 1024;

/** Saying what access is for, who answers for it, and whose accounts are; taking in exports of systems out of reach. */
export const operations: readonly AnyOperation[] = [
  ...catalogueOperations,
  ...stewardshipOperations,
  ...editOperations,
  ...ownAccountOperations,
  defineOperation({
    name: 'entitlements.describe',
    action: 'entitlement.describe',
    kind: 'write',
    method: 'POST',
    path: '/v1/entitlements/{id}/describe',
    summary: 'Say what an entitlement is for, who answers for it, how risky it is and whether it may be asked for',
    description: 'What is left out stays. Only an entitlement with an owner and a description can be requestable.',
    input: z.object({ id: z.uuid(), ...sayings }),
    output: z.object({ id: z.uuid(), requestable: z.boolean(), privileged: z.boolean() }),
    cli: { command: 'entitlements describe', positional: ['id'] },
    resource: (input) => ({ type: 'Entitlement', id: input.id }),
    handler: async (ctx, permit, { id, ...said }) => describeEntitlement(ctx, permit, { entitlementId: id, ...said }),
  }),
  defineOperation({
    name: 'entitlements.describeMany',
    action: 'entitlement.describe_many',
    kind: 'write',
    method: 'POST',
    path: '/v1/entitlements/describe',
    summary: 'Say the same kind of thing of many entitlements, all or none',
    input: z.object({
      items: z
        .array(z.object({ id: z.uuid(), ...sayings }))
        .min(1)
        .max(500),
    }),
    output: z.object({ described: z.int() }),
    cli: { command: 'entitlements describe-many' },
    handler: async (ctx, permit, { items }) => {
      for (const { id, ...said } of items) await describeEntitlement(ctx, permit, { entitlementId: id, ...said });
      return { described: items.length };
    },
  }),
  defineOperation({
    name: 'accounts.assign',
    action: 'account.assign',
    kind: 'write',
    method: 'POST',
    path: '/v1/accounts/{id}/assign',
    summary: 'Say whose an account is',
    input: z.object({ id: z.uuid(), identityId: z.uuid(), because: text(1000) }),
    output: z.object({ id: z.uuid(), identityId: z.uuid() }),
    cli: { command: 'accounts assign', positional: ['id', 'identityId'] },
    resource: (input) => ({ type: 'Account', id: input.id }),
    handler: async (ctx, permit, { id, identityId, because }) => {
      if (identityId === ctx.principal.id)
        throw denied('account.own_benefit', 'nobody makes an account their own', 'ask another administrator');
      await linkAccount(ctx, permit, { accountId: id, identityId, because, said: 'assigned by a person' });
      return { id, identityId };
    },
  }),
  defineOperation({
    name: 'accounts.assignMany',
    action: 'account.assign',
    kind: 'write',
    method: 'POST',
    path: '/v1/accounts/assign',
    summary: 'Say whose several accounts are: all of them, or none',
    input: z.object({ ids: z.array(z.uuid()).min(1).max(500), identity: text(200), because: text(1000) }),
    output: z.object({ identityId: z.uuid(), assigned: z.int() }),
    cli: { command: 'accounts assign-many' },
    handler: async (ctx, permit, { ids, identity, because }) => {
      const owner = (await getIdentity(ctx.tx, identity)) ?? (await findIdentityByUsername(ctx.tx, identity));
      if (owner === undefined) throw notFound('identity', identity);
      if (owner.id === ctx.principal.id)
        throw denied('account.own_benefit', 'nobody makes an account their own', 'ask another administrator');
      for (const accountId of [...new Set(ids)].sort())
        await linkAccount(ctx, permit, { accountId, identityId: owner.id, because, said: 'assigned by a person' });
      return { identityId: owner.id, assigned: new Set(ids).size };
    },
  }),
  defineOperation({
    name: 'accounts.release',
    action: 'account.release',
    kind: 'write',
    method: 'POST',
    path: '/v1/accounts/{id}/release',
    summary: 'Say that an account is nobody’s known; what it holds is drift from then on',
    input: z.object({ id: z.uuid(), because: text(1000) }),
    output: z.object({ id: z.uuid() }),
    cli: { command: 'accounts release', positional: ['id'] },
    resource: (input) => ({ type: 'Account', id: input.id }),
    handler: async (ctx, permit, { id, because }) => {
      await unlinkAccount(ctx, permit, { accountId: id, because, said: 'released by a person' });
      return { id };
    },
  }),
  defineOperation({
    name: 'systems.importCsv',
    action: 'system.import',
    kind: 'write',
    method: 'POST',
    path: '/v1/systems/{system}/import',
    summary: 'Take the export of a system that Reeve cannot reach: its accounts, entitlements and who holds what',
    description:
      'Four CSV files as text; see docs/how-to/describe-a-system.md for their columns. The export is the whole of the system: what is not in it is gone.',
    maxBody: LARGEST_EXPORT,
    input: z.object({
      system: z
        .string()
        .regex(
          /^[a-z0-9]([a-z0-9._-]{0,60}[a-z0-9])?$/,
          'has lower-case letters, digits, dots, dashes and underscores',
        ),
      accounts: z.string(),
      entitlements: z.string(),
      holdings: z.string(),
      nesting: z.string().optional(),
      ownerId: z.uuid().optional(),
      acceptLoss: z.boolean().default(false),
    }),
    output: z.object({
      systemId: z.uuid(),
      created: z.boolean(),
      counts: z.record(z.string(), z.int()),
      described: z.int(),
    }),
    handler: async (ctx, permit, input) => {
      const { counts, ...done } = await importSystem(ctx, permit, input);
      return { ...done, counts: { ...counts } };
    },
  }),
];
