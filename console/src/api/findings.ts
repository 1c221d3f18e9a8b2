import { queryOptions } from '@tanstack/react-query';
import { api, take } from './client.ts';
import { pagesOf } from './pages.ts';
import { asQuery } from './query.ts';

type Filter = Readonly<Record<string, string | undefined>>;

export const findingList = (filter: Filter = {}) =>
  pagesOf(['findings', 'list', filter], (cursor, signal) =>
    take(api.GET('/v1/findings', { params: { query: asQuery<'findings.list'>({ ...filter, cursor }) }, signal })),
  );
export const estateQuery = () =>
  queryOptions({
    queryKey: ['findings', 'estate'],
    queryFn: ({ signal }) => take(api.GET('/v1/privileged-estate', { signal })),
  });
export const keyTrustQuery = () =>
  queryOptions({
    queryKey: ['findings', 'keys'],
    queryFn: ({ signal }) => take(api.GET('/v1/ssh-key-trust', { signal })),
  });
export const outsideList = () =>
  pagesOf(['findings', 'outside'], (cursor, signal) =>
    take(api.GET('/v1/outside-logons', { params: { query: asQuery<'discovery.outside'>({ cursor }) }, signal })),
  );
/** `whole`: also what did not change since the last look. */
export const lookAt = (id: string, whole: boolean) =>
  take(api.POST('/v1/systems/{id}/look', { params: { path: { id } }, body: { whole } }));

const path = (id: string) => ({ path: { id } });
export const ownFinding = (id: string, owner: string, because: string) =>
  take(api.POST('/v1/findings/{id}/owner', { params: path(id), body: { owner, because } }));
export const acceptFinding = (id: string, because: string, until: string) =>
  take(api.POST('/v1/findings/{id}/accept', { params: path(id), body: { because, until } }));
export const vaultFinding = (id: string, because: string) =>
  take(api.POST('/v1/findings/{id}/vault', { params: path(id), body: { because } }));
export const timeFinding = (id: string, because: string) =>
  take(api.POST('/v1/findings/{id}/jit', { params: path(id), body: { because, hours: 8 } }));
export const removeFinding = (id: string, because: string) =>
  take(api.POST('/v1/findings/{id}/remove', { params: path(id), body: { because } }));
