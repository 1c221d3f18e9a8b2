import { queryOptions } from '@tanstack/react-query';
import { api, take } from './client.ts';

/** What I am eligible for, and what of it is active. */
export const eligibleQuery = queryOptions({
  queryKey: ['eligible'],
  queryFn: async ({ signal }) => (await take(api.GET('/v1/eligibilities', { signal }))).items,
  refetchInterval: 15_000,
});

export const activate = (body: { what: string; for: string; reason: string }) =>
  take(api.POST('/v1/activations', { body }));
