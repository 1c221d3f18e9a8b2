import { infiniteQueryOptions } from '@tanstack/react-query';
import { api, take } from './client.ts';
import type { operations } from './schema.gen.ts';

/** What is looked for in sessions, and where. */
export interface SessionSearch {
  readonly words: string;
  readonly type?: NonNullable<
    NonNullable<operations['sessions.search']['requestBody']>['content']['application/json']['type']
  >;
}

/** What was run in sessions one may watch, newest first. Looking is recorded, so it is asked once for the same words. */
export const foundQuery = (search: SessionSearch) =>
  infiniteQueryOptions({
    queryKey: ['found in sessions', search],
    queryFn: ({ pageParam, signal }) =>
      take(
        api.POST('/v1/session-search', {
          body: { ...search, limit: 50, ...(pageParam === '' ? {} : { cursor: pageParam }) },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    enabled: search.words !== '',
    staleTime: Number.POSITIVE_INFINITY,
  });
