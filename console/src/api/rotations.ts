import { queryOptions } from '@tanstack/react-query';
import { api, take } from './client.ts';
import { pagesOf } from './pages.ts';
import { asQuery } from './query.ts';
import type { Item, Out } from './shapes/of-contract.ts';

export type BoardRotation = Item<'rotations.list'>;
export type RotationDetail = Out<'rotations.show'>;
export type RotationRun = Item<'rotationRuns.list'>;
export type RotationPolicy = Item<'rotationPolicies.list'>;
export type CredentialCheck = Item<'credentialChecks.list'>;
type Body<P extends keyof Bodies> = Bodies[P];
interface Bodies {
  readonly run: {
    readonly because: string;
    readonly systemId: string;
    readonly canary: number;
    readonly waveSize: number;
    readonly mayFail: number;
    readonly incident: boolean;
  };
  readonly policy: {
    readonly systemId?: string;
    readonly maxAgeDays: number | null;
    readonly maxUses: number | null;
    readonly checkEveryHours: number;
    readonly onDrift: 'repair' | 'report';
  };
}

/** Often: what is on the board moves. */
export const boardList = (filter: { readonly state?: string | undefined; readonly runId?: string | undefined }) =>
  pagesOf(
    ['rotations', 'board', filter],
    (cursor, signal) =>
      take(api.GET('/v1/rotations', { params: { query: asQuery<'rotations.list'>({ ...filter, cursor }) }, signal })),
    3_000,
  );
export const rotationQuery = (id: string) =>
  queryOptions({
    queryKey: ['rotations', 'one', id],
    queryFn: ({ signal }) => take(api.GET('/v1/rotations/{id}', { params: { path: { id } }, signal })),
    refetchInterval: (query) => (query.state.data?.endedAt === null ? 2_000 : false),
  });

export const runList = () =>
  pagesOf(
    ['rotation-runs'],
    (cursor, signal) =>
      take(api.GET('/v1/rotation-runs', { params: { query: asQuery<'rotationRuns.list'>({ cursor }) }, signal })),
    3_000,
  );
export const startRun = (body: Body<'run'>) => take(api.POST('/v1/rotation-runs', { body }));
export const resumeRun = (id: string) => take(api.POST('/v1/rotation-runs/{id}/resume', { params: { path: { id } } }));
export const cancelRun = (id: string) => take(api.POST('/v1/rotation-runs/{id}/cancel', { params: { path: { id } } }));

export const policiesQuery = queryOptions({
  queryKey: ['rotation-policies'],
  queryFn: ({ signal }) => take(api.GET('/v1/rotation-policies', { signal })),
});
export const setPolicy = (body: Body<'policy'>) => take(api.PUT('/v1/rotation-policies', { body }));
export const removePolicy = (id: string) =>
  take(api.DELETE('/v1/rotation-policies/{id}', { params: { path: { id } } }));

export const checkList = (state?: string) =>
  pagesOf(
    ['credential-checks', state],
    (cursor, signal) =>
      take(
        api.GET('/v1/credential-checks', {
          params: { query: asQuery<'credentialChecks.list'>({ state, cursor }) },
          signal,
        }),
      ),
    10_000,
  );
export const checkNow = (secretId: string) =>
  take(api.POST('/v1/vault/secrets/{id}/check', { params: { path: { id: secretId } } }));
