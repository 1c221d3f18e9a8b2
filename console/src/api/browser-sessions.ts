import { queryOptions } from '@tanstack/react-query';
import { api, take } from './client.ts';
import type { Out } from './shapes/of-contract.ts';

/** An account of a host somebody may open now, as far as grants go. */
export type OpenableAccount = Out<'sshGateway.show'>['accounts'][number];

/** What may be opened, and where the gateway is for people's own ssh. */
export const openableQuery = () =>
  queryOptions({
    queryKey: ['ssh-gateway'],
    queryFn: ({ signal }) => take(api.GET('/v1/ssh-gateway', { signal })),
  });

/** A key by which this browser opens an account, once, within a minute. */
export const askBrowserSession = (system: string, account: string) =>
  take(api.POST('/v1/browser-sessions', { body: { system, account } }));
