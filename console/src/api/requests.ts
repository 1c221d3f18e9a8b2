import { queryOptions } from '@tanstack/react-query';
import { api, take } from './client.ts';
import { pagesOf } from './pages.ts';
import type { RequestLineInput } from './shapes/requests.ts';

export const requestList = (filter: { mine?: boolean; state?: string | undefined; search?: string | undefined }) =>
  pagesOf(['requests', 'list', filter], (cursor, signal) =>
    take(api.GET('/v1/requests', { params: { query: { ...filter, cursor } }, signal })),
  );

export const requestQuery = (id: string) =>
  queryOptions({
    queryKey: ['requests', id],
    queryFn: ({ signal }) => take(api.GET('/v1/requests/{id}', { params: { path: { id } }, signal })),
    // A request moves while somebody looks at it: approvals come in, access becomes real.
    refetchInterval: (query) =>
      query.state.data?.state === 'pending' ||
      query.state.data?.lines.some((line) => line.effect === 'pending') === true
        ? 2_000
        : false,
  });

/** What would happen, line by line, before anything is sent. */
export const previewQuery = (lines: RequestLineInput[]) =>
  queryOptions({
    queryKey: ['requests', 'preview', lines],
    queryFn: ({ signal }) => take(api.POST('/v1/requests/preview', { body: { lines }, signal })),
    enabled: lines.length > 0,
  });

export const submitRequest = (body: { lines: RequestLineInput[]; reason: string; ticket?: string | undefined }) =>
  take(api.POST('/v1/requests', { body }));
export const withdrawRequest = (id: string) =>
  take(api.POST('/v1/requests/{id}/withdraw', { params: { path: { id } }, body: {} }));

export const approvalList = (filter: { search?: string | undefined; risk?: string | undefined } = {}) =>
  pagesOf(
    ['approvals', filter],
    (cursor, signal) => take(api.GET('/v1/approvals', { params: { query: { ...filter, cursor } }, signal })),
    15_000,
  );
export const approveRequest = (id: string, comment?: string) =>
  take(
    api.POST('/v1/requests/{id}/approve', { params: { path: { id } }, body: comment === undefined ? {} : { comment } }),
  );
export const denyRequest = (id: string, reason: string) =>
  take(api.POST('/v1/requests/{id}/deny', { params: { path: { id } }, body: { reason } }));

/** How many decisions wait for the asker. Exact up to one page when the server does not count. */
export const approvalCountQuery = queryOptions({
  queryKey: ['approvals', 'count'],
  queryFn: async ({ signal }) => {
    const page = await take(api.GET('/v1/approvals', { params: { query: { limit: 100 } }, signal }));
    return page.total ?? page.items.length;
  },
  refetchInterval: 15_000,
});
