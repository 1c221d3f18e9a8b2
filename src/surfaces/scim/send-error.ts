import type { FastifyReply, FastifyRequest } from 'fastify';
import { errorBody, scimErrorOf, type ScimError } from '#govern/scim/index.ts';
import { asUnavailable } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import type { Log } from '#kit/log/index.ts';
import { helpHeaders } from './prove-client.ts';

export const SCIM_JSON = 'application/scim+json; charset=utf-8';

/** Answers any refusal or fault in SCIM's form (RFC 7644 §3.12). A fault says nothing of its cause. */
export function sendError(log: Log, error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const body = bodyOf(asUnavailable(error), request);
  const status = Number(body.status);
  if (status >= 500 && status !== 501)
    log.error('a SCIM call failed', {
      trace: String(request.id),
      method: request.method,
      route: request.routeOptions.url,
      error,
    });
  helpHeaders(reply, status);
  return reply.code(status).type(SCIM_JSON).send(JSON.stringify(body));
}

function bodyOf(error: unknown, request: FastifyRequest): ScimError {
  if (error instanceof AppError) return scimErrorOf(error);
  const status = (error as { statusCode?: number }).statusCode ?? 500;
  if (status === 413) return errorBody(413, `the body is larger than ${request.routeOptions.bodyLimit ?? 0} bytes`);
  if (status === 415) return errorBody(415, 'send application/scim+json');
  if (status >= 400 && status < 500) return errorBody(400, 'the request cannot be read', 'invalidSyntax');
  return errorBody(
    500,
    `Reeve met a fault of its own; nothing was changed. Look for trace ${String(request.id)} in the log`,
  );
}
