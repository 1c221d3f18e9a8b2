import { queryOptions } from '@tanstack/react-query';
import { api, take } from './client.ts';
import { pagesOf } from './pages.ts';
import { asQuery } from './query.ts';
import type { paths } from './schema.gen.ts';
import type { Out, Query } from './shapes/of-contract.ts';

export type MiningStart = NonNullable<paths['/v1/role-mining']['post']['requestBody']>['content']['application/json'];
export type CandidateOrder = NonNullable<Query<'roleMining.candidates'>['order']>;

const SOON_MS = 1_000;

export const miningRunList = () =>
  pagesOf(
    ['role-mining', 'runs'],
    (cursor, signal) =>
      take(api.GET('/v1/role-mining', { params: { query: asQuery<'roleMining.list'>({ cursor }) }, signal })),
    3_000,
  );
export const startMining = (body: MiningStart) => take(api.POST('/v1/role-mining', { body }));
export const cancelMining = (id: string) => take(api.POST('/v1/role-mining/{id}/cancel', { params: { path: { id } } }));

const isUnderWay = (run: Out<'roleMining.show'> | undefined): boolean =>
  run?.state === 'waiting' || run?.state === 'running';

/** A look for roles; asked again each second while it is under way. */
export const miningRunQuery = (id: string) =>
  queryOptions({
    queryKey: ['role-mining', 'run', id],
    queryFn: ({ signal }) => take(api.GET('/v1/role-mining/{id}', { params: { path: { id } }, signal })),
    refetchInterval: (query) => (isUnderWay(query.state.data) ? SOON_MS : false),
  });
export const candidateList = (id: string, order: CandidateOrder) =>
  pagesOf(['role-mining', 'candidates', id, order], (cursor, signal) =>
    take(
      api.GET('/v1/role-mining/{id}/candidates', {
        params: { path: { id }, query: asQuery<'roleMining.candidates'>({ order, cursor }) },
        signal,
      }),
    ),
  );
export const outlierList = (id: string) =>
  pagesOf(['role-mining', 'outliers', id], (cursor, signal) =>
    take(
      api.GET('/v1/role-mining/{id}/outliers', {
        params: { path: { id }, query: asQuery<'roleMining.outliers'>({ cursor, limit: 20 }) },
        signal,
      }),
    ),
  );

/** Who of a candidate holds what of it. */
export const matrixQuery = (id: string) =>
  queryOptions({
    queryKey: ['role-mining', 'matrix', id],
    queryFn: ({ signal }) => take(api.GET('/v1/candidate-roles/{id}/matrix', { params: { path: { id } }, signal })),
  });
export const previewCandidate = (id: string) =>
  take(api.GET('/v1/candidate-roles/{id}/preview', { params: { path: { id } } }));
export const splitCandidate = (id: string) =>
  take(api.GET('/v1/candidate-roles/{id}/split', { params: { path: { id } } }));
export const draftCandidate = (id: string, name: string, split: boolean) =>
  take(api.POST('/v1/candidate-roles/{id}/draft', { params: { path: { id } }, body: { name, split } }));
export const applyCandidate = (id: string, because: string) =>
  take(api.POST('/v1/candidate-roles/{id}/apply', { params: { path: { id } }, body: { because } }));
