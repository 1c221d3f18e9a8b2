import type { FastifyReply, FastifyRequest } from 'fastify';
import { asUnavailable } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import type { Log } from '#kit/log/index.ts';

/** Answers a refusal in the protocol's form: what may not be known of is denied, what is not there is an empty 404. */
export function sendError(log: Log, error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, errors } = bodyOf(asUnavailable(error));
  if (status >= 500)
    log.error('a call for a secret failed', {
      trace: request.id,
      method: request.method,
      route: request.routeOptions.url,
      error,
    });
  if (status === 429) reply.header('retry-after', '60');
  return reply.code(status).type('application/json').send(JSON.stringify({ errors }));
}

function bodyOf(error: unknown): { readonly status: number; readonly errors: readonly string[] } {
  if (error instanceof AppError) {
    if (error.code === 'policy.denied' || error.code === 'secret_folder.not_found')
      return { status: 403, errors: ['permission denied'] };
    if (error.code === 'secret.not_found') return { status: 404, errors: [] };
    if (error.code === 'secret.version_is_another')
      return { status: 400, errors: [`check-and-set parameter did not match the current version: ${error.message}`] };
    const status = error.status === 409 || error.status === 422 ? 400 : error.status;
    return {
      status,
      errors: [error.fix === undefined ? error.message : `${error.message}; ${error.fix} (${error.code})`],
    };
  }
  const status = (error as { statusCode?: number }).statusCode ?? 500;
  return status >= 400 && status < 500
    ? {
        status,
        errors: [status === 413 ? 'the body is too large' : 'the request cannot be read: is the body valid JSON?'],
      }
    : { status: 500, errors: ['internal error'] };
}
