import { queryOptions } from '@tanstack/react-query';
import { api, take } from './client.ts';
import { asQuery } from './query.ts';
import type { Cart, CartChange } from './shapes/requests.ts';

/** What somebody last put together and has not sent whole; null: there is none. */
export const cartQuery = queryOptions({
  queryKey: ['orders', 'cart'],
  queryFn: async ({ signal }): Promise<Cart | null> => {
    const query = asQuery<'orders.list'>({ state: 'draft', limit: 1 });
    const [last] = (await take(api.GET('/v1/request-orders', { params: { query }, signal }))).items;
    return last === undefined
      ? null
      : await take(api.GET('/v1/request-orders/{id}', { params: { path: { id: last.id } }, signal }));
  },
});
export const startCart = (body: CartChange): Promise<Cart> => take(api.POST('/v1/request-orders', { body }));
export const changeCart = (id: string, body: CartChange): Promise<Cart> =>
  take(api.PATCH('/v1/request-orders/{id}', { params: { path: { id } }, body }));
export const sendCart = (id: string) => take(api.POST('/v1/request-orders/{id}/submit', { params: { path: { id } } }));
export const discardCart = (id: string) => take(api.DELETE('/v1/request-orders/{id}', { params: { path: { id } } }));
/** Tells those who may grant exceptions from what keeps lines back. */
export const askExceptions = (id: string, reason: string) =>
  take(api.POST('/v1/request-orders/{id}/ask-exceptions', { params: { path: { id } }, body: { reason } }));
/** Takes back all of an order that is still to come. */
export const withdrawOrder = (id: string) =>
  take(api.POST('/v1/request-orders/{id}/withdraw', { params: { path: { id } } }));

/** What can be asked for: by words, by what a colleague has; with neither, what is recommended. */
export const offersQuery = (asked: { readonly text?: string; readonly like?: string }) =>
  queryOptions({
    queryKey: ['offers', asked],
    queryFn: ({ signal }) =>
      take(
        api.GET('/v1/request-offers', {
          params: { query: asQuery<'requests.find'>({ ...asked, limit: 100 }) },
          signal,
        }),
      ),
    retry: false,
  });

export const requestTermsQuery = queryOptions({
  queryKey: ['request-terms'],
  queryFn: ({ signal }) => take(api.GET('/v1/request-terms', { signal })),
  staleTime: 600_000,
});
