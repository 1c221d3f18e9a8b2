import { TOTP } from 'otpauth';

/** Speaks to a Reeve's API as one person. */
export interface Person {
  readonly identityId: string;
  readonly cookie: string;
  get<T = Record<string, unknown>>(path: string): Promise<T>;
  post<T = Record<string, unknown>>(path: string, body?: unknown): Promise<T>;
  put<T = Record<string, unknown>>(path: string, body?: unknown): Promise<T>;
  delete<T = Record<string, unknown>>(path: string): Promise<T>;
}

/** A refusal of the API as it came over the wire. */
export class Refused extends Error {
  readonly status: number;
  readonly problem: Readonly<Record<string, unknown>>;
  constructor(status: number, problem: Readonly<Record<string, unknown>>) {
    super(`${status} ${String(problem['code'])}: ${String(problem['detail'])}`);
    this.status = status;
    this.problem = problem;
  }
}

async function call(
  url: string,
  method: string,
  path: string,
  cookie: string | undefined,
  body: unknown,
): Promise<{ answer: unknown; cookie: string | undefined }> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      'x-reeve-csrf': '1',
      ...(cookie === undefined ? {} : { cookie: `reeve_session=${cookie}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    signal: AbortSignal.timeout(30_000),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').includes('json');
  const answer: unknown = isJson && text !== '' ? JSON.parse(text) : text;
  if (!response.ok) throw new Refused(response.status, answer as Record<string, unknown>);
  return { answer, cookie: /reeve_session=([^;]+)/.exec(response.headers.get('set-cookie') ?? '')?.[1] };
}

/** A person who holds a cookie. */
export const personOf = (url: string, identityId: string, cookie: string): Person => ({
  identityId,
  cookie,
  get: async <T>(path: string) => (await call(url, 'GET', path, cookie, undefined)).answer as T,
  post: async <T>(path: string, body: unknown = {}) => (await call(url, 'POST', path, cookie, body)).answer as T,
  put: async <T>(path: string, body: unknown = {}) => (await call(url, 'PUT', path, cookie, body)).answer as T,
  delete: async <T>(path: string) => (await call(url, 'DELETE', path, cookie, undefined)).answer as T,
});

/** Enrols somebody through a one-time link with password and one-time code, as the console would, and signs them in. */
export async function enrol(
  url: string,
  token: string,
  password: string,
  person?: { readonly username: string; readonly displayName: string },
): Promise<Person & { readonly totpSecret: string }> {
  const begun = (
    await call(url, 'POST', '/v1/enrolment/begin', undefined, { token, ...(person === undefined ? {} : { person }) })
  ).answer as { totpUri: string; identityId: string };
  const secret = /secret=([A-Z2-7]+)/.exec(begun.totpUri)?.[1] ?? '';
  const code = new TOTP({ secret, period: 30, digits: 6 }).generate();
  const finished = await call(url, 'POST', '/v1/enrolment/finish', undefined, { token, password: { password, code } });
  return { ...personOf(url, begun.identityId, finished.cookie ?? ''), totpSecret: secret };
}
