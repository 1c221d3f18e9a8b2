import type { FastifyRequest } from 'fastify';
import { holdsNothing, type TokenHolder } from '#guard/vault/kv/index.ts';
import { AppError } from '#kit/errors/index.ts';
import type { Asker } from '#spine/operations/index.ts';
import { limitRate, type Proof } from '#surfaces/http/index.ts';

/** Wrong tokens an address may try in a minute. */
const WRONG_A_MINUTE = 60;

/**
 * The proof of calls: an API token of Reeve in the header of the protocol or as a bearer token. A console's cookie
 * proves nothing here. Both ways throw 403, as the protocol says, and 429 where somebody guesses.
 */
interface CallerProver {
  /** Proves the token before anything else is done. */
  prove(request: FastifyRequest): Promise<Asker>;
  /** The token, for what proves it together with the rest and throws `signin.over`. */
  holderOf(request: FastifyRequest): TokenHolder;
  /** What came of it, as this caller is told. */
  refusalOf(request: FastifyRequest, error: unknown): unknown;
}

export function callerProver(authenticate: (proof: Proof) => Promise<Omit<Asker, 'trace'> | undefined>): CallerProver {
  const mayFail = limitRate({ perMinute: WRONG_A_MINUTE });
  const refuse = (request: FastifyRequest): AppError =>
    mayFail(request.ip)
      ? holdsNothing()
      : new AppError({
          code: 'rate.limited',
          status: 429,
          detail: 'too many wrong tokens from this address',
          fix: 'wait a minute',
        });
  return {
    prove: async (request) => {
      const token = tokenOf(request);
      const proven =
        token === undefined ? undefined : await authenticate({ cookie: undefined, token, address: request.ip });
      if (proven === undefined) throw refuse(request);
      return { ...proven, trace: request.id };
    },
    holderOf: (request) => {
      const token = tokenOf(request);
      if (token === undefined) throw refuse(request);
      return { token, address: request.ip, trace: request.id };
    },
    refusalOf: (request, error) =>
      error instanceof AppError && error.code === holdsNothing().code ? refuse(request) : error,
  };
}

function tokenOf({ headers }: FastifyRequest): string | undefined {
  const given = headers['x-vault-token'];
  const token = typeof given === 'string' ? given : /^Bearer ([\x21-\x7e]+)$/.exec(headers.authorization ?? '')?.[1];
  return token === '' ? undefined : token;
}
