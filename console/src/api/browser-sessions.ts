import { queryOptions } from '@tanstack/react-query';
import { api, take } from './client.ts';
import type { Out } from './shapes/of-contract.ts';

/** An account of a host or database somebody may open now, as far as grants go. */
export type OpenableAccount = Out<'browserSessions.openable'>['items'][number];

/** What may be opened. */
export const openableQuery = () =>
  queryOptions({
    queryKey: ['openable-accounts'],
    queryFn: ({ signal }) => take(api.GET('/v1/me/openable-accounts', { signal })),
  });

/** A key by which this browser opens an account, once, within a minute. */
export const askBrowserSession = (system: string, account: string) =>
  take(api.POST('/v1/browser-sessions', { body: { system, account } }));
