import { queryOptions } from '@tanstack/react-query';
import { api, take } from './client.ts';
import { pagesOf } from './pages.ts';
import { asQuery } from './query.ts';
import type { paths } from './schema.gen.ts';

export type RiskPolicyBody = paths['/v1/risk/policy']['post']['requestBody']['content']['application/json'];

export interface RiskAsked {
  readonly kind?: string | undefined;
  readonly level?: string | undefined;
  readonly factor?: string | undefined;
  readonly jumpedInDays?: number | undefined;
}
export const riskList = (asked: RiskAsked) =>
  pagesOf(['risk', 'list', JSON.stringify(asked)], (cursor, signal) =>
    take(api.GET('/v1/risk', { params: { query: asQuery<'risk.list'>({ ...asked, cursor }) }, signal })),
  );
export const riskLevelsQuery = () =>
  queryOptions({
    queryKey: ['risk', 'levels'],
    queryFn: ({ signal }) => take(api.GET('/v1/risk/levels', { signal })),
  });
export const riskQuery = (identity: string) =>
  queryOptions({
    queryKey: ['risk', 'of', identity],
    queryFn: ({ signal }) =>
      take(api.GET('/v1/identities/{identity}/risk', { params: { path: { identity } }, signal })),
  });
export const riskPolicyQuery = () =>
  queryOptions({
    queryKey: ['risk', 'policy'],
    queryFn: ({ signal }) => take(api.GET('/v1/risk/policy', { signal })),
  });
export const putRiskPolicy = (body: RiskPolicyBody) => take(api.POST('/v1/risk/policy', { body }));
export const lookForRisk = () => take(api.POST('/v1/risk/look'));
