import {
  startAuthentication,
  startRegistration,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser';
import { queryOptions } from '@tanstack/react-query';
import { api, take } from './client.ts';
import type { Ceremony } from './paths.ts';

export const signinQuery = queryOptions({
  queryKey: ['signin'],
  queryFn: ({ signal }) => take(api.GET('/v1/signin', { signal })),
  staleTime: 60_000,
});

// The server makes the options with @simplewebauthn/server; the contract describes them as an open object.
const usePasskey = async (options: Ceremony): Promise<Ceremony> => ({
  ...(await startAuthentication({ optionsJSON: options as unknown as PublicKeyCredentialRequestOptionsJSON })),
});
const makePasskey = async (options: Ceremony): Promise<Ceremony> => ({
  ...(await startRegistration({ optionsJSON: options as unknown as PublicKeyCredentialCreationOptionsJSON })),
});

export const signInWithPasskey = async (): Promise<void> => {
  const { ceremonyId, options } = await take(api.POST('/v1/signin/passkey/options', { body: {} }));
  const response = await usePasskey(options);
  await take(api.POST('/v1/signin/passkey', { body: { ceremonyId, response } }));
};

export const signInWithPassword = async (body: { username: string; password: string; code: string }): Promise<void> => {
  await take(api.POST('/v1/signin/password', { body }));
};

export const signOut = async (): Promise<void> => {
  await take(api.POST('/v1/signin/end', { body: {} }));
};

/** Starts proving again who she is. `options` is null when she has no passkey and must give a code. */
export const beginStepUp = () => take(api.POST('/v1/signin/step-up/options', { body: {} }));
export const stepUpWithPasskey = async (ceremonyId: string, options: Ceremony): Promise<void> => {
  const response = await usePasskey(options);
  await take(api.POST('/v1/signin/step-up', { body: { ceremonyId, response } }));
};
export const stepUpWithCode = async (ceremonyId: string, code: string): Promise<void> => {
  await take(api.POST('/v1/signin/step-up', { body: { ceremonyId, code } }));
};

export interface FirstAdministrator {
  readonly token: string;
  readonly displayName: string;
  readonly username: string;
}
export const setUpWithPasskey = async (who: FirstAdministrator): Promise<void> => {
  const { ceremonyId, options } = await take(api.POST('/v1/setup/passkey/options', { body: who }));
  const response = await makePasskey(options);
  await take(api.POST('/v1/setup/passkey', { body: { token: who.token, ceremonyId, response } }));
};
export const setUpWithPassword = (who: FirstAdministrator & { readonly password: string }) =>
  take(api.POST('/v1/setup/password', { body: who }));
export const confirmSetupCode = async (body: { token: string; ceremonyId: string; code: string }): Promise<void> => {
  await take(api.POST('/v1/setup/totp', { body }));
};

export const addPasskey = async (name: string): Promise<void> => {
  const { ceremonyId, options } = await take(api.POST('/v1/passkeys/options', { body: {} }));
  const response = await makePasskey(options);
  await take(api.POST('/v1/passkeys', { body: { ceremonyId, name, response } }));
};
