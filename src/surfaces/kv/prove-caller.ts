import type { FastifyRequest } from 'fastify';
import { AppError } from '#kit/errors/index.ts';
import type { Asker } from '#spine/operations/index.ts';
import { limitRate, type Proof } from '#surfaces/http/index.ts';

/** Wrong tokens an address may try in a minute. */
const WRONG_A_MINUTE = 60;

/**
 * Makes the proof of a call: an API token of Reeve in the header of the protocol or as a bearer token. A console's
 * cookie proves nothing here. Throws 403, as the protocol says, and 429 where somebody guesses.
 */
export function callerProver(
  authenticate: (proof: Proof) => Promise<Omit<Asker, 'trace'> | undefined>,
): (request: FastifyRequest) => Promise<Asker> {
  const mayFail = limitRate({ perMinute: WRONG_A_MINUTE });
  return async (request) => {
    const given = request.headers['x-vault-token'];
    const token =
      typeof given === 'string' ? given : /^Bearer ([\x21-\x7e]+)$/.exec(request.headers.authorization ?? '')?.[1];
    const proven =
      token === undefined || token === ''
        ? undefined
        : await authenticate({ cookie: undefined, token, address: request.ip });
    if (proven !== undefined) return { ...proven, trace: request.id };
    if (!mayFail(request.ip)) {
      throw new AppError({
        code: 'rate.limited',
        status: 429,
        detail: 'too many wrong tokens from this address',
        fix: 'wait a minute',
      });
    }
    throw new AppError({
      code: 'signin.over',
      status: 403,
      detail: 'permission denied: the token is missing, unknown, over or revoked',
      fix: 'make one with `reeve tokens create`',
    });
  };
}
