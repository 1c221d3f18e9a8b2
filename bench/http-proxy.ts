import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, createServer, request as startRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Recording } from '#guard/sessions/index.ts';
import { openRecordings, storeInFolder } from '#guard/sessions/recording/index.ts';
import { keysOf, rootKeyOf, selfSigned } from '#kit/crypto/index.ts';
import { newId } from '#kit/ids/index.ts';
import { startHttpRig, type HttpRig } from '#test/http-rig/rig.ts';
import type { BenchLine } from './report.ts';

const SECONDS = Number(process.env['SECONDS_A_RUN'] ?? 4);
const ROUNDS = Number(process.env['ROUNDS'] ?? 3);
const CLIENTS = Number(process.env['CLIENTS'] ?? 16);

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

interface Place {
  readonly port: number;
  readonly host: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Small answers a second, and megabytes a second of a large one, through the gateway with each request recorded, against a bare proxy of Node's own; TLS on every leg. */
export async function run(): Promise<readonly BenchLine[]> {
  const rig = await startHttpRig();
  const dir = mkdtempSync(join(tmpdir(), 'reeve-http-proxy-'));
  const store = await storeInFolder(join(dir, 'recordings'));
  const recordings = openRecordings({ store, keys: keysOf(rootKeyOf(randomBytes(32))), waitSeconds: 60 });
  const kept: Recording[] = [];
  const admit = rig.ports.admit.bind(rig.ports);
  rig.ports.admit = async (ask) => {
    const answer = await admit(ask);
    if (!answer.admitted) return answer;
    const recording = await recordings.begin(newId(), { title: 'http-proxy', startedAt: new Date() });
    kept.push(recording);
    return { admitted: true, ticket: { ...answer.ticket, recorder: recording.recorder } };
  };
  const bare = await startBareProxy(rig);
  try {
    const password = rig.password();
    const ways: Readonly<Record<string, Place>> = {
      gateway: { port: rig.gateway.address.port, host: rig.host, headers: { 'reeve-password': password } },
      bare: { port: bare.port, host: 'localhost', headers: {} },
    };
    const lines: BenchLine[] = [];
    for (const [name, path] of [
      ['requests a second, small', '/etag'],
      ['MB a second, 50 MB answers', '/big'],
    ] as const) {
      const found = new Map<string, number[]>();
      for (let round = 0; round < ROUNDS; round += 1)
        for (const [way, place] of Object.entries(ways)) {
          const { requests, bytes } = await load(place, path, path === '/big' ? 2 : CLIENTS);
          found.set(way, [...(found.get(way) ?? []), (path === '/big' ? bytes / 1e6 : requests) / SECONDS]);
        }
      const [value, baseline] = [median(found.get('gateway') ?? []), median(found.get('bare') ?? [])];
      lines.push({
        bench: 'http-proxy',
        case: 'against a bare proxy',
        metric: name,
        value,
        unit: '/s',
        baseline,
        ratio: value / baseline,
      });
    }
    return lines;
  } finally {
    for (const recording of kept) await recording.finish();
    bare.stop();
    await rig.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** The least a proxy can do: it checks and records nothing. */
async function startBareProxy(rig: HttpRig): Promise<{ readonly port: number; stop(): void }> {
  const { key, certificate } = selfSigned({ names: ['localhost'], from: new Date(Date.now() - 60_000), days: 1 });
  const agent = new Agent({ keepAlive: true, rejectUnauthorized: false });
  const server = createServer({ key, cert: certificate, ALPNProtocols: ['http/1.1'] }, (request, response) => {
    const { method, url, headers } = request;
    const upstream = startRequest(
      { agent, port: rig.application.port, host: '127.0.0.1', method, path: url, headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    request.pipe(upstream);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    stop: () => {
      agent.destroy();
      server.close();
      server.closeAllConnections();
    },
  };
}

async function load(place: Place, path: string, clients: number): Promise<{ requests: number; bytes: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients, rejectUnauthorized: false });
  const end = performance.now() + SECONDS * 1000;
  let requests = 0;
  let bytes = 0;
  const one = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const asked = startRequest(
        {
          agent,
          host: '127.0.0.1',
          port: place.port,
          servername: place.host.split(':')[0],
          path,
          headers: { ...place.headers, host: place.host },
        },
        (answer) => {
          if (answer.statusCode !== 200) reject(new Error(`answered ${String(answer.statusCode)}`));
          answer.on('data', (chunk: Buffer) => (bytes += chunk.length));
          answer.on('end', () => {
            requests += 1;
            resolve();
          });
        },
      );
      asked.on('error', reject);
      asked.end();
    });
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (performance.now() < end) await one();
    }),
  );
  agent.destroy();
  return { requests, bytes };
}
