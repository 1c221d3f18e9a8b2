import { queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import { api, take } from './client.ts';
import type { Me } from './shapes/people.ts';

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }): Promise<Me> => take(api.GET('/v1/me', { signal })),
  staleTime: 60_000,
  retry: false,
});

/** The person signed in. Only inside the shell, which has loaded it. */
export const useMe = (): Me => useSuspenseQuery(meQuery).data;

/**
 * Whether to offer this person `action`. Where the server does not say what it would allow, whoever holds an admin role is
 * offered everything: a refusal names the policy, a hidden button explains nothing. The server decides in any case.
 */
export const can = (me: Me, action: string): boolean => me.actions?.includes(action) ?? me.roles.length > 0;
