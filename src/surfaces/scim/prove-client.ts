import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ProvenClient, ResourceKind, Scope } from '#govern/scim/index.ts';
import { AppError } from '#kit/errors/index.ts';
import type { Asker } from '#spine/operations/index.ts';
import { limitRate } from '#surfaces/http/index.ts';

/** Calls a directory may make in a minute; Entra ID makes at most 25 a second. */
const CALLS_A_MINUTE = 6_000;
/** Wrong tokens an address may try in a minute. */
const WRONG_A_MINUTE = 60;

/** A directory that proved itself, as a call of it is carried out. */
export interface Caller {
  readonly client: ProvenClient;
  readonly asker: Asker;
}

const tooMany = (detail: string): AppError =>
  new AppError({ code: 'rate.limited', status: 429, detail, fix: 'wait a minute' });

/**
 * Makes the proof of a call: a bearer token and nothing else (RFC 6750 §2.1); a console's cookie proves nothing here.
 * Throws 401, and 429 where a directory or a guesser calls too often.
 */
export function clientProver(
  authenticate: (token: string) => Promise<ProvenClient | undefined>,
): (request: FastifyRequest) => Promise<Caller> {
  const mayCall = limitRate({ perMinute: CALLS_A_MINUTE });
  const mayFail = limitRate({ perMinute: WRONG_A_MINUTE });
  return async (request) => {
    const token = /^Bearer +([\x21-\x7e]+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const client = token === undefined ? undefined : await authenticate(token);
    if (client === undefined) {
      if (!mayFail(request.ip)) throw tooMany('too many wrong tokens from this address');
      throw new AppError({
        code: 'scim.token_unknown',
        status: 401,
        detail: 'the token is missing, unknown, over or revoked',
        fix: 'make one with `reeve scim rotate`',
      });
    }
    if (!mayCall(client.clientId)) throw tooMany(`a client may make ${CALLS_A_MINUTE} calls a minute`);
    return {
      client,
      asker: {
        principal: { kind: 'identity', id: client.identityId },
        origin: { via: 'api', signinId: client.tokenId, address: request.ip },
        trace: String(request.id),
      },
    };
  };
}

/** Tells a client how to prove itself, and when to come back. */
export function helpHeaders(reply: FastifyReply, status: number): void {
  if (status === 401) reply.header('www-authenticate', 'Bearer realm="Reeve SCIM"');
  if (status === 429) reply.header('retry-after', '60');
}

const noun = (kind: ResourceKind): 'users' | 'groups' => (kind.name === 'User' ? 'users' : 'groups');

export const mayWrite = (scopes: readonly Scope[], kind: ResourceKind): boolean =>
  scopes.includes('write') || scopes.includes(`${noun(kind)}.write`);

/** Whoever may write a resource sees what came of it, so it reads too. */
export const mayRead = (scopes: readonly Scope[], kind: ResourceKind): boolean =>
  scopes.includes('read') || scopes.includes(`${noun(kind)}.read`) || mayWrite(scopes, kind);

export const outOfScope = (what: string): AppError =>
  new AppError({
    code: 'scim.out_of_scope',
    status: 403,
    detail: `this token may not ${what}`,
    fix: 'make a client with the scope for it',
  });
