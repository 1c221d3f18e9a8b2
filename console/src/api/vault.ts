import { queryOptions } from '@tanstack/react-query';
import { api, take } from './client.ts';
import { pagesOf } from './pages.ts';
import type { NewTerms } from './shapes/vault.ts';

const whole = async <T>(answer: Promise<{ readonly items: readonly T[] }>) => ({
  items: [...(await answer).items],
  nextCursor: null,
});

/** What is out now, and with whom. */
export const outList = () =>
  pagesOf(['checkouts', 'all'], (_cursor, signal) => whole(take(api.GET('/v1/vault/checkouts', { signal }))), 10_000);
export const myOutQuery = () =>
  queryOptions({
    queryKey: ['checkouts', 'mine'],
    queryFn: ({ signal }) => take(api.GET('/v1/me/checkouts', { signal })),
    refetchInterval: 10_000,
  });
export const myAsksQuery = () =>
  queryOptions({
    queryKey: ['checkout-asks', 'mine'],
    queryFn: ({ signal }) => take(api.GET('/v1/me/checkout-asks', { signal })),
    refetchInterval: 5_000,
  });
export const askList = () =>
  pagesOf(['checkout-asks', 'all'], (_cursor, signal) => whole(take(api.GET('/v1/vault/asks', { signal }))), 5_000);
export const termsList = () =>
  pagesOf(['checkout-terms'], (_cursor, signal) => whole(take(api.GET('/v1/vault/terms', { signal }))));

export const setTerms = (body: NewTerms) => take(api.PUT('/v1/vault/terms', { body }));
export const askForSecond = (id: string, body: { reason: string; ticket?: string; seconds: number }) =>
  take(api.POST('/v1/vault/secrets/{id}/asks', { params: { path: { id } }, body }));
export const approveAsk = (id: string) => take(api.POST('/v1/vault/asks/{id}/approve', { params: { path: { id } } }));
export const denyAsk = (id: string, because: string) =>
  take(api.POST('/v1/vault/asks/{id}/deny', { params: { path: { id } }, body: { because } }));
export const showAgain = (id: string) => take(api.POST('/v1/vault/checkouts/{id}/show', { params: { path: { id } } }));
export const extendCheckout = (id: string, body: { seconds: number; reason: string }) =>
  take(api.POST('/v1/vault/checkouts/{id}/extend', { params: { path: { id } }, body }));
export const codeOf = (id: string, body: { reason?: string; ticket?: string }) =>
  take(api.POST('/v1/vault/secrets/{id}/code', { params: { path: { id } }, body }));
