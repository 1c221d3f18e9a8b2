import { queryOptions } from '@tanstack/react-query';
import { api, take } from './client.ts';
import { pagesOf } from './pages.ts';
import { asQuery } from './query.ts';

export const sourcesQuery = queryOptions({
  queryKey: ['sources'],
  queryFn: ({ signal }) => take(api.GET('/v1/sources', { signal })),
});
/** Deliveries of one source, newest first. */
export const feedRunList = (source: string, state: string | undefined) =>
  pagesOf(
    ['feed-runs', source, state],
    (cursor, signal) =>
      take(
        api.GET('/v1/sources/{source}/runs', {
          params: { path: { source }, query: asQuery<'sources.runs'>({ state, cursor }) },
          signal,
        }),
      ),
    5_000,
  );
/** What a delivery would change, or has changed, row by row. */
export const feedPlanList = (id: string) =>
  pagesOf(['feed-runs', 'plan', id], (cursor, signal) =>
    take(
      api.GET('/v1/runs/{id}/plan', { params: { path: { id }, query: asQuery<'sources.plan'>({ cursor }) }, signal }),
    ),
  );
export const acceptRun = (id: string, because: string) =>
  take(api.POST('/v1/runs/{id}/accept', { params: { path: { id } }, body: { because } }));
export const declineRun = (id: string, because: string) =>
  take(api.POST('/v1/runs/{id}/decline', { params: { path: { id } }, body: { because } }));
export const deliverFeed = (source: string, content: string) =>
  take(api.POST('/v1/sources/{source}/feeds', { params: { path: { source } }, body: { content } }));
