/** A service that answers as a test tells it, over TLS: for what no good server does. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { makeCertificate } from '#lab/index.ts';
import type { Target } from '../port.ts';

export interface Asked {
  readonly method: string;
  /** As it was on the wire. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Ends the connection after so much of the body. */
  readonly cutAfter?: number;
}

export interface FakeService {
  answer: (asked: Asked) => Reply;
  readonly asked: Asked[];
  readonly port: number;
  target(description: string, settings?: Readonly<Record<string, unknown>>): Target;
  stop(): Promise<void>;
}

export const json = (value: unknown, headers: Readonly<Record<string, string>> = {}): Reply => ({
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(value),
});

export const TOKEN = 'tok-4711-secret-of-this-test';

export async function fakeService(): Promise<FakeService> {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-fake-'));
  const tls = await makeCertificate(folder, { name: 'fake', address: '127.0.0.1', user: undefined });
  if (tls === undefined) throw new Error('the fake service needs openssl for its certificate');
  const server = createServer(
    { key: readFileSync(join(folder, 'server.key')), cert: tls.certificate },
    (request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (part: string) => (body += part));
      request.on('end', () => {
        const asked = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body };
        fake.asked.push(asked);
        const { status = 200, headers = {}, body: said = '', cutAfter } = fake.answer(asked);
        response.writeHead(status, { 'content-length': Buffer.byteLength(said), ...headers });
        if (cutAfter === undefined) response.end(said);
        else response.write(said.slice(0, cutAfter), () => response.destroy());
      });
    },
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the fake service has no port');
  const fake: FakeService = {
    answer: () => json([]),
    asked: [],
    port: address.port,
    target: (description, settings = {}) => ({
      systemId: 'fake',
      kind: 'rest',
      host: '127.0.0.1',
      port: address.port,
      settings: { description, ...settings },
      pinned: [`tls-sha256:${tls.fingerprint256}`],
      credential: { kind: 'token', username: 'reeve', token: TOKEN },
    }),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return fake;
}

/** A description of a service with users and groups, with `paging` of its users. */
export const described = (paging: string, more = ''): string => `
version: 1
about: a made-up service 1.0
base_path: /v1
headers: { x-api-version: '2026-01-01' }
auth: { bearer: {} }
accounts:
  list:
    call: GET /users
    items: /users
    ${paging}
  one: { call: 'GET /users/{/name}' }
  map:
    id: /login
    key: /id
    state: { active: { at: /status, is: active }, locked: { at: /status, in: [blocked, gone] } }
    kind: { service: { at: /bot, is: true, absent: false } }
    attributes: { mail: /profile/mail, full_name: /profile/name }
    privileged:
      - { when: { at: /owner, is: true, absent: false }, reason: owns the whole of it }
    last_used_at: { at: /seen, as: seconds }
entitlements:
  - kind: group
    list: { call: GET /groups, items: /groups }
    map: { id: /id, name: /title, privileged: { at: /title, is: Admins } }
    held: { in_entitlement: { at: /members, id: /user } }
    grant:
      - { call: 'POST /groups/{/entitlement_id}/members', body: { user: { $from: /account/id } }, done_already: [409] }
    revoke:
      - { call: 'DELETE /groups/{/entitlement_id}/members/{/account/id}', done_already: [404] }
changes:
  create_account:
    - { call: POST /users, body: { login: { $from: /name }, profile: { name: { $from: /full_name, $else: '' } } }, refused: [409] }
  lock_account:
    - { call: 'POST /users/{/account/id}/block' }
  delete_account:
    - { call: 'DELETE /users/{/account/id}', done_already: [404] }
${more}`;
