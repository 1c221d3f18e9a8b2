import createClient from 'openapi-fetch';
import { ProblemError } from './errors.ts';
import type { paths } from './paths.ts';
import type { Problem } from './shapes/common.ts';

/** Asks the person to prove again who she is; true when she did. The shell sets it. */
type StepUp = (problem: Problem) => Promise<boolean>;
let stepUp: StepUp = () => Promise.resolve(false);
let signedOut: () => void = () => undefined;

export const onStepUp = (ask: StepUp): void => {
  stepUp = ask;
};
/** Called when the server no longer knows this sign-in. */
export const onSignedOut = (tell: () => void): void => {
  signedOut = tell;
};

/** The sign-in itself is missing or over; other 401s are about what was just typed. */
const over = new Set(['signin.required', 'signin.over', 'signin.malformed']);
const safe = new Set(['GET', 'HEAD', 'OPTIONS']);

/** crypto.randomUUID is missing on plain http other than localhost; random bytes are not. */
const freshKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/**
 * Every call of the console. Unsafe ones carry the header a form of another site cannot send and an idempotency key, so that
 * a retry after step-up, or of a lost answer, acts once.
 */
export const reeveFetch = async (request: Request): Promise<Response> => {
  if (!safe.has(request.method)) {
    request.headers.set('x-reeve-csrf', '1');
    if (!request.headers.has('idempotency-key')) request.headers.set('idempotency-key', freshKey());
  }
  const again = request.clone();
  const response = await fetch(request);
  if (response.status !== 401) return response;
  const problem = await readProblem(response.clone());
  if (problem.code === 'step_up.required') return (await stepUp(problem)) ? fetch(again) : response;
  if (over.has(problem.code ?? '')) signedOut();
  return response;
};

export const readProblem = async (response: Response): Promise<Problem> => {
  try {
    return (await response.json()) as Problem;
  } catch {
    return {};
  }
};

export const api = createClient<paths>({ baseUrl: globalThis.location?.origin ?? '', fetch: reeveFetch });

interface Answer<T> {
  readonly data?: T | undefined;
  readonly error?: unknown;
  readonly response: Response;
}

const isProblem = (value: unknown): value is Problem => typeof value === 'object' && value !== null;

/** The data of a call. Throws `ProblemError`, also when no server answered. */
export const take = async <T>(call: Promise<Answer<T>>): Promise<T> => {
  let answer: Answer<T>;
  try {
    answer = await call;
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw new ProblemError({ code: 'http.0' }, 0);
  }
  if (answer.response.ok) return answer.data ?? ({} as T);
  throw new ProblemError(isProblem(answer.error) ? answer.error : {}, answer.response.status);
};
