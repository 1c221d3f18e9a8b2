import { queryOptions } from '@tanstack/react-query';
import { api, take } from './client.ts';
import { asQuery } from './query.ts';
import type { Rekey } from './shapes/keys.ts';

/** Whether the vault is sealed: asked on every page, by everybody. */
export const sealQuery = queryOptions({
  queryKey: ['keys', 'seal'],
  queryFn: ({ signal }) => take(api.GET('/v1/vault/seal', { signal })),
  refetchInterval: 10_000,
  retry: false,
});
/** All that may be told of the keys; never a key. */
export const keysQuery = queryOptions({
  queryKey: ['keys', 'status'],
  queryFn: ({ signal }) => take(api.GET('/v1/vault/keys', { signal })),
  refetchInterval: 5_000,
});
export const sealVault = (because: string) => take(api.POST('/v1/vault/seal', { body: { because } }));
export const unsealVault = () => take(api.POST('/v1/vault/unseal', {}));
export const enterShare = (share: string) => take(api.POST('/v1/vault/shares/enter', { body: { share } }));
export const takeShare = () => take(api.POST('/v1/vault/shares/take', {}));
export const verifyVault = () => take(api.POST('/v1/vault/verify', {}));
export const rekeyVault = (body: Rekey) => take(api.POST('/v1/vault/rekey', { body }));
export const cancelRekey = () => take(api.POST('/v1/vault/rekey/cancel', { body: {} }));
/** People who could hold a share, by the beginning of their name. */
export const holdersToChoose = (search: string) =>
  queryOptions({
    queryKey: ['identities', 'holders', search],
    queryFn: ({ signal }) =>
      take(
        api.GET('/v1/identities', {
          params: {
            query: asQuery<'graph.listIdentities'>({
              kind: 'person',
              state: 'active',
              ...(search === '' ? {} : { search }),
            }),
          },
          signal,
        }),
      ),
  });
