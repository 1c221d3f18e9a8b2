import { queryOptions } from '@tanstack/react-query';
import { api, take } from './client.ts';
import { pagesOf } from './pages.ts';

interface EventFilter {
  readonly search?: string | undefined;
  readonly type?: string | undefined;
  readonly actor?: string | undefined;
  readonly subject?: string | undefined;
  readonly outcome?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}
export const eventList = (filter: EventFilter) =>
  pagesOf(['audit', 'list', filter], (cursor, signal) =>
    take(api.GET('/v1/audit/events', { params: { query: { ...filter, cursor } }, signal })),
  );

export const eventQuery = (id: string) =>
  queryOptions({
    queryKey: ['audit', id],
    queryFn: ({ signal }) => take(api.GET('/v1/audit/events/{id}', { params: { path: { id } }, signal })),
  });

export const fetchProof = (id: string) => take(api.GET('/v1/audit/events/{id}/proof', { params: { path: { id } } }));
