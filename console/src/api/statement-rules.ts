import { queryOptions } from '@tanstack/react-query';
import { api, take } from './client.ts';
import type { Item } from './shapes/of-contract.ts';

/** What statements may not be on a database, or of one account there. */
export type KeptRules = Item<'statementRules.list'>;
export type StatementRules = Omit<KeptRules, 'accountId' | 'accountName' | 'changedAt'>;

export const statementRulesQuery = (systemId: string) =>
  queryOptions({
    queryKey: ['systems', 'statement-rules', systemId],
    queryFn: ({ signal }) =>
      take(api.GET('/v1/systems/{id}/statement-rules', { params: { path: { id: systemId } }, signal })),
    retry: false,
  });

export const keepStatementRules = (systemId: string, accountId: string | null, rules: StatementRules) =>
  take(
    api.PUT('/v1/systems/{id}/statement-rules', {
      params: { path: { id: systemId } },
      body: { accountId, ...rules },
    }),
  );
