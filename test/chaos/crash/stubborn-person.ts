import { randomUUID } from 'node:crypto';
import type { Person } from '#lab/reeve/person.ts';
import { Refused } from '#lab/reeve/person.ts';
import type { CrashingReeve } from './crashing-reeve.ts';

const LONGEST_MS = 240_000;

/**
 * Somebody whose calls outlive a crash: each unsafe call carries an Idempotency-Key and is said again, word for word,
 * until it is answered. Answered once means done once, whatever happened in between.
 */
export function stubborn(person: Person, house: CrashingReeve): Person {
  const say = async <T>(method: string, path: string, body: unknown): Promise<T> => {
    const key = randomUUID();
    const end = performance.now() + LONGEST_MS;
    for (;;) {
      await house.ready();
      try {
        return await once<T>(house.reeve.url, method, path, body, { cookie: person.cookie, key });
      } catch (error) {
        if (error instanceof Refused && error.status !== 503) throw error;
        if (performance.now() > end) throw error;
        // Killed under the call: the kill is noticed by whoever did it within moments.
        await new Promise((done) => setTimeout(done, 50));
      }
    }
  };
  return {
    identityId: person.identityId,
    cookie: person.cookie,
    get: (path) => say('GET', path, undefined),
    post: (path, body = {}) => say('POST', path, body),
    put: (path, body = {}) => say('PUT', path, body),
    delete: (path) => say('DELETE', path, undefined),
  };
}

async function once<T>(
  url: string,
  method: string,
  path: string,
  body: unknown,
  proof: { readonly cookie: string; readonly key: string },
): Promise<T> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      'x-reeve-csrf': '1',
      cookie: `reeve_session=${proof.cookie}`,
      ...(method === 'GET' ? {} : { 'idempotency-key': proof.key }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    signal: AbortSignal.timeout(30_000),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').includes('json');
  const answer: unknown = isJson && text !== '' ? JSON.parse(text) : text;
  if (!response.ok) throw new Refused(response.status, answer as Record<string, unknown>);
  return answer as T;
}
