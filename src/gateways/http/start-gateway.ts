import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createHttpsServer, type Server } from 'node:https';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { AppError } from '#kit/errors/index.ts';
import { ConnectionLimits, listen } from '#kit/door/index.ts';
import type { WebGatewayPorts } from '../port.ts';
import { answerOwn, answerOwnRaw } from './answer.ts';
import { newMetrics, type HttpGatewayMetrics } from './metrics.ts';
import { DEFAULT_LIMITS, type HttpGatewayOptions } from './options.ts';
import { loopbackRanges } from './relay/judge-address.ts';
import { serveRequest, serveUpgrade } from './serve-request.ts';
import type { ServeDeps } from './sign-in/whose-session.ts';
import { SignedIn } from './sign-in/signed-in.ts';

export interface HttpGateway {
  /** Where it listens. */
  readonly address: AddressInfo;
  readonly metrics: Readonly<HttpGatewayMetrics>;
  /** Takes no more connections, gives requests `drainMs` to end by themselves, then ends all sessions. */
  stop(drainMs: number): Promise<void>;
}

/**
 * Starts the gateway for web applications. Throws AppError `http_gateway.certificate` for a key and certificate it cannot
 * use, `http_gateway.domain` for a domain that is the console's, and `http_gateway.listen` when the address cannot be had.
 */
export async function startHttpGateway(options: HttpGatewayOptions, ports: WebGatewayPorts): Promise<HttpGateway> {
  const { log } = ports;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const metrics = newMetrics();
  const domain = options.domain.toLowerCase();
  refuseDomain(domain, options.consoleUrl);
  const signedIn = new SignedIn();
  const doors = new ConnectionLimits(limits);
  const passes = new Map<string, (identityId: string) => boolean>();
  const connections = new Set<Socket>();
  const server = strictServer(options, limits.headersMs);
  // Node begins to look after slow headers when a server listens, and here the door does that
  server.emit('listening');
  const listensOn = (): number => (door.address() as AddressInfo).port;
  const deps = (): ServeDeps => ({
    ports,
    log,
    metrics,
    limits,
    signedIn,
    own: {
      loopback: loopbackRanges(options.allowLoopback ?? []),
      ownPorts: new Set([...(options.ownPorts ?? []), listensOn()]),
    },
    place: { domain, ports: [options.publicPort ?? listensOn(), listensOn()] },
    consoleUrl: options.consoleUrl,
    gone: (session, sentence) => signedIn.forget(session, sentence),
    loggedIn: ({ socket }, identityId) => passes.get(peerOf(socket))?.(identityId) === true,
  });
  let ready: ServeDeps | undefined;
  const serving = (): ServeDeps => (ready ??= deps());

  const fault = (error: unknown): void => log.error('http: a request ended by a fault', { error });
  const sentence = 'Reeve could not serve this request.';
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    serveRequest(request, response, serving()).catch((error: unknown) => {
      fault(error);
      answerOwn(request.rawHeaders, response, { status: 502, code: 'web.fault', sentence });
    });
  };
  server.on('request', serve);
  server.on('checkContinue', serve);
  server.on('checkExpectation', (request, response) =>
    answerOwn(request.rawHeaders, response, {
      status: 400,
      code: 'web.request_broken',
      sentence: 'Reeve expects nothing but 100-continue.',
    }),
  );
  server.on('upgrade', (request, client: Duplex, head) => {
    serveUpgrade(request, client, head, serving()).catch((error: unknown) => {
      fault(error);
      answerOwnRaw(request.rawHeaders, client, { status: 502, code: 'web.fault', sentence });
    });
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    metrics.protocolViolations += 1;
    log.debug('http: connection dropped', { error: error.code ?? error.message });
    if (!socket.writable || socket.destroyed) return void socket.destroy();
    socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    setTimeout(() => socket.destroy(), 500).unref();
  });
  server.on('tlsClientError', (_error, socket) => socket.destroy());

  const door = createServer({ noDelay: true, keepAlive: true }, (socket) => {
    const pass = doors.enter(socket.remoteAddress ?? '', () => {
      metrics.refusedForLoad += 1;
      socket.destroy();
    });
    if (pass === undefined) {
      metrics.refusedForLoad += 1;
      socket.destroy();
      return;
    }
    metrics.connections += 1;
    metrics.connectionsOpen += 1;
    connections.add(socket);
    const late = setTimeout(() => socket.destroy(), limits.loginMs);
    const peer = peerOf(socket);
    passes.set(peer, (identityId) => {
      clearTimeout(late);
      return pass.loggedIn(identityId);
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      clearTimeout(late);
      pass.left();
      passes.delete(peer);
      connections.delete(socket);
      metrics.connectionsOpen -= 1;
    });
    server.emit('connection', socket);
  });
  await listen(door, options, { who: 'the gateway for web applications', code: 'http_gateway.listen' });
  door.on('error', (error) => log.error('http: listener error', { error: error.message }));

  const stop = async (drainMs: number): Promise<void> => {
    const closed = new Promise<void>((resolve) => door.close(() => resolve()));
    const end = performance.now() + drainMs;
    while (metrics.requestsOpen + metrics.webSocketsOpen > 0 && performance.now() < end)
      await new Promise((resolve) => setTimeout(resolve, 20));
    const sessions = [...signedIn.sessions];
    for (const session of sessions)
      session.end('the gateway stopped', 'the gateway is stopping; sign in again in a moment');
    await Promise.all(sessions.map((session) => session.done));
    for (const socket of connections) socket.destroy();
    server.close();
    await closed;
  };
  return { address: door.address() as AddressInfo, metrics, stop };
}

/** A connection has one peer, and the peer's port is its own for as long as it lasts. */
const peerOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress ?? ''} ${String(remotePort)}`;

/** Node's server with nothing of its leniency. */
function strictServer({ key, certificate }: HttpGatewayOptions, headersMs: number): Server {
  try {
    return createHttpsServer({
      key,
      cert: certificate,
      minVersion: 'TLSv1.2',
      ALPNProtocols: ['http/1.1'],
      insecureHTTPParser: false,
      requireHostHeader: true,
      joinDuplicateHeaders: false,
      maxHeaderSize: 32 * 1024,
      headersTimeout: headersMs,
      connectionsCheckingInterval: headersMs,
      // an upload takes as long as it takes; who sends nothing is held to the session's end
      requestTimeout: 0,
      keepAliveTimeout: 65_000,
      noDelay: true,
    });
  } catch {
    throw new AppError({
      code: 'http_gateway.certificate',
      status: 500,
      detail: 'the key and certificate of the gateway for web applications cannot be used',
      fix: 'give it a PEM key without passphrase and the certificate of that key, for every name below web_domain',
    });
  }
}

/** Applications behind the gateway are not Reeve: their pages must not share an origin, nor cookies by name, with its console. */
function refuseDomain(domain: string, consoleUrl: string): void {
  const { hostname } = new URL(consoleUrl);
  if (hostname !== domain && !hostname.endsWith(`.${domain}`)) return;
  throw new AppError({
    code: 'http_gateway.domain',
    status: 500,
    detail: `the console is at ${hostname}, below ${domain}, where applications are served`,
    fix: 'choose a web_domain of which public_url is no part',
  });
}
