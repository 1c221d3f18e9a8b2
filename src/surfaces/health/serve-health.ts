import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listen } from '#kit/door/index.ts';
import type { Log } from '#kit/log/index.ts';
import { renderMetrics, type Metric } from '#kit/metrics/index.ts';

/** What the health port answers from. */
export interface HealthParts {
  readonly host: string;
  readonly port: number;
  readonly log: Log;
  /** Whether whoever shares out connections may send more here. */
  readonly ready: () => Promise<boolean>;
  readonly measure: () => readonly Metric[];
}

const answer = (response: ServerResponse, status: number, type: string, body: string): void => {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
};
const json = (response: ServerResponse, status: number, body: object): void =>
  answer(response, status, 'application/json', JSON.stringify(body));

/**
 * A port for machines that watch this process: `/healthz` (it runs), `/readyz` (it takes more), `/metrics`. It takes no
 * input and tells nothing of anybody, and is for a network of one's own all the same. Throws `health.listen`.
 */
export async function serveHealth(parts: HealthParts): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const server = createServer(
    { requestTimeout: 5_000, headersTimeout: 5_000, keepAliveTimeout: 30_000 },
    (request, response) => {
      request.resume();
      const path = (request.url ?? '').split('?')[0];
      if (request.method !== 'GET' && request.method !== 'HEAD') return json(response, 405, { ok: false });
      if (path === '/healthz') return json(response, 200, { ok: true });
      if (path === '/metrics')
        return answer(response, 200, 'text/plain; version=0.0.4; charset=utf-8', renderMetrics(parts.measure()));
      if (path !== '/readyz') return json(response, 404, { ok: false });
      parts.ready().then(
        (ok) => json(response, ok ? 200 : 503, { ok }),
        () => json(response, 503, { ok: false }),
      );
    },
  );
  server.maxConnections = 64;
  await listen(server, parts, { who: 'the health port', code: 'health.listen' });
  server.on('error', (error) => parts.log.error('health: listener error', { error: error.message }));
  const { address, port } = server.address() as AddressInfo;
  return {
    url: `http://${address.includes(':') ? `[${address}]` : address}:${port}`,
    stop: async () => {
      const closed = new Promise<void>((done) => server.close(() => done()));
      server.closeAllConnections();
      await closed;
    },
  };
}
