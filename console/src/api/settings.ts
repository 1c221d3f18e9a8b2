import { api, take } from './client.ts';
import { pagesOf } from './pages.ts';

export const tokenList = () => pagesOf(['tokens'], (_, signal) => take(api.GET('/v1/tokens', { signal })));
export const makeToken = (body: { name: string; scopes: string[]; endsAt: string }) =>
  take(api.POST('/v1/tokens', { body }));
export const endToken = (id: string) => take(api.DELETE('/v1/tokens/{id}', { params: { path: { id } } }));

export const sshKeyList = () => pagesOf(['ssh-keys'], (_, signal) => take(api.GET('/v1/ssh-keys', { signal })));
export const addSshKey = (body: { name?: string; publicKey: string; days?: number }) =>
  take(api.POST('/v1/ssh-keys', { body }));
export const removeSshKey = (id: string) => take(api.DELETE('/v1/ssh-keys/{id}', { params: { path: { id } } }));

export const passkeyList = () => pagesOf(['passkeys'], (_, signal) => take(api.GET('/v1/passkeys', { signal })));
export const removePasskey = (id: string) => take(api.DELETE('/v1/passkeys/{id}', { params: { path: { id } } }));
