import { queryOptions } from '@tanstack/react-query';
import { api, take } from './client.ts';
import { pagesOf } from './pages.ts';

export const emergencyPathsQuery = queryOptions({
  queryKey: ['emergency', 'paths'],
  queryFn: async ({ signal }) => (await take(api.GET('/v1/emergency-paths', { signal }))).items,
  refetchInterval: 30_000,
});
export const emergencyUses = (scope: 'review' | 'mine' | 'all') =>
  pagesOf(
    ['emergency', 'uses', scope],
    (cursor, signal) =>
      take(
        api.GET('/v1/emergency-uses', {
          params: { query: { scope, ...(cursor === undefined ? {} : { cursor }) } },
          signal,
        }),
      ),
    30_000,
  );
export const emergencyUseQuery = (id: string) =>
  queryOptions({
    queryKey: ['emergency', 'use', id],
    queryFn: ({ signal }) => take(api.GET('/v1/emergency-uses/{id}', { params: { path: { id } }, signal })),
    refetchInterval: ({ state: { data } }) => (data?.endedAt === null ? 5_000 : false),
  });

export const takeEmergencyAccess = (id: string, body: { reason: string; minutes: number }) =>
  take(api.POST('/v1/emergency-paths/{id}/use', { params: { path: { id } }, body }));
export const reviewEmergencyUse = (id: string, body: { verdict: 'justified' | 'not_justified'; comment: string }) =>
  take(api.POST('/v1/emergency-uses/{id}/review', { params: { path: { id } }, body }));
export const openEmergencyPath = (id: string, reason: string) =>
  take(api.POST('/v1/emergency-paths/{id}/open', { params: { path: { id } }, body: { reason } }));
export const closeEmergencyPath = (id: string) =>
  take(api.DELETE('/v1/emergency-paths/{id}', { params: { path: { id } } }));
export const defineEmergencyPath = (body: {
  name: string;
  purpose: string;
  what: string;
  users: string[];
  usersHold?: string;
  reviewers: string[];
  longestMinutes: number;
  reviewWithinHours: number;
}) => take(api.POST('/v1/emergency-paths', { body }));
