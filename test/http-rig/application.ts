import { createHash } from 'node:crypto';
import {
  createServer as createPlain,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { selfSigned } from '#kit/crypto/index.ts';

/** A request as the application got it. */
export interface Got {
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: readonly string[];
  body: string;
}

/** A real web application: whatever its path says it does, it does. It keeps what it was asked. */
export interface Application {
  readonly port: number;
  readonly pin: string;
  readonly certificate: string;
  readonly got: Got[];
  /** Answers by path besides those there are. */
  readonly more: Map<string, RequestListener>;
  /** Raw words for `/raw`, in the place of an answer. */
  raw: string;
  readonly sockets: ReadonlySet<Socket>;
  close(): Promise<void>;
}

export const BIG = Buffer.alloc(50 * 1024 * 1024, 'The quick brown fox jumps over the lazy dog.\n');
const TEXT = 'Larkspur & Sons, est. 1884 — häuser\n'.repeat(200);
const ETAG = '"larkspur-1"';

export const headerOf = (got: Got | undefined, name: string): string[] =>
  (got?.rawHeaders ?? []).filter((_, at, all) => at % 2 === 1 && all[at - 1]?.toLowerCase() === name);

/** Starts it on loopback, over TLS unless told otherwise. */
export async function startApplication(how: { readonly tls?: boolean } = {}): Promise<Application> {
  const tls = selfSigned({ names: ['localhost', '127.0.0.1'], from: new Date(Date.now() - 60_000), days: 1 });
  const got: Got[] = [];
  const more = new Map<string, RequestListener>();
  const sockets = new Set<Socket>();
  const state = { raw: '' };
  const serve: RequestListener = (request, response) => {
    const one: Got = { method: request.method ?? '', url: request.url ?? '', rawHeaders: request.rawHeaders, body: '' };
    got.push(one);
    const path = one.url.split('?')[0] ?? '';
    const other = more.get(path);
    if (other !== undefined) return void other(request, response);
    if (path === '/raw') return void request.socket.end(Buffer.from(state.raw, 'latin1'));
    if (path === '/no-thanks') {
      response.writeHead(413, { 'content-length': '3' });
      return void response.end('no\n');
    }
    answer(path, one, request, response);
  };
  const server = how.tls === false ? createPlain(serve) : createServer({ key: tls.key, cert: tls.certificate }, serve);
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if (request.url !== '/no-thanks') response.writeContinue();
    serve(request, response);
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    got.push({ method: 'GET', url: request.url ?? '', rawHeaders: request.rawHeaders, body: '' });
    socket.on('error', () => {});
    if (request.url === '/ws-never') return void socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 5\r\n\r\nnever');
    if (request.url === '/ws-short')
      return void socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 50\r\n\r\nshort');
    const key = request.url === '/ws-lies' ? 'another key' : (request.headers['sec-websocket-key'] ?? '');
    const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    echoFrames(socket, head);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { X509Certificate } = await import('node:crypto');
  return {
    port: (server.address() as AddressInfo).port,
    pin: how.tls === false ? 'tls:none' : `tls-sha256:${new X509Certificate(tls.certificate).fingerprint256}`,
    certificate: tls.certificate,
    got,
    more,
    get raw() {
      return state.raw;
    },
    set raw(words: string) {
      state.raw = words;
    },
    sockets,
    close: async () => {
      server.closeAllConnections();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(path: string, one: Got, request: IncomingMessage, response: ServerResponse): void {
  if (path === '/text') return void response.setHeader('content-length', Buffer.byteLength(TEXT)).end(TEXT);
  if (path === '/gzip')
    return void response
      .setHeader('content-encoding', 'gzip')
      .setHeader('content-type', 'text/plain; charset=utf-8')
      .end(gzipSync(TEXT));
  if (path === '/etag') {
    response.setHeader('etag', ETAG);
    if (request.headers['if-none-match'] === ETAG) return void response.writeHead(304).end();
    return void response.end('fresh\n');
  }
  if (path === '/big') return big(request, response);
  if (path === '/chunks') {
    response.write('one\n');
    return void setImmediate(() => {
      response.write('two\n');
      response.end('three\n');
    });
  }
  if (path === '/events') {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: begun\n\n');
    const timer = setInterval(() => response.write('data: tick\n\n'), 20);
    return void response.on('close', () => clearInterval(timer));
  }
  if (path === '/odd')
    return void response.writeHead(299, 'Rather Odd', ['X-Two', 'a', 'X-Two', 'b', 'x-MiXeD', 'Q']).end();
  const digest = createHash('sha256');
  let size = 0;
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => {
    digest.update(part);
    size += part.length;
    if (size < 100_000) parts.push(part);
  });
  request.on('end', () => {
    one.body = Buffer.concat(parts).toString('latin1');
    const body = JSON.stringify({ method: one.method, url: one.url, size, sha256: digest.digest('hex') });
    response.writeHead(path === '/not-there' ? 404 : 200, { 'content-type': 'application/json' });
    response.end(request.method === 'HEAD' ? undefined : body);
  });
}

function big(request: IncomingMessage, response: ServerResponse): void {
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
  if (from === undefined || to === undefined) return void response.setHeader('content-length', BIG.length).end(BIG);
  const part = BIG.subarray(Number(from), Number(to) + 1);
  response.writeHead(206, { 'content-range': `bytes ${from}-${to}/${BIG.length}`, 'content-length': part.length });
  response.end(part);
}

/** Sends every frame back as it came, unmasked. */
function echoFrames(socket: Duplex, head: Buffer): void {
  let waiting = head;
  const take = (chunk: Buffer): void => {
    waiting = Buffer.concat([waiting, chunk]);
    for (;;) {
      if (waiting.length < 2) return;
      const short = (waiting[1] ?? 0) & 0x7f;
      const begins = 2 + (short === 126 ? 2 : short === 127 ? 8 : 0);
      if (waiting.length < begins + 4) return;
      const size = short === 126 ? waiting.readUInt16BE(2) : short === 127 ? Number(waiting.readBigUInt64BE(2)) : short;
      const mask = waiting.subarray(begins, begins + 4);
      const ends = begins + 4 + size;
      if (waiting.length < ends) return;
      const data = Buffer.from(waiting.subarray(begins + 4, ends));
      for (let at = 0; at < data.length; at += 1) data[at] = (data[at] ?? 0) ^ (mask[at & 3] ?? 0);
      const first = waiting.subarray(0, 1);
      const length = Buffer.from(waiting.subarray(1, begins));
      length[0] = (length[0] ?? 0) & 0x7f;
      socket.write(Buffer.concat([first, length, data]));
      waiting = waiting.subarray(ends);
      if (((first[0] ?? 0) & 0x0f) === 8) return void socket.end();
    }
  };
  socket.on('data', take);
  take(Buffer.alloc(0));
}
