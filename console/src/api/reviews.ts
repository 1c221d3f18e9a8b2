import { queryOptions } from '@tanstack/react-query';
import { api, take } from './client.ts';
import { pagesOf } from './pages.ts';
import { asQuery } from './query.ts';
import type { paths } from './schema.gen.ts';

export type ReviewPolicyBody = paths['/v1/review-policy']['post']['requestBody']['content']['application/json'];
export type ScheduleBody = paths['/v1/campaign-schedules']['post']['requestBody']['content']['application/json'];

/** What a revocation of an item would really end. */
export const itemActionsQuery = (id: string) =>
  queryOptions({
    queryKey: ['campaigns', 'actions', id],
    queryFn: ({ signal }) => take(api.GET('/v1/items/{id}/actions', { params: { path: { id } }, signal })),
  });
export const chooseAction = (id: string, action: 'person' | 'role') =>
  take(api.POST('/v1/items/{id}/choose', { params: { path: { id } }, body: { action } }));
export const nameOwner = (id: string, body: { readonly identity: string; readonly because: string }) =>
  take(api.POST('/v1/items/{id}/owner', { params: { path: { id } }, body }));

export const reviewPolicyQuery = () =>
  queryOptions({
    queryKey: ['reviews', 'policy'],
    queryFn: ({ signal }) => take(api.GET('/v1/review-policy', { signal })),
  });
export const putReviewPolicy = (body: ReviewPolicyBody) => take(api.POST('/v1/review-policy', { body }));
export const clockCountsQuery = () =>
  queryOptions({
    queryKey: ['reviews', 'clock', 'counts'],
    queryFn: ({ signal }) => take(api.GET('/v1/reviews/clock/counts', { signal })),
  });
export const clockList = (state: string | undefined) =>
  pagesOf(['reviews', 'clock', state ?? ''], (cursor, signal) =>
    take(api.GET('/v1/reviews/clock', { params: { query: asQuery<'reviews.clock'>({ state, cursor }) }, signal })),
  );
export const schedulesQuery = () =>
  queryOptions({
    queryKey: ['reviews', 'schedules'],
    queryFn: ({ signal }) => take(api.GET('/v1/campaign-schedules', { signal })),
  });
export const makeSchedule = (body: ScheduleBody) => take(api.POST('/v1/campaign-schedules', { body }));
export const stopSchedule = (id: string) =>
  take(api.POST('/v1/campaign-schedules/{id}/stop', { params: { path: { id } } }));
