import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { JsonObject } from '#govern/scim/index.ts';
import type { Operator } from '#spine/operations/index.ts';
import type { Caller } from './prove-client.ts';
import { SCIM_JSON } from './send-error.ts';

/** What each route works with. */
export interface Surface {
  readonly scim: FastifyInstance;
  readonly operator: Operator;
  /** Where SCIM is, without a slash at the end. */
  readonly base: string;
  readonly callerOf: (request: FastifyRequest) => Caller;
}

export const PREFIX = '/scim/v2';

export const send = (reply: FastifyReply, status: number, document: JsonObject): FastifyReply =>
  reply.code(status).type(SCIM_JSON).send(JSON.stringify(document));

/** A path as clients write it: with and without a slash at its end, and some in lower case. */
export function spellings(path: string): string[] {
  const lower = path.replaceAll(/\/[A-Z]\w*/g, (segment) => segment.toLowerCase());
  return [...new Set([path, lower])].flatMap((p) => [p, `${p}/`]);
}
