import { ServerResponse, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { WebSocketServer, type WebSocket } from 'ws';
import { newId } from '#kit/ids/index.ts';
import type { Asker } from '#spine/operations/index.ts';
import { SESSION_COOKIE } from '#surfaces/http/index.ts';
import type { BrowserParts } from './port.ts';
import { serveBrowser } from './serve-browser.ts';

/** Where browsers connect. */
const PATH = '/v1/browser-sessions/connect';
/** One message: what a paste is cut into, with room. */
const MOST_BYTES = 256 * 1024;
/** Connections one person may have. */
const EACH = 32;

/**
 * Takes WebSockets of the console on the address of the API. Only a page of the console's own origin, with the cookie of
 * a sign-in that holds, is answered; what it may open is said by the key it shows first.
 */
export const mountBrowser =
  (parts: BrowserParts) =>
  (app: FastifyInstance): void => {
    const sockets = new WebSocketServer({ noServer: true, maxPayload: MOST_BYTES, perMessageDeflate: false });
    const own = new URL(parts.publicUrl).origin;
    const open = new Map<string, number>();
    const count = (id: string, by: number): void => {
      const now = (open.get(id) ?? 0) + by;
      if (now > 0) open.set(id, now);
      else open.delete(id);
    };

    const upgrade = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
      if (request.headers.origin !== own)
        return refuse(socket, 403, 'browser_session.foreign_origin', `only pages of ${own} may connect`);
      const cookie = cookieOf(request.headers.cookie);
      const address = request.socket.remoteAddress ?? '';
      const proven = cookie === undefined ? undefined : await parts.authenticate({ cookie, token: undefined, address });
      if (cookie === undefined || proven === undefined) return refuse(socket, 401, 'signin.required', 'sign in first');
      const asker: Asker = { ...proven, trace: newId() };
      if ((open.get(asker.principal.id) ?? 0) >= EACH)
        return refuse(socket, 429, 'browser_session.too_many', `you have ${EACH} connections open; close some first`);
      if (socket.destroyed) return;
      sockets.handleUpgrade(request, socket, head, (ws: WebSocket) => {
        count(asker.principal.id, 1);
        ws.once('close', () => count(asker.principal.id, -1));
        ws.on('error', () => ws.terminate());
        serveBrowser(parts, ws, { asker, again: () => parts.authenticate({ cookie, token: undefined, address }) });
      });
    };

    app.server.on('upgrade', (request, socket, head) => {
      socket.on('error', () => socket.destroy());
      if (request.headers.upgrade?.toLowerCase() !== 'websocket') return answerPlainly(app, request, socket, head);
      if (request.method !== 'GET' || request.url !== PATH)
        return refuse(socket, 404, 'route.not_found', 'no WebSocket is served here');
      upgrade(request, socket, head).catch((error: unknown) => {
        parts.log.error('a browser could not connect', { error });
        refuse(socket, 503, 'browser_session.failed', 'Reeve could not answer just now; try again in a moment');
      });
    });
    app.addHook('preClose', (done) => {
      for (const ws of sockets.clients) ws.close(1001, 'Reeve is stopping');
      setTimeout(() => {
        for (const ws of sockets.clients) ws.terminate();
      }, 500).unref();
      done();
    });
  };

/** The value of the console's cookie; two of that name prove nothing. */
function cookieOf(header: string | undefined): string | undefined {
  const values = (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${SESSION_COOKIE}=`))
    .map((pair) => pair.slice(SESSION_COOKIE.length + 1));
  return values.length === 1 && /^[\x21-\x7e]+$/.test(values[0] ?? '') ? values[0] : undefined;
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  429: 'Too Many Requests',
  503: 'Service Unavailable',
};

function refuse(socket: Duplex, status: number, code: string, detail: string): void {
  if (socket.destroyed) return;
  const body = JSON.stringify({ status, code, detail });
  socket.end(
    `HTTP/1.1 ${status} ${TITLES[status] ?? ''}\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\ncache-control: no-store\r\nconnection: close\r\n\r\n${body}`,
  );
  setTimeout(() => socket.destroy(), 1_000).unref();
}

/**
 * Some clients offer another protocol with an ordinary call (`Upgrade: h2c`) and go on without when it is not taken. Node
 * hands all of those over once somebody takes WebSockets; a call without a body is answered as it would have been.
 */
function answerPlainly(app: FastifyInstance, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const hasBody = request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length']) > 0;
  if (hasBody || head.length > 0)
    return refuse(socket, 400, 'http.upgrade_with_body', 'send this call without the header Upgrade');
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket as Parameters<ServerResponse['assignSocket']>[0]);
  response.once('finish', () => socket.end());
  app.server.emit('request', request, response);
}
