import { queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import { api, take } from './client.ts';
import type { Me } from './shapes/people.ts';

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => take(api.GET('/v1/me', { signal })),
  staleTime: 60_000,
  retry: false,
});

/** The person signed in. Only inside the shell, which has loaded it. */
export const useMe = (): Me => useSuspenseQuery(meQuery).data;

/** Whether policy lets this person do `action` on anything at all. The server decides again for the thing itself. */
export const can = (me: Me, action: string): boolean => me.actions.includes(action);
