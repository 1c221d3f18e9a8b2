import { createServer, type IncomingMessage } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Refusal, type Ask, type Routes } from './answer.ts';
import { approvalPolicyRoutes } from './approval-policy.ts';
import { campaignRoutes } from './campaigns.ts';
import { reviewRoutes } from './reviews.ts';
import { catalogueRoutes } from './catalogue.ts';
import { entryEditRoutes } from './entry-edits.ts';
import { emergencyRoutes } from './emergency.ts';
import { findingRoutes } from './findings.ts';
import { directGrantRoutes } from './direct-grants.ts';
import { driftRoutes } from './drift.ts';
import { eligibleRoutes } from './eligible.ts';
import { guardRoutes } from './guard.ts';
import { keepingRoutes } from './keeping.ts';
import { liveRoutes } from './live.ts';
import { nodeRoutes } from './nodes.ts';
import { keysRoutes } from './keys.ts';
import { rotationRoutes } from './rotations.ts';
import { isolation } from './isolation.ts';
import { commandRules } from './command-rules.ts';
import { statementRules } from './statement-rules.ts';
import { web } from './web.ts';
import { timedAccess } from './timed-access.ts';
import { lifecycleRoutes } from './lifecycle.ts';
import { mergingRoutes } from './merging.ts';
import { orderRoutes } from './orders.ts';
import { noticeTextRoutes } from './notice-texts.ts';
import { noticeRoutes } from './notices.ts';
import { peopleRoutes } from './people.ts';
import { platformRoutes } from './platform.ts';
import { requestRoutes } from './requests.ts';
import { riskRoutes } from './risk.ts';
import { rolesRoutes } from './roles.ts';
import { connectRoutes, takeSockets } from './connect.ts';
import { sodRoutes } from './sod.ts';
import { sourceRoutes } from './sources.ts';
import { vendorRoutes } from './vendors.ts';
import { workloadRoutes } from './workloads.ts';

const routes: Routes = {
  ...peopleRoutes,
  ...mergingRoutes,
  ...requestRoutes,
  ...orderRoutes,
  ...approvalPolicyRoutes,
  ...emergencyRoutes,
  ...eligibleRoutes,
  ...findingRoutes,
  ...campaignRoutes,
  ...reviewRoutes,
  ...guardRoutes,
  ...keepingRoutes,
  ...liveRoutes,
  ...nodeRoutes,
  ...keysRoutes,
  ...rotationRoutes,
  ...timedAccess,
  ...isolation,
  ...statementRules,
  ...commandRules,
  ...web,
  ...workloadRoutes,
  ...riskRoutes,
  ...rolesRoutes,
  ...sodRoutes,
  ...sourceRoutes,
  ...catalogueRoutes,
  ...entryEditRoutes,
  ...directGrantRoutes,
  ...driftRoutes,
  ...lifecycleRoutes,
  ...platformRoutes,
  ...noticeRoutes,
  ...noticeTextRoutes,
  ...vendorRoutes,
  ...connectRoutes,
};
const table = Object.entries(routes).map(([name, handle]) => {
  const [method, path = ''] = name.split(' ');
  return { method, pattern: new RegExp(`^${path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`), handle };
});
const built = fileURLToPath(new URL('../../dist/console', import.meta.url));
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

/** The policy the real server must send: nothing inline, nothing from elsewhere. */
export const policy =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const bodyOf = async (request: IncomingMessage): Promise<Ask['body']> => {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text === '' ? {} : (JSON.parse(text) as Ask['body']);
};

const answer = async (request: IncomingMessage, url: URL): Promise<{ status: number; type: string; body: string }> => {
  const json = (status: number, value: unknown, type = 'application/json') => ({
    status,
    type,
    body: JSON.stringify(value),
  });
  const refuse = (problem: Refusal['problem']) => json(problem.status, problem, 'application/problem+json');
  if (
    request.method !== 'GET' &&
    (request.headers['x-reeve-csrf'] !== '1' || request.headers['idempotency-key'] === undefined)
  )
    return refuse({ status: 403, code: 'mock.headers', detail: 'the console forgot x-reeve-csrf or idempotency-key' });
  for (const { method, pattern, handle } of table) {
    const match = method === request.method ? pattern.exec(url.pathname) : null;
    if (match === null) continue;
    try {
      const value = await handle({ params: match.groups ?? {}, query: url.searchParams, body: await bodyOf(request) });
      return typeof value === 'string'
        ? { status: 200, type: 'application/x-asciicast', body: value }
        : json(200, value);
    } catch (error) {
      if (error instanceof Refusal) return refuse(error.problem);
      throw error;
    }
  }
  return refuse({
    status: 404,
    code: 'mock.no_route',
    detail: `the mock has no ${request.method ?? ''} ${url.pathname}`,
  });
};

/** A pretend Reeve for working on the console: answers the calls it makes, and serves the build with the real policy. */
export const mockServer = () => {
  const server = createServer((request, response) => {
    void (async () => {
      const url = new URL(request.url ?? '/', 'http://localhost');
      if (url.pathname.startsWith('/v1/')) {
        const { status, type, body } = await answer(request, url);
        return response.writeHead(status, { 'content-type': type }).end(body);
      }
      const file = join(built, normalize(extname(url.pathname) === '' ? '/index.html' : url.pathname));
      const content = file.startsWith(built) ? await readFile(file).catch(() => undefined) : undefined;
      return response
        .writeHead(content === undefined ? 404 : 200, {
          'content-type': types[extname(file)] ?? 'application/octet-stream',
          'content-security-policy': policy,
        })
        .end(content);
    })().catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  takeSockets(server);
  return server;
};

if (process.argv[1] === fileURLToPath(import.meta.url))
  mockServer().listen(8470, '127.0.0.1', () => process.stdout.write('mock Reeve on http://127.0.0.1:8470\n'));
