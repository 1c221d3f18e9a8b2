import {
  startAuthentication,
  startRegistration,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser';
import { queryOptions } from '@tanstack/react-query';
import { api, take } from './client.ts';

export const signinQuery = queryOptions({
  queryKey: ['signin'],
  queryFn: ({ signal }) => take(api.GET('/v1/signin', { signal })),
  staleTime: 60_000,
});

// The server makes these options with @simplewebauthn/server; the contract does not spell them out.
const usePasskey = async (options: unknown): Promise<Record<string, unknown>> => ({
  ...(await startAuthentication({ optionsJSON: options as PublicKeyCredentialRequestOptionsJSON })),
});
const makePasskey = async (options: unknown): Promise<Record<string, unknown>> => ({
  ...(await startRegistration({ optionsJSON: options as PublicKeyCredentialCreationOptionsJSON })),
});

export const signInWithPasskey = async (): Promise<void> => {
  const { challengeId, options } = await take(api.POST('/v1/signin/passkey/options'));
  const response = await usePasskey(options);
  await take(api.POST('/v1/signin/passkey', { body: { challengeId, response } }));
};

export const signInWithPassword = async (body: { username: string; password: string; code: string }): Promise<void> => {
  await take(api.POST('/v1/signin/password', { body }));
};

export const signOut = async (): Promise<void> => {
  await take(api.POST('/v1/signin/out', { body: {} }));
};

/** Starts proving again who she is, for one act on one thing. `options` is null when she must give a code. */
export const beginStepUp = (wanted: { readonly action: string; readonly resource_id: string }, byCode: boolean) =>
  take(
    api.POST('/v1/signin/step-up/options', {
      body: { action: wanted.action, resourceId: wanted.resource_id, byCode },
    }),
  );
export const stepUpWithPasskey = async (challengeId: string, options: unknown): Promise<void> => {
  const response = await usePasskey(options);
  await take(api.POST('/v1/signin/step-up', { body: { challengeId, response } }));
};
export const stepUpWithCode = async (challengeId: string, code: string): Promise<void> => {
  await take(api.POST('/v1/signin/step-up', { body: { challengeId, code } }));
};

/** Opens a one-time link. `person` only for the first administrator, whom nothing knows yet. */
export const beginEnrolment = (body: { token: string; person?: { username: string; displayName: string } }) =>
  take(api.POST('/v1/enrolment/begin', { body }));
export const enrolPasskey = async (
  token: string,
  challengeId: string,
  options: unknown,
  name: string,
  alsoSecurityOfficer: boolean,
): Promise<void> => {
  const response = await makePasskey(options);
  await take(
    api.POST('/v1/enrolment/finish', {
      body: { token, passkey: { challengeId, response, name }, alsoSecurityOfficer },
    }),
  );
};
export const enrolPassword = async (
  token: string,
  password: string,
  code: string,
  alsoSecurityOfficer: boolean,
): Promise<void> => {
  await take(api.POST('/v1/enrolment/finish', { body: { token, password: { password, code }, alsoSecurityOfficer } }));
};

export const addPasskey = async (name: string): Promise<void> => {
  const { challengeId, options } = await take(api.POST('/v1/passkeys/options'));
  const response = await makePasskey(options);
  await take(api.POST('/v1/passkeys', { body: { challengeId, name, response } }));
};

/** The command line that waits under a code. */
export const deviceLoginQuery = (userCode: string) =>
  queryOptions({
    queryKey: ['device-login', userCode],
    queryFn: ({ signal }) => take(api.GET('/v1/device-login/{userCode}', { params: { path: { userCode } }, signal })),
    enabled: userCode.length >= 4,
    retry: false,
  });
export const decideDeviceLogin = (userCode: string, approve: boolean) =>
  take(api.POST('/v1/device-login/{userCode}/decide', { params: { path: { userCode } }, body: { approve } }));
