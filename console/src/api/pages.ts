import {
  infiniteQueryOptions,
  keepPreviousData,
  useInfiniteQuery,
  type InfiniteData,
  type UseInfiniteQueryOptions,
} from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Page } from './shapes/common.ts';

type Cursor = string | undefined;
type Options<T> = UseInfiniteQueryOptions<Page<T>, Error, InfiniteData<Page<T>, Cursor>, readonly unknown[], Cursor>;

/** A list read page by page from the server's cursor. Old rows stay while a new filter loads. */
export const pagesOf = <T>(
  queryKey: readonly unknown[],
  read: (cursor: Cursor, signal: AbortSignal) => Promise<Page<T>>,
  refetchInterval?: number,
): Options<T> =>
  infiniteQueryOptions({
    queryKey,
    queryFn: ({ pageParam, signal }) => read(pageParam, signal),
    initialPageParam: undefined as Cursor,
    getNextPageParam: (last: Page<T>) => last.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    ...(refetchInterval === undefined ? {} : { refetchInterval }),
  });

/** What a table needs of a list. */
export interface Rows<T> {
  readonly rows: readonly T[];
  readonly total: number | undefined;
  readonly loading: boolean;
  readonly stale: boolean;
  readonly error: Error | null;
  readonly hasMore: boolean;
  readonly loadingMore: boolean;
  readonly more: () => void;
  readonly retry: () => void;
}

const none: readonly never[] = [];

export const useRows = <T>(options: Options<T>): Rows<T> => {
  const query = useInfiniteQuery(options);
  const pages = query.data?.pages;
  const rows = useMemo(() => (pages === undefined ? none : pages.flatMap((page) => page.items)), [pages]);
  return {
    rows,
    total: pages?.at(-1)?.total,
    loading: query.isPending,
    stale: query.isPlaceholderData,
    error: query.error,
    hasMore: query.hasNextPage,
    loadingMore: query.isFetchingNextPage,
    more: () => void query.fetchNextPage(),
    retry: () => void query.refetch(),
  };
};
