import { queryOptions } from '@tanstack/react-query';
import { api, take } from './client.ts';
import type { Out } from './shapes/of-contract.ts';

export type Isolation = Out<'isolation.show'>;

/** How a system is closed to everybody but the gateways. Looked at again while a proof is awaited. */
export const isolationQuery = (systemId: string) =>
  queryOptions({
    queryKey: ['systems', 'isolation', systemId],
    queryFn: ({ signal }) =>
      take(api.GET('/v1/systems/{systemId}/isolation', { params: { path: { systemId } }, signal })),
    retry: false,
    refetchInterval: (query) => (query.state.data?.proof.state === 'asked' ? 1_000 : false),
  });

export interface SaidIsolation {
  readonly gateways: string[];
  readonly exemptions: string[];
  readonly everySeconds: number;
}

export const setIsolation = (systemId: string, said: SaidIsolation) =>
  take(api.PUT('/v1/systems/{systemId}/isolation', { params: { path: { systemId } }, body: said }));

export const proveIsolation = (systemId: string) =>
  take(api.POST('/v1/systems/{systemId}/isolation/proof', { params: { path: { systemId } }, body: {} }));
