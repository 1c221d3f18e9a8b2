import { api, take } from './client.ts';
import { pagesOf } from './pages.ts';
import { asQuery } from './query.ts';

export const eventList = (filter: Readonly<Record<string, string | undefined>>) =>
  pagesOf(['audit', filter], (cursor, signal) =>
    take(api.GET('/v1/audit/events', { params: { query: asQuery<'audit.list'>({ ...filter, cursor }) }, signal })),
  );

/** The event with its personal fields in clear. The log tells that somebody looked. */
export const openEvent = (id: string) => take(api.GET('/v1/audit/events/{id}/opened', { params: { path: { id } } }));
export const fetchProof = (id: string) => take(api.GET('/v1/audit/events/{id}/proof', { params: { path: { id } } }));
export const fetchLogKey = () => take(api.GET('/v1/audit/key'));
