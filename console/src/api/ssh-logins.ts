import { queryOptions } from '@tanstack/react-query';
import { api, take } from './client.ts';

/** The login that waits under the code a terminal shows; null: none does for this person. */
export const findSshLogin = (userCode: string) => take(api.POST('/v1/ssh-logins/find', { body: { userCode } }));
export type SshLogin = NonNullable<Awaited<ReturnType<typeof findSshLogin>>['login']>;

export const agreeToSshLogin = (id: string) =>
  take(api.POST('/v1/ssh-logins/{id}/agree', { params: { path: { id } } }));
export const denySshLogin = (id: string) => take(api.POST('/v1/ssh-logins/{id}/deny', { params: { path: { id } } }));

/** How people may sign in to the SSH gateway besides by certificate. */
export const sshLoginPolicyQuery = queryOptions({
  queryKey: ['ssh-login-policy'],
  queryFn: ({ signal }) => take(api.GET('/v1/ssh-login-policy', { signal })),
});
export const setSshLoginPolicy = (body: {
  readonly registeredKey: 'step_up' | 'alone' | 'refused';
  readonly withoutKey: boolean;
  readonly typedCode: boolean;
  readonly rememberMinutes: number;
  readonly keyDays: number;
}) => take(api.PUT('/v1/ssh-login-policy', { body }));
