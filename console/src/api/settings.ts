import { queryOptions } from '@tanstack/react-query';
import { api, take } from './client.ts';
import { pagesOf } from './pages.ts';

export const tokenList = () =>
  pagesOf(['tokens'], (cursor, signal) => take(api.GET('/v1/tokens', { params: { query: { cursor } }, signal })));
export const makeToken = (body: { name: string; scopes: string[]; days: number }) =>
  take(api.POST('/v1/tokens', { body }));
export const endToken = (id: string) => take(api.DELETE('/v1/tokens/{id}', { params: { path: { id } } }));

export const sshKeyList = () =>
  pagesOf(['ssh-keys'], (cursor, signal) => take(api.GET('/v1/ssh-keys', { params: { query: { cursor } }, signal })));
export const addSshKey = (body: { name: string; publicKey: string }) => take(api.POST('/v1/ssh-keys', { body }));
export const removeSshKey = (id: string) => take(api.DELETE('/v1/ssh-keys/{id}', { params: { path: { id } } }));

export const passkeyList = () =>
  pagesOf(['passkeys'], (cursor, signal) => take(api.GET('/v1/passkeys', { params: { query: { cursor } }, signal })));
export const removePasskey = (id: string) => take(api.DELETE('/v1/passkeys/{id}', { params: { path: { id } } }));

export const totpQuery = queryOptions({
  queryKey: ['totp'],
  queryFn: ({ signal }) => take(api.GET('/v1/totp', { signal })),
});
export const beginTotp = () => take(api.POST('/v1/totp/begin', { body: {} }));
export const confirmTotp = (body: { ceremonyId: string; code: string }) => take(api.POST('/v1/totp', { body }));

export const policyList = () =>
  pagesOf(['policies'], (cursor, signal) => take(api.GET('/v1/policies', { params: { query: { cursor } }, signal })));
export const validatePolicy = (text: string) => take(api.POST('/v1/policies/validate', { body: { text } }));
export const dryRunPolicy = (text: string) => take(api.POST('/v1/policies/dry-run', { body: { text } }));
