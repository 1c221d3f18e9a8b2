import { queryOptions } from '@tanstack/react-query';
import { api, take } from './client.ts';
import type { Item } from './shapes/of-contract.ts';

/** What happens at which commands on a host, or for one account there. */
export type KeptCommandRules = Item<'commandRules.list'>;
export type CommandRule = KeptCommandRules['rules'][number];

export const commandRulesQuery = (systemId: string) =>
  queryOptions({
    queryKey: ['systems', 'command-rules', systemId],
    queryFn: ({ signal }) =>
      take(api.GET('/v1/systems/{id}/command-rules', { params: { path: { id: systemId } }, signal })),
    retry: false,
  });

export const keepCommandRules = (systemId: string, said: Pick<KeptCommandRules, 'rules' | 'askSeconds'>) =>
  take(
    api.PUT('/v1/systems/{id}/command-rules', {
      params: { path: { id: systemId } },
      body: { accountId: null, ...said },
    }),
  );

/** A command that waits for somebody's word. */
export type HeldCommand = Item<'heldCommands.list'>;

/** Looked at again and again: whoever waits, waits at a prompt. */
export const heldCommandsQuery = queryOptions({
  queryKey: ['sessions', 'held-commands'],
  queryFn: ({ signal }) => take(api.GET('/v1/held-commands', { signal })),
  refetchInterval: 3_000,
  retry: false,
});

export const decideHeldCommand = (id: string, decision: 'allowed' | 'refused') =>
  take(api.POST('/v1/held-commands/{id}/decide', { params: { path: { id } }, body: { decision } }));
