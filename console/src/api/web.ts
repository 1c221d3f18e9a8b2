import { queryOptions } from '@tanstack/react-query';
import { api, take } from './client.ts';
import type { Item, Out } from './shapes/of-contract.ts';

/** How a system is served as a web application; null: it is not. */
export type WebTerms = NonNullable<Out<'webTerms.show'>['terms']>;
/** What requests may not be on a web application, or of one account there. */
export type KeptRequestRules = Item<'requestRules.list'>;
export type RequestRules = Omit<KeptRequestRules, 'accountId' | 'accountName' | 'changedAt'>;

const of = (id: string) => ({ params: { path: { id } } });

export const webTermsQuery = (id: string) =>
  queryOptions({
    queryKey: ['systems', 'web-terms', id],
    queryFn: ({ signal }) => take(api.GET('/v1/systems/{id}/web-terms', { ...of(id), signal })),
    retry: false,
  });

export const setWebTerms = (id: string, terms: Omit<WebTerms, 'header'> & { readonly header?: string }) =>
  take(api.PUT('/v1/systems/{id}/web-terms', { ...of(id), body: terms }));

export const removeWebTerms = (id: string) => take(api.DELETE('/v1/systems/{id}/web-terms', of(id)));

export const requestRulesQuery = (id: string) =>
  queryOptions({
    queryKey: ['systems', 'request-rules', id],
    queryFn: ({ signal }) => take(api.GET('/v1/systems/{id}/request-rules', { ...of(id), signal })),
    retry: false,
  });

export const keepRequestRules = (id: string, accountId: string | null, rules: RequestRules) =>
  take(api.PUT('/v1/systems/{id}/request-rules', { ...of(id), body: { accountId, ...rules } }));

/** Whether I may open a system in a browser now, and as whom. */
export const webPlaceQuery = (system: string) =>
  queryOptions({
    queryKey: ['web-place', system],
    queryFn: ({ signal }) => take(api.GET('/v1/me/web-place', { params: { query: { system } }, signal })),
    retry: false,
  });

export const issueWebSignIn = (system: string, account: string) =>
  take(api.POST('/v1/web-sign-ins', { body: { system, account } }));
