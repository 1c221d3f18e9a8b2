import { queryOptions } from '@tanstack/react-query';
import { api, take } from './client.ts';
import { pagesOf } from './pages.ts';
import { asQuery } from './query.ts';

type Filter = Readonly<Record<string, string | undefined>>;

export const privilegeList = (filter: Filter = {}) =>
  pagesOf(['privileges', 'list', filter], (cursor, signal) =>
    take(api.GET('/v1/privileges', { params: { query: asQuery<'privileges.list'>({ ...filter, cursor }) }, signal })),
  );
export const estateQuery = () =>
  queryOptions({
    queryKey: ['privileges', 'estate'],
    queryFn: ({ signal }) => take(api.GET('/v1/privileged-estate', { signal })),
  });
export const keyTrustQuery = () =>
  queryOptions({
    queryKey: ['privileges', 'keys'],
    queryFn: ({ signal }) => take(api.GET('/v1/ssh-key-trust', { signal })),
  });
export const outsideList = () =>
  pagesOf(['privileges', 'outside'], (cursor, signal) =>
    take(api.GET('/v1/outside-logons', { params: { query: asQuery<'privileges.outside'>({ cursor }) }, signal })),
  );
export const lookAt = (id: string) => take(api.POST('/v1/systems/{id}/look', { params: { path: { id } } }));

const path = (id: string) => ({ path: { id } });
export const ownPrivilege = (id: string, owner: string, because: string) =>
  take(api.POST('/v1/privileges/{id}/owner', { params: path(id), body: { owner, because } }));
export const acceptPrivilege = (id: string, because: string, until: string) =>
  take(api.POST('/v1/privileges/{id}/accept', { params: path(id), body: { because, until } }));
export const vaultPrivilege = (id: string, because: string) =>
  take(api.POST('/v1/privileges/{id}/vault', { params: path(id), body: { because } }));
export const timePrivilege = (id: string, because: string) =>
  take(api.POST('/v1/privileges/{id}/jit', { params: path(id), body: { because, hours: 8 } }));
export const removePrivilege = (id: string, because: string) =>
  take(api.POST('/v1/privileges/{id}/remove', { params: path(id), body: { because } }));
