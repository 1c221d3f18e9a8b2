import { queryOptions } from '@tanstack/react-query';
import { api, take } from './client.ts';
import { pagesOf } from './pages.ts';
import { asQuery } from './query.ts';

type Filter = Readonly<Record<string, string | undefined>>;

export const requestList = (filter: Filter) =>
  pagesOf(['requests', 'list', filter], (cursor, signal) =>
    take(api.GET('/v1/requests', { params: { query: asQuery<'requests.list'>({ ...filter, cursor }) }, signal })),
  );

export const requestQuery = (id: string) =>
  queryOptions({
    queryKey: ['requests', id],
    queryFn: ({ signal }) => take(api.GET('/v1/requests/{id}', { params: { path: { id } }, signal })),
    // A request moves while somebody looks at it: approvals come in, access becomes real.
    refetchInterval: ({ state: { data } }) =>
      data?.state === 'pending' ||
      data?.lines.some(({ effect }) => effect === 'pending' || effect === 'withdrawing') === true
        ? 2_000
        : false,
  });

/** Nudges whoever the open step waits for. */
export const remindRequest = (id: string) => take(api.POST('/v1/requests/{id}/remind', { params: { path: { id } } }));
/** All that is still to come of a request, or only these lines of it. */
export const withdrawRequest = (id: string, lineIds?: string[]) =>
  take(
    api.POST('/v1/requests/{id}/withdraw', {
      params: { path: { id } },
      body: lineIds === undefined ? {} : { lineIds },
    }),
  );
export const commentOnRequest = (id: string, text: string) =>
  take(api.POST('/v1/requests/{id}/comments', { params: { path: { id } }, body: { text } }));
/** More time with what somebody has: another grant beside it, approved anew. */
export const extendGrant = (id: string, seconds: number, reason: string) =>
  take(api.POST('/v1/grants/{id}/extend', { params: { path: { id } }, body: { seconds, reason } }));
/** One's own ends at once; another's is decided first. */
export const askRemoval = (id: string, reason: string) =>
  take(api.POST('/v1/grants/{id}/ask-removal', { params: { path: { id } }, body: { reason } }));

export const approvalList = () =>
  pagesOf(
    ['approvals', 'list'],
    (cursor, signal) =>
      take(api.GET('/v1/approvals', { params: { query: asQuery<'approvals.list'>({ cursor }) }, signal })),
    15_000,
  );
/** How many decisions wait for the asker. */
export const approvalCountQuery = queryOptions({
  queryKey: ['approvals', 'count'],
  queryFn: async ({ signal }) =>
    (await take(api.GET('/v1/approvals', { params: { query: { limit: 1 } }, signal }))).total,
  refetchInterval: 15_000,
});
/** What to know before deciding, line by line. */
export const requestEvidenceQuery = (id: string) =>
  queryOptions({
    queryKey: ['requests', id, 'evidence'],
    queryFn: async ({ signal }) =>
      (await take(api.GET('/v1/requests/{id}/evidence', { params: { path: { id } }, signal }))).items,
    retry: false,
  });
export const approveRequest = (id: string, comment?: string) =>
  take(
    api.POST('/v1/requests/{id}/approve', { params: { path: { id } }, body: comment === undefined ? {} : { comment } }),
  );
export const denyRequest = (id: string, reason: string) =>
  take(api.POST('/v1/requests/{id}/deny', { params: { path: { id } }, body: { reason } }));
