import { existsSync } from 'node:fs';
import type { Socket } from 'node:net';
import fastifyCookie from '@fastify/cookie';
import fastifyStatic from '@fastify/static';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { asUnavailable } from '#kit/db/index.ts';
import { AppError, denied } from '#kit/errors/index.ts';
import { toProblem } from '#kit/http/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Log } from '#kit/log/index.ts';
import type { Asker, Operation, Operator, Registry } from '#spine/operations/index.ts';
import { queryCoercion } from './coerce-query.ts';
import { limitRate } from './limit-rate.ts';
import { givenTwice, readJson } from './read-json.ts';

/** What proves an asker: a console cookie or a bearer token, never both. */
export interface Proof {
  readonly cookie: string | undefined;
  readonly token: string | undefined;
  readonly address: string;
}

/** What the HTTP surface leans on; main.ts hands in the real ones. */
export interface HttpParts {
  readonly registry: Registry;
  readonly operator: Operator;
  readonly log: Log;
  /** Who holds this proof; undefined where it is unknown, over or revoked. */
  readonly authenticate: (proof: Proof) => Promise<Omit<Asker, 'trace'> | undefined>;
  readonly host: string;
  readonly port: number;
  /** Where people reach the console; decides whether cookies are Secure. */
  readonly publicUrl: string;
  /** Folder of the built console; absent: API only. */
  readonly consoleDir?: string;
  /** Mounts other protocols that are served from the same address, such as SCIM. */
  readonly mount?: (app: FastifyInstance) => Promise<void>;
  /** Answers what the HTTP parser could not read, where another protocol can; true when it did. */
  readonly answerUnread?: (app: FastifyInstance, raw: Buffer | undefined, socket: Socket) => boolean;
  /** Answers true when this node can serve. */
  readonly ready: () => Promise<boolean>;
}

export const SESSION_COOKIE = 'reeve_session';
const MAX_BODY = 1024 * 1024;

