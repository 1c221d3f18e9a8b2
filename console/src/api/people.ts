import { queryOptions } from '@tanstack/react-query';
import { api, take } from './client.ts';
import { pagesOf } from './pages.ts';
import { asQuery } from './query.ts';

type Filter = Readonly<Record<string, string | boolean | undefined>>;

export const identityList = (filter: Filter) =>
  pagesOf(['identities', filter], (cursor, signal) =>
    take(
      api.GET('/v1/identities', { params: { query: asQuery<'graph.listIdentities'>({ ...filter, cursor }) }, signal }),
    ),
  );
export const identityQuery = (identity: string) =>
  queryOptions({
    queryKey: ['identities', identity],
    queryFn: ({ signal }) => take(api.GET('/v1/identities/{identity}', { params: { path: { identity } }, signal })),
  });
/** What an identity reaches, through grants and through holdings, with the paths. */
export const reachQuery = (identity: string) =>
  queryOptions({
    queryKey: ['identities', identity, 'reach'],
    queryFn: ({ signal }) =>
      take(api.GET('/v1/identities/{identity}/access', { params: { path: { identity } }, signal })),
    retry: false,
  });
/** Every way by which an identity reaches an entitlement, each back to what caused it. */
export const accessLineageQuery = (identity: string, entitlementId: string) =>
  queryOptions({
    queryKey: ['identities', identity, 'lineage', entitlementId],
    queryFn: ({ signal }) =>
      take(
        api.GET('/v1/identities/{identity}/access/lineage', {
          params: { path: { identity }, query: { entitlementId } },
          signal,
        }),
      ),
  });
export const makeEnrolmentLink = (id: string) =>
  take(api.POST('/v1/identities/{id}/enrolment', { params: { path: { id } } }));

/** Says whose several accounts are; `identity` is an id or a user name. */
export const assignAccounts = (ids: string[], identity: string, because: string) =>
  take(api.POST('/v1/accounts/assign', { body: { ids, identity, because } }));
/** Locks accounts of nobody on their systems, as a guarded change. */
export const lockOrphans = (ids: string[], because: string) =>
  take(api.POST('/v1/accounts/lock-orphans', { body: { ids, because } }));

export const accountList = (filter: Filter) =>
  pagesOf(['accounts', filter], (cursor, signal) =>
    take(api.GET('/v1/accounts', { params: { query: asQuery<'graph.listAccounts'>({ ...filter, cursor }) }, signal })),
  );

export const entitlementList = (filter: Filter) =>
  pagesOf(['entitlements', 'all', filter], (cursor, signal) =>
    take(
      api.GET('/v1/entitlements', {
        params: { query: asQuery<'graph.listEntitlements'>({ ...filter, cursor }) },
        signal,
      }),
    ),
  );
export const entitlementQuery = (id: string) =>
  queryOptions({
    queryKey: ['entitlements', 'one', id],
    queryFn: ({ signal }) => take(api.GET('/v1/entitlements/{id}', { params: { path: { id } }, signal })),
    retry: false,
  });

/** Grants of one identity. `live` asks for those that hold now; else all there ever were. */
export const grantList = (identityId: string, live: boolean) =>
  pagesOf(['grants', identityId, live], (cursor, signal) =>
    take(
      api.GET('/v1/grants', {
        params: {
          query: asQuery<'graph.listGrants'>({
            identityId,
            liveAt: live ? new Date().toISOString() : undefined,
            cursor,
          }),
        },
        signal,
      }),
    ),
  );
export const grantQuery = (id: string) =>
  queryOptions({
    queryKey: ['grants', 'one', id],
    queryFn: ({ signal }) => take(api.GET('/v1/grants/{id}', { params: { path: { id } }, signal })),
    retry: false,
  });
/** For the holder. */
export const giveBackGrant = (id: string) => take(api.POST('/v1/grants/{id}/give-back', { params: { path: { id } } }));
/** For those who run Reeve. */
export const endGrant = (id: string, because: string) =>
  take(api.POST('/v1/grants/{id}/end', { params: { path: { id } }, body: { because } }));

/** How far the targets are with what a grant wants of them. */
export const provisioningQuery = (grantId: string) =>
  queryOptions({
    queryKey: ['grants', grantId, 'provisioning'],
    queryFn: ({ signal }) => take(api.GET('/v1/provisioning', { params: { query: { grantId } }, signal })),
    retry: false,
  });
