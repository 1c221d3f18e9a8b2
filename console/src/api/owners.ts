import { api, take } from './client.ts';
import { pagesOf } from './pages.ts';
import { asQuery } from './query.ts';

/** What somebody is asked to answer for, or all of it. */
export const handoverList = (filter: { readonly actingId?: string; readonly state?: string }) =>
  pagesOf(['handovers', filter], (cursor, signal) =>
    take(api.GET('/v1/handovers', { params: { query: asQuery<'handovers.list'>({ ...filter, cursor }) }, signal })),
  );
/** What lacks an owner who is here, an end, or somebody who accepted it. */
export const lackingList = () =>
  pagesOf(['handovers', 'lacking'], (cursor, signal) =>
    take(api.GET('/v1/lacking-identities', { params: { query: asQuery<'identities.lacking'>({ cursor }) }, signal })),
  );
export const acceptHandover = (id: string) => take(api.POST('/v1/handovers/{id}/accept', { params: { path: { id } } }));
export const passHandover = (id: string, to: string, because: string) =>
  take(api.POST('/v1/handovers/{id}/pass', { params: { path: { id } }, body: { to, because } }));
export const renewIdentity = (identity: string, until: string, because: string) =>
  take(api.POST('/v1/identities/{identity}/renew', { params: { path: { identity } }, body: { until, because } }));
export const setOwner = (identity: string, owner: string, because: string) =>
  take(api.PUT('/v1/identities/{identity}/owner', { params: { path: { identity } }, body: { owner, because } }));
export const suspendIdentity = (identity: string, because: string) =>
  take(api.POST('/v1/identities/{identity}/suspend', { params: { path: { identity } }, body: { because } }));
export const resumeIdentity = (identity: string, because: string) =>
  take(api.POST('/v1/identities/{identity}/resume', { params: { path: { identity } }, body: { because } }));
