import { queryOptions } from '@tanstack/react-query';
import { api, take } from './client.ts';
import { pagesOf } from './pages.ts';

export const policyVersionList = () =>
  pagesOf(['policies', 'versions'], (_, signal) => take(api.GET('/v1/policies/versions', { signal })));
export const policyVersionQuery = (version: string) =>
  queryOptions({
    queryKey: ['policies', version],
    queryFn: ({ signal }) =>
      take(api.GET('/v1/policies/versions/{version}', { params: { path: { version } }, signal })),
  });
export const validatePolicies = (text: string) => take(api.POST('/v1/policies/validate', { body: { text } }));
export const draftPolicies = (body: { text: string; note: string }) =>
  take(api.POST('/v1/policies/versions', { body }));
/** Replays the decisions that were really made against this version. Changes nothing. */
export const dryRunPolicies = (version: string) =>
  take(api.POST('/v1/policies/versions/{version}/dry-run', { params: { path: { version } }, body: {} }));
export const publishPolicies = (version: string) =>
  take(api.POST('/v1/policies/versions/{version}/publish', { params: { path: { version } } }));
