import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeCertificate } from '#lab/tls-certificate.ts';
import { BY_AUTHORITY, HttpsError, PinnedHttps, probeHttps, type HttpsAddress } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'reeve-https-'));
let server: Server;
/** The same server by an address its certificate does not name. */
let other: Server;
let address: HttpsAddress;
let pin: string;
let asked: string[] = [];

beforeAll(async () => {
  const made = await makeCertificate(folder, { name: 'https', address: '127.0.0.1', user: undefined });
  if (made === undefined) throw new Error('openssl is missing');
  pin = `tls-sha256:${made.fingerprint256}`;
  const options = { key: readFileSync(join(folder, 'server.key')), cert: made.certificate };
  const serve: RequestListener = (request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (request.url === '/slow') return;
    if (request.url === '/redirect') response.writeHead(302, { location: 'https://127.0.0.1:1/' });
    if (request.url === '/cut') {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half');
      setTimeout(() => response.destroy(), 20);
      return;
    }
    response.end(request.url === '/big' ? 'x'.repeat(10_000) : 'answer');
  };
  server = createServer(options, serve);
  other = createServer(options, serve);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => other.listen(port, '127.0.0.2', resolve));
  address = { host: '127.0.0.1', port, connectMs: 2000 };
});
afterAll(async () => {
  for (const one of [server, other]) {
    one.closeAllConnections();
    await new Promise((resolve) => one.close(resolve));
  }
  rmSync(folder, { recursive: true });
});

const get = (path: string, pinned: readonly string[] = [pin]) => {
  const https = new PinnedHttps(address, pinned);
  return https.ask({ method: 'GET', path, timeoutMs: 1000, maxBytes: 1000 }).finally(() => https.close());
};
const code = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'went through',
    (error: unknown) => (error instanceof HttpsError ? error.code : error),
  );

it('shows what there is to pin, and is asked nothing', async () => {
  asked = [];
  expect(await probeHttps(address)).toEqual([pin]);
  expect(asked).toEqual([]);
});

it('asks a pinned server, and no other', async () => {
  expect(await get('/')).toMatchObject({ status: 200, body: 'answer' });
  asked = [];
  for (const pinned of [[], ['tls-sha256:AA'], [BY_AUTHORITY]]) expect(await code(get('/', pinned))).toBe('untrusted');
  expect(asked).toEqual([]);
});

it('follows nobody', async () => {
  expect(await get('/redirect')).toMatchObject({ status: 302 });
});

it('takes no answer that is slow, cut short or larger than asked for', async () => {
  expect(await code(get('/slow'))).toBe('unreachable');
  expect(await code(get('/cut'))).toBe('unreachable');
  expect(await code(get('/big'))).toBe('too_large');
});

it('keeps its connection, and judges a new one again', async () => {
  const https = new PinnedHttps(address, [pin]);
  for (let i = 0; i < 3; i += 1) await https.ask({ method: 'GET', path: '/', timeoutMs: 1000, maxBytes: 1000 });
  server.closeAllConnections();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect((await https.ask({ method: 'GET', path: '/', timeoutMs: 1000, maxBytes: 1000 })).status).toBe(200);
  https.close();
});

it('takes an authority at its word where that is pinned, and only for the right name', async () => {
  const script = join(folder, 'by-authority.mts');
  writeFileSync(
    script,
    `import { PinnedHttps, BY_AUTHORITY } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)};
     for (const host of ['localhost', '127.0.0.1', '127.0.0.2']) {
       const https = new PinnedHttps({ host, port: ${address.port}, connectMs: 2000 }, [BY_AUTHORITY]);
       const said = await https.ask({ method: 'GET', path: '/', timeoutMs: 1000, maxBytes: 1000 }).then((a) => a.status, (e) => e.code);
       console.log(host, said);
       https.close();
     }`,
  );
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script], {
    env: { ...process.env, NODE_EXTRA_CA_CERTS: join(folder, 'server.crt') },
    timeout: 20_000,
  });
  expect(stdout).toMatch(/^127\.0\.0\.1 200$/mu);
  expect(stdout).toMatch(/^localhost 200$/mu);
  expect(stdout).toMatch(/^127\.0\.0\.2 untrusted$/mu);
});
