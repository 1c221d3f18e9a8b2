import { queryOptions } from '@tanstack/react-query';
import { api, take } from './client.ts';
import { pagesOf } from './pages.ts';

interface IdentityFilter {
  readonly search?: string | undefined;
  readonly state?: string | undefined;
  readonly kind?: string | undefined;
  readonly department?: string | undefined;
}
export const identityList = (filter: IdentityFilter) =>
  pagesOf(['identities', filter], (cursor, signal) =>
    take(api.GET('/v1/identities', { params: { query: { ...filter, cursor } }, signal })),
  );

export const identityQuery = (id: string) =>
  queryOptions({
    queryKey: ['identities', id],
    queryFn: ({ signal }) => take(api.GET('/v1/identities/{id}', { params: { path: { id } }, signal })),
  });
export const identityAccessQuery = (id: string) =>
  queryOptions({
    queryKey: ['identities', id, 'access'],
    queryFn: ({ signal }) => take(api.GET('/v1/identities/{id}/access', { params: { path: { id } }, signal })),
  });

export const systemList = (filter: { search?: string | undefined; kind?: string | undefined } = {}) =>
  pagesOf(['systems', filter], (cursor, signal) =>
    take(api.GET('/v1/systems', { params: { query: { ...filter, cursor } }, signal })),
  );

interface AccountFilter {
  readonly search?: string | undefined;
  readonly systemId?: string | undefined;
  readonly privileged?: boolean | undefined;
  readonly orphan?: boolean | undefined;
  readonly state?: string | undefined;
}
export const accountList = (filter: AccountFilter) =>
  pagesOf(['accounts', filter], (cursor, signal) =>
    take(api.GET('/v1/accounts', { params: { query: { ...filter, cursor } }, signal })),
  );

interface CatalogueFilter {
  readonly search?: string | undefined;
  readonly systemId?: string | undefined;
  readonly risk?: string | undefined;
}
/** What may be asked for. */
export const catalogueList = (filter: CatalogueFilter) =>
  pagesOf(['entitlements', filter], (cursor, signal) =>
    take(api.GET('/v1/entitlements', { params: { query: { ...filter, requestable: true, cursor } }, signal })),
  );

/** What the asker herself holds. */
export const myGrantList = (filter: { state?: string | undefined } = { state: 'live' }) =>
  pagesOf(['grants', 'mine', filter], (cursor, signal) =>
    take(api.GET('/v1/grants', { params: { query: { ...filter, mine: true, cursor } }, signal })),
  );
export const endGrant = (id: string, reason: string) =>
  take(api.POST('/v1/grants/{id}/end', { params: { path: { id } }, body: { reason } }));
