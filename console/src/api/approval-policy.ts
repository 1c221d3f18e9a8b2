import { queryOptions } from '@tanstack/react-query';
import { api, take } from './client.ts';
import { pagesOf } from './pages.ts';

export const approvalPolicyQuery = queryOptions({
  queryKey: ['approval-policy', 'in-force'],
  queryFn: ({ signal }) => take(api.GET('/v1/approval-policy', { signal })),
});
export const approvalPolicyVersions = () =>
  pagesOf(['approval-policy', 'versions'], (cursor, signal) =>
    take(
      api.GET('/v1/approval-policy/versions', {
        params: { query: cursor === undefined ? {} : { cursor } },
        signal,
      }),
    ),
  );
/** Replays the last requests under a draft. Changes nothing. */
export const tryApprovalPolicy = (body: { yaml: string; last: number }) =>
  take(api.POST('/v1/approval-policy/try', { body }));
export const changeApprovalPolicy = (body: { yaml: string; note: string; trial: string }) =>
  take(api.PUT('/v1/approval-policy', { body }));

/** Open requests under an older version, with what would become of each. */
export const reevaluationQuery = queryOptions({
  queryKey: ['approval-policy', 'reevaluation'],
  queryFn: ({ signal }) => take(api.POST('/v1/requests/reevaluation/preview', { body: {}, signal })),
});
export const reevaluate = (body: { ids: string[]; reason: string }) =>
  take(api.POST('/v1/requests/reevaluation', { body }));

export const deputyList = () => pagesOf(['deputies'], (_, signal) => take(api.GET('/v1/deputies', { signal })));
export const appointDeputy = (body: {
  deputy: string;
  startsAt?: string;
  endsAt: string;
  reason: string;
  systemIds?: string[];
  stepKinds?: ('manager' | 'owner' | 'role_owner' | 'system_owner' | 'named' | 'holders')[];
}) => take(api.POST('/v1/deputies', { body }));
export const endDeputy = (id: string) => take(api.POST('/v1/deputies/{id}/end', { params: { path: { id } } }));
