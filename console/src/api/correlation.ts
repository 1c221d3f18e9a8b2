import { queryOptions } from '@tanstack/react-query';
import { api, take } from './client.ts';
import { pagesOf } from './pages.ts';
import { asQuery } from './query.ts';
import type { Out } from './shapes/of-contract.ts';

export type CorrelationRules = Out<'correlation.rules'>;
export type RulesPreview = Out<'correlation.preview'>;

export const correlationRulesQuery = queryOptions({
  queryKey: ['correlation', 'rules'],
  queryFn: ({ signal }) => take(api.GET('/v1/correlation/rules', { signal })),
});
export const previewRules = (rules: CorrelationRules) =>
  take(api.POST('/v1/correlation/preview', { body: { ...rules, limit: 50 } }));
export const putRules = (rules: CorrelationRules) => take(api.PUT('/v1/correlation/rules', { body: rules }));
/** Accounts whose owner a person has to name. */
export const accountCaseList = () =>
  pagesOf(['correlation', 'cases'], (cursor, signal) =>
    take(
      api.GET('/v1/correlation/cases', {
        params: { query: asQuery<'correlation.list'>({ state: 'open', cursor }) },
        signal,
      }),
    ),
  );
export const resolveAccountCase = (id: string, identityId: string | null, because: string) =>
  take(api.POST('/v1/correlation/cases/{id}/resolve', { params: { path: { id } }, body: { identityId, because } }));