/** Starts the HTTP surface and returns its address and a stop that lets running calls finish (5 s at most). */
export async function serveHttp(parts: HttpParts): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const app: FastifyInstance = fastify({
    clientErrorHandler: (error, socket) => {
      const raw = error.rawPacket as unknown as Buffer | undefined;
      if (parts.answerUnread?.(app, raw, socket) === true) return;
      if (error.code !== 'ECONNRESET' && socket.writable)
        socket.write('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
      socket.destroy(error);
    },
    bodyLimit: MAX_BODY,
    routerOptions: { maxParamLength: 300 },
    trustProxy: false,
    forceCloseConnections: 'idle',
    requestTimeout: 30_000,
    genReqId: () => newId(),
    logger: false,
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, bytes: Buffer, done) => {
    try {
      // An empty body is no body: a POST that takes nothing may still say what it would have been.
      done(null, bytes.length === 0 ? undefined : readJson(bytes));
    } catch (error) {
      done(error as Error);
    }
  });
  await app.register(fastifyCookie);
  securityHeaders(app, parts.publicUrl);
  app.setErrorHandler((error, request, reply) => sendProblem(parts, error, request, reply));
  app.setNotFoundHandler((request, reply) => {
    const wantsPage = request.method === 'GET' && !request.url.startsWith('/v1/') && parts.consoleDir !== undefined;
    if (wantsPage && (request.headers.accept ?? '').includes('text/html')) return reply.sendFile('index.html');
    throw new AppError({
      code: 'route.not_found',
      status: 404,
      detail: `there is no ${request.method} ${request.url.split('?')[0]}`,
      fix: 'see /v1/openapi.json',
    });
  });

  app.get('/healthz', async () => ({ ok: true }));
  app.get('/readyz', async (_request, reply) => {
    const ok = await parts.ready();
    return reply.code(ok ? 200 : 503).send({ ok });
  });
  for (const operation of parts.registry.operations.values()) mount(app, parts, operation);
  await parts.mount?.(app);
  if (parts.consoleDir !== undefined && existsSync(parts.consoleDir)) {
    await app.register(fastifyStatic, {
      root: parts.consoleDir,
      preCompressed: true,
      cacheControl: false,
      // Assets carry a digest in their names; the page that names them must never be old.
      setHeaders: (response, path) => {
        const lasting = path.includes('/assets/');
        response.setHeader('cache-control', lasting ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  }
  const url = await app.listen({ host: parts.host, port: parts.port });
  return {
    url,
    stop: async () => {
      await Promise.race([app.close(), new Promise((done) => setTimeout(done, 5000).unref())]);
    },
  };
}

function mount(app: FastifyInstance, parts: HttpParts, operation: Operation): void {
  const coerce = queryCoercion(operation);
  const anonymous = operation.audience === 'anyone';
  const allow = anonymous && operation.kind === 'write' ? limitRate({ perMinute: 30 }) : undefined;
  const known = new Set(Object.keys(operation.input.shape));
  app.route({
    method: operation.method,
    url: operation.path.replaceAll(/\{(\w+)\}/g, ':$1'),
    ...(operation.maxBody === undefined ? {} : { bodyLimit: operation.maxBody }),
    // A large body is read only from somebody who is signed in.
    onRequest: async (request) => {
      if (operation.maxBody === undefined || anonymous) return;
      if ((await askerOf(parts, operation, request)).principal.kind === 'anonymous') throw signInFirst();
    },
    handler: async (request, reply) => {
      if (allow !== undefined && !allow(request.ip)) {
        throw new AppError({
          code: 'rate.limited',
          status: 429,
          detail: 'too many tries from this address',
          fix: 'wait a minute',
        });
      }
      const asker = await askerOf(parts, operation, request);
      const input = gather(request, operation, coerce);
      if (known.has('clientAddress') && anonymous) input['clientAddress'] = request.ip;
      const key = request.headers['idempotency-key'];
      const answer = await parts.operator.perform(operation, input, asker, {
        idempotencyKey: Array.isArray(key) ? key[0] : key,
      });
      if (answer.eventIds[0] !== undefined) reply.header('audit-event', answer.eventIds[0]);
      if (operation.media === BYTES) reply.header('content-disposition', 'attachment');
      return reply.type(operation.media ?? 'application/json').send(withCookie(parts, operation, reply, answer.output));
    },
  });
}

/** Somebody's bytes: never a page, whatever is in them. */
const BYTES = 'application/octet-stream';

const signInFirst = (): AppError =>
  new AppError({
    code: 'signin.required',
    status: 401,
    detail: 'sign in first',
    fix: 'reeve login, or open the console',
  });

/** Path, query and body fields as one input. A field given twice in different places is refused. */
function gather(
  request: FastifyRequest,
  operation: Operation,
  coerce: (query: Record<string, unknown>) => Record<string, unknown>,
): Record<string, unknown> {
  const body = request.body === undefined ? {} : request.body;
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new AppError({ code: 'input.not_an_object', status: 422, detail: `${operation.name} takes a JSON object` });
  }
  const places = [
    coerce(request.query as Record<string, unknown>),
    body as Record<string, unknown>,
    request.params as Record<string, unknown>,
  ];
  const input: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const place of places) {
    for (const [name, value] of Object.entries(place)) {
      if (name in input) throw givenTwice(`/${name}`);
      input[name] = value;
    }
  }
  return { ...input };
}

async function askerOf(parts: HttpParts, operation: Operation, request: FastifyRequest): Promise<Asker> {
  const trace = String(request.id);
  const bearer = /^Bearer ([\x21-\x7e]+)$/.exec(request.headers.authorization ?? '')?.[1];
  const cookie = request.cookies[SESSION_COOKIE];
  if (request.headers.authorization !== undefined && bearer === undefined) {
    throw new AppError({
      code: 'signin.malformed',
      status: 401,
      detail: 'the Authorization header is not a bearer token',
    });
  }
  if (
    bearer === undefined &&
    cookie !== undefined &&
    request.method !== 'GET' &&
    request.headers['x-reeve-csrf'] !== '1'
  ) {
    throw denied('csrf.header_missing', 'an unsafe call with the console cookie needs the header x-reeve-csrf: 1');
  }
  if (bearer !== undefined || cookie !== undefined) {
    const proven = await parts.authenticate({
      cookie: bearer === undefined ? cookie : undefined,
      token: bearer,
      address: request.ip,
    });
    if (proven !== undefined) return { ...proven, trace };
    if (operation.audience !== 'anyone') {
      throw new AppError({
        code: 'signin.over',
        status: 401,
        detail: 'this sign-in or token is unknown, over or revoked',
        fix: 'sign in again',
      });
    }
  }
  return { principal: { kind: 'anonymous', id: 'anonymous' }, origin: { via: 'api', address: request.ip }, trace };
}

function withCookie(parts: HttpParts, operation: Operation, reply: FastifyReply, output: unknown): unknown {
  const attributes = {
    httpOnly: true,
    sameSite: 'strict',
    secure: parts.publicUrl.startsWith('https:'),
    path: '/',
  } as const;
  if (operation.cookie === 'ends') reply.clearCookie(SESSION_COOKIE, attributes);
  if (operation.cookie === 'starts' && typeof output === 'object' && output !== null && 'sessionToken' in output) {
    const { sessionToken, ...rest } = output;
    if (typeof sessionToken === 'string') reply.setCookie(SESSION_COOKIE, sessionToken, attributes);
    return rest;
  }
  if (operation.media === undefined || typeof output !== 'string') return output;
  return Buffer.from(output, operation.media === BYTES ? 'base64' : 'utf8');
}

function sendProblem(parts: HttpParts, error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const trace = String(request.id);
  const shown = toAppError(asUnavailable(error), request.routeOptions.bodyLimit ?? MAX_BODY);
  const problem = toProblem(shown, trace);
  if (problem.status >= 500)
    parts.log.error('a call failed', { trace, method: request.method, route: request.routeOptions.url, error });
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer');
  if (problem.status === 429) reply.header('retry-after', '60');
  return reply.code(problem.status).type('application/problem+json').send(JSON.stringify(problem));
}

/** Fastify's own refusals (body too large, malformed JSON) in Reeve's words. */
function toAppError(error: unknown, mostBytes: number): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error;
  const status = (error as { statusCode?: number }).statusCode ?? 500;
  if (status < 400 || status >= 500) return error;
  const code = { 413: 'body.too_large', 415: 'body.not_json' }[status] ?? 'body.malformed';
  const detail =
    { 413: `the body is larger than ${mostBytes} bytes`, 415: 'send application/json' }[status] ??
    'the request cannot be read: is the body valid JSON?';
  return new AppError({ code, status, detail });
}

function securityHeaders(app: FastifyInstance, publicUrl: string): void {
  const policy = [
    "default-src 'none'",
    // The replay engine is WebAssembly.
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
  app.addHook('onSend', async (request, reply) => {
    reply.header('content-security-policy', policy);
    reply.header('x-content-type-options', 'nosniff');
    reply.header('referrer-policy', 'no-referrer');
    reply.header('cross-origin-opener-policy', 'same-origin');
    reply.header('cross-origin-resource-policy', 'same-origin');
    reply.header('permissions-policy', 'camera=(), geolocation=(), microphone=(), publickey-credentials-get=(self)');
    if (publicUrl.startsWith('https:')) reply.header('strict-transport-security', 'max-age=31536000');
    if (request.url.startsWith('/v1/')) reply.header('cache-control', 'no-store');
  });
}
