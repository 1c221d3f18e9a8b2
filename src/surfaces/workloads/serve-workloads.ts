import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { sha256 } from '#kit/crypto/index.ts';
import { AppError } from '#kit/errors/index.ts';
import { toProblem } from '#kit/http/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Log } from '#kit/log/index.ts';
import { NO_TICKETS } from '#kit/x509/index.ts';
import type { CertificateDoor } from '#platform/workloads/index.ts';
import { limitRate } from '#surfaces/http/index.ts';
import { shownBy } from './read-certificates.ts';

/** What the way in for certificates leans on; main.ts hands in the real ones. */
export interface WorkloadParts {
  readonly door: CertificateDoor;
  readonly log: Log;
  readonly host: string;
  readonly port: number;
  /** Files of the server's own certificate (with its chain) and key, as PEM; read again when they change. */
  readonly certificateFile: string;
  readonly keyFile: string;
  /** How often trusted authorities and those files are looked at; default 5 s. */
  readonly refreshMs?: number;
}

/** Where a certificate is exchanged; there is nothing else here. */
export const EXCHANGE = '/v1/workloads/certificate';
const LONGEST_MS = 10_000;
const MOST_CONNECTIONS = 500;
const MOST_BODY = 16 * 1024;

/**
 * Serves the exchange of client certificates over TLS that ends here, at a port of its own: what a proxy says of a
 * certificate is never believed. A connection is good for one exchange and no session is resumed, so that each is
 * judged by what is trusted then.
 */
export async function serveWorkloads(parts: WorkloadParts): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const allow = limitRate({ perMinute: 120 });
  let tls = await tlsOf(parts);
  const server = createServer(
    {
      ...tls.options,
      requestCert: true,
      // Refused below, where it is recorded and the reason is told.
      rejectUnauthorized: false,
      handshakeTimeout: LONGEST_MS,
      requestTimeout: LONGEST_MS,
      headersTimeout: LONGEST_MS,
      maxHeaderSize: 16 * 1024,
      keepAlive: false,
    },
    (request, response) => void answer(parts, allow, request, response),
  );
  server.maxConnections = MOST_CONNECTIONS;
  server.on('tlsClientError', (error) => parts.log.debug('a program did not finish its handshake', { error }));
  const follow = async (): Promise<void> => {
    try {
      const now = await tlsOf(parts);
      if (now.digest === tls.digest) return;
      server.setSecureContext(now.options);
      tls = now;
    } catch (error) {
      parts.log.warn('who is trusted could not be looked at again', { error });
    }
  };
  const refresh = setInterval(() => {
    void follow();
  }, parts.refreshMs ?? 5000).unref();
  await listen(server, parts);
  const { address, port } = server.address() as AddressInfo;
  return {
    url: `https://${address.includes(':') ? `[${address}]` : address}:${port}`,
    stop: async () => {
      clearInterval(refresh);
      const closed = new Promise<void>((done) => server.close(() => done()));
      server.closeIdleConnections();
      await Promise.race([closed, new Promise((done) => setTimeout(done, 5000).unref())]);
    },
  };
}

/** What TLS is spoken with now: the server's own certificate, and the roots of those that are trusted. */
async function tlsOf(parts: WorkloadParts): Promise<{ readonly options: ServerOptions; readonly digest: string }> {
  const [cert, key, roots] = await Promise.all([
    readSetting(parts.certificateFile, 'workload_certificate_file'),
    readSetting(parts.keyFile, 'workload_key_file'),
    parts.door.roots(),
  ]);
  const digests = [cert, key, ...roots].map((part) => sha256(part));
  return {
    // An empty list trusts nobody; without one, TLS would trust whom this machine trusts.
    options: { cert, key, ca: [...roots], minVersion: 'TLSv1.2', secureOptions: NO_TICKETS },
    digest: sha256(Buffer.concat(digests)).toString('hex'),
  };
}

const readSetting = (path: string, setting: string): Promise<Buffer> =>
  readFile(path).catch(() => {
    throw new AppError({
      code: 'config.unreadable',
      status: 500,
      detail: `${setting} (${path}) cannot be read`,
      fix: 'name a PEM file that Reeve may read',
    });
  });

function listen(server: Server, { host, port }: WorkloadParts): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function answer(
  parts: WorkloadParts,
  allow: (address: string) => boolean,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const trace = newId();
  const socket = request.socket as TLSSocket;
  const address = socket.remoteAddress ?? '';
  const send = (status: number, type: string, body: unknown): void => {
    response
      .writeHead(status, { 'content-type': type, 'cache-control': 'no-store', connection: 'close' })
      .end(JSON.stringify(body));
  };
  try {
    if (!allow(address))
      throw new AppError({
        code: 'rate.limited',
        status: 429,
        detail: 'too many tries from this address',
        fix: 'wait a minute',
      });
    if (request.url !== EXCHANGE || request.method !== 'POST')
      throw new AppError({
        code: 'route.not_found',
        status: 404,
        detail: 'there is nothing here but the exchange of a certificate',
        fix: `POST ${EXCHANGE}; with the token go to the address of the API`,
      });
    await passOver(request);
    const { token, endsAt, identityId, scopes } = await parts.door.exchange(
      { principal: { kind: 'anonymous', id: 'anonymous' }, origin: { via: 'api', address }, trace },
      shownBy(socket),
    );
    send(200, 'application/json', { token, endsAt: endsAt.toISOString(), identityId, scopes });
  } catch (error) {
    const problem = toProblem(error, trace);
    if (problem.status >= 500) parts.log.error('the exchange of a certificate failed', { trace, error });
    send(problem.status, 'application/problem+json', problem);
  }
}

/** A body says nothing here; a large one is not waited for. */
async function passOver(request: IncomingMessage): Promise<void> {
  let bytes = 0;
  for await (const piece of request) {
    bytes += (piece as Buffer).length;
    if (bytes > MOST_BODY)
      throw new AppError({ code: 'body.too_large', status: 413, detail: 'this takes no body', fix: 'send none' });
  }
}
