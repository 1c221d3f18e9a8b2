import { queryOptions } from '@tanstack/react-query';
import { api, take } from './client.ts';
import { pagesOf } from './pages.ts';
import { asQuery } from './query.ts';

type Filters = Readonly<Record<string, string | undefined>>;

/** What followed from joining, moving and leaving. */
export const receiptList = (filters: Filters) =>
  pagesOf(
    ['receipts', filters],
    (cursor, signal) =>
      take(
        api.GET('/v1/receipts', {
          params: {
            query: asQuery<'receipts.list'>({ what: filters['what'], identityId: filters['identityId'], cursor }),
          },
          signal,
        }),
      ),
    5_000,
  );
export const receiptQuery = (id: string) =>
  queryOptions({
    queryKey: ['receipts', 'one', id],
    queryFn: ({ signal }) => take(api.GET('/v1/receipts/{id}', { params: { path: { id } }, signal })),
    refetchInterval: (query) => ((query.state.data?.open ?? 0) > 0 ? 3_000 : false),
  });
export const finishLeaving = (id: string, because: string) =>
  take(api.POST('/v1/identities/{id}/finish-leaving', { params: { path: { id } }, body: { because } }));
