import { queryOptions } from '@tanstack/react-query';
import { api, take } from './client.ts';
import { pagesOf } from './pages.ts';
import type { paths } from './schema.gen.ts';

/** Reviewers of a campaign: how far they are, and how they decide. */
export const reviewerList = (id: string) =>
  pagesOf(['campaigns', id, 'reviewers'], (cursor, signal) =>
    take(
      api.GET('/v1/campaigns/{id}/reviewers', {
        params: { path: { id }, query: cursor === undefined ? {} : { cursor } },
        signal,
      }),
    ),
  );
/** Batches that looked as if nobody had looked. */
export const holdList = (id: string) =>
  pagesOf(['campaigns', id, 'holds'], (cursor, signal) =>
    take(
      api.GET('/v1/campaigns/{id}/holds', {
        params: { path: { id }, query: cursor === undefined ? {} : { cursor } },
        signal,
      }),
    ),
  );
/** How often what was recommended was decided otherwise; empty until the campaign is closed. */
export const adviceQuery = (id: string) =>
  queryOptions({
    queryKey: ['campaigns', id, 'advice'],
    queryFn: ({ signal }) => take(api.GET('/v1/campaigns/{id}/advice', { params: { path: { id } }, signal })),
  });
/** What would have failed without the access of an item. */
export const withoutQuery = (id: string) =>
  queryOptions({
    queryKey: ['items', id, 'without'],
    queryFn: ({ signal }) => take(api.GET('/v1/items/{id}/without', { params: { path: { id } }, signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });
/** Revocations of my access, or of what I answer for, that I may still answer. */
export const aboutMeQuery = () =>
  queryOptions({
    queryKey: ['campaigns', 'about-me'],
    queryFn: ({ signal }) => take(api.GET('/v1/items/about-me', { signal })),
  });

type Body<P extends keyof paths> = paths[P] extends {
  post: { requestBody: { content: { 'application/json': infer B } } };
}
  ? B
  : never;

export const reassignItems = (id: string, body: Body<'/v1/campaigns/{id}/reassign'>) =>
  take(api.POST('/v1/campaigns/{id}/reassign', { params: { path: { id } }, body }));
export const settleHold = (id: string, body: Body<'/v1/campaigns/{id}/settle-hold'>) =>
  take(api.POST('/v1/campaigns/{id}/settle-hold', { params: { path: { id } }, body }));
export const objectTo = (id: string, words: string) =>
  take(api.POST('/v1/items/{id}/object', { params: { path: { id } }, body: { words } }));
export const settleObjection = (id: string, outcome: 'uphold' | 'withdraw', because: string) =>
  take(api.POST('/v1/items/{id}/settle-objection', { params: { path: { id } }, body: { outcome, because } }));
