import { queryOptions } from '@tanstack/react-query';
import { api, take } from './client.ts';
import { pagesOf } from './pages.ts';
import { asQuery } from './query.ts';

type Filter = Readonly<Record<string, string | undefined>>;

export const authorityQuery = () =>
  queryOptions({
    queryKey: ['ssh-ca'],
    queryFn: ({ signal }) => take(api.GET('/v1/ssh-ca', { signal })),
    refetchInterval: 5_000,
  });
export const certificateList = (filter: Filter = {}) =>
  pagesOf(
    ['ssh-certificates', filter],
    (cursor, signal) =>
      take(
        api.GET('/v1/ssh-certificates', {
          params: { query: asQuery<'sshCertificates.list'>({ ...filter, cursor }) },
          signal,
        }),
      ),
    5_000,
  );
export const revokeCertificate = (id: string) =>
  take(api.POST('/v1/ssh-certificates/{id}/revoke', { params: { path: { id } } }));

export const leaseList = (filter: Filter = {}) =>
  pagesOf(
    ['leases', 'all', filter],
    (cursor, signal) =>
      take(api.GET('/v1/leases', { params: { query: asQuery<'leases.list'>({ ...filter, cursor }) }, signal })),
    3_000,
  );
/** The asker's own: needs no role. */
export const myLeaseList = () =>
  pagesOf(
    ['leases', 'mine'],
    (cursor, signal) =>
      take(api.GET('/v1/me/leases', { params: { query: asQuery<'leases.listOwn'>({ cursor }) }, signal })),
    3_000,
  );
export const endLease = (id: string) => take(api.POST('/v1/leases/{id}/end', { params: { path: { id } } }));
