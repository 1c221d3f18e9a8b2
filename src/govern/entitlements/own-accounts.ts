import { z } from 'zod';
import { text } from '#kit/http/index.ts';
import type { ResourceRef } from '#spine/decide/index.ts';
import type { Tx } from '#kit/db/index.ts';
import { getSystem, putOwnAccount } from '#spine/graph/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';

const onSystem = async (input: { readonly system: string }, tx: Tx): Promise<ResourceRef> => ({
  type: 'System',
  id: (await getSystem(tx, input.system))?.id ?? input.system,
});

/** Accounts that are granted by themselves. */
export const ownAccountOperations: readonly AnyOperation[] = [
  defineOperation({
    name: 'systems.openAccounts',
    action: 'system.open_accounts',
    kind: 'write',
    method: 'PUT',
    path: '/v1/systems/{system}/own-account',
    summary: 'Let an account on a system be asked for by itself, with nothing on it',
    description:
      'What is granted is the account: made where there is none, and locked once nothing needs it. Whoever answers for the system answers for it.',
    input: z.object({
      system: text(200),
      description: text(1000).optional(),
      risk: z.enum(['low', 'medium', 'high', 'critical']).default('low'),
      requestable: z.boolean().default(true),
      longestDays: z.int().min(1).max(3650).optional(),
    }),
    output: z.object({ id: z.uuid(), name: z.string(), systemId: z.uuid(), requestable: z.boolean() }),
    cli: { command: 'systems open-accounts', positional: ['system'] },
    resource: onSystem,
    handler: async (ctx, permit, { longestDays, ...input }) => {
      const maxSeconds = longestDays === undefined ? undefined : longestDays * 86_400;
      const { id, name, systemId, requestable } = await putOwnAccount(ctx, permit, { ...input, maxSeconds });
      return { id, name, systemId, requestable };
    },
  }),
];

export const ownAccountPolicies = `
@id("entitlements.who_runs_a_system_opens_accounts_on_it")
permit (principal is Reeve::Identity, action == Reeve::Action::"system.open_accounts", resource is Reeve::System)
when {
  principal.state == "active" &&
  (principal.roles.contains("administrator") || (resource has owner && resource.owner == principal))
};
`;
