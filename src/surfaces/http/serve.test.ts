import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { hashToken } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { silentLog } from '#kit/log/index.ts';
import { vaultModule } from '#guard/vault/index.ts';
import { devicesModule } from '#platform/devices/index.ts';
import { createAuthenticator, signinModule } from '#platform/signin/index.ts';
import { defineOperation } from '#spine/operations/index.ts';
import { createIdentity, graphModule, startGrant } from '#spine/graph/index.ts';
import { testHouse, type House } from '#test/harness/house.ts';
import { serveHttp } from './serve.ts';

let house: House;
let server: { readonly url: string; stop(): Promise<void> };
let officer: string;
let nobody: string;
const MIB = 1024 * 1024;
const arrange = {
  name: 'arrange',
  operations: [
    defineOperation({
      name: 'arrange.weigh',
      action: 'arrange.weigh',
      kind: 'read',
      method: 'POST',
      path: '/v1/weigh',
      summary: 'Takes a body larger than others',
      maxBody: 3 * MIB,
      input: z.object({ content: z.string() }),
      output: z.object({ length: z.int() }),
      handler: (_ctx, _permit, input) => Promise.resolve({ length: input.content.length }),
    }),
  ],
  policies: `
@id("arrange.all") permit (principal == Reeve::Component::"arrange", action == Reeve::Action::"arrange.all", resource);
@id("arrange.weigh") permit (principal is Reeve::Identity, action == Reeve::Action::"arrange.weigh", resource);`,
};

beforeAll(async () => {
  house = await testHouse(({ db, keys }) => [
    graphModule,
    vaultModule({ keys }),
    devicesModule,
    signinModule({ db, keys, publicUrl: 'http://localhost' }),
    arrange,
  ]);
  server = await serveHttp({
    registry: house.registry,
    operator: house.operator,
    log: silentLog,
    authenticate: createAuthenticator(house.db, house.clock),
    host: '127.0.0.1',
    port: 0,
    publicUrl: 'http://localhost',
    ready: () => Promise.resolve(true),
  });
  const person = (name: string, role?: string): Promise<string> =>
    house.as('arrange').act({ action: 'arrange.all' }, async (ctx, permit) => {
      const { id } = await createIdentity(ctx, permit, {
        kind: 'person',
        facts: { displayName: name, username: name },
      });
      if (role !== undefined)
        await startGrant(ctx, permit, { identityId: id, entitlementId: role, origin: 'admin', reason: 'test' });
      await ctx.tx.run(sql`
        insert into signin (id, token_hash, identity_id, method, ends_at)
        values (${newId()}, ${hashToken(`rvs_${name}`)}, ${id}, 'passkey', ${ctx.now}::timestamptz + interval '1 hour')`);
      return id;
    });
  officer = await person('officer', '00000000-0000-7000-8000-000000000012');
  nobody = await person('nobody');
});
afterAll(async () => {
  await server.stop();
  await house.close();
});

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}
async function call(
  method: string,
  path: string,
  options: { body?: unknown; raw?: string; cookie?: string; headers?: Record<string, string>; csrf?: boolean } = {},
): Promise<Answer> {
  const body = options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: {
      ...(options.csrf === false ? {} : { 'x-reeve-csrf': '1' }),
      ...(options.cookie === undefined ? {} : { cookie: `reeve_session=rvs_${options.cookie}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...options.headers,
    },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
  };
}
const create = (name: string, more: object = {}) => ({ name, kind: 'api_key', value: 'v', ...more });

test('without a sign-in every operation but the ways in answers 401, and says how to get in', async () => {
  for (const operation of house.registry.operations.values()) {
    if (operation.audience === 'anyone') continue;
    const path = operation.path.replaceAll(/\{\w+\}/g, newId());
    const answer = await call(
      operation.method,
      path,
      operation.method === 'GET' || operation.method === 'DELETE' ? {} : { body: {} },
    );
    expect([answer.status, answer.body['code']], operation.name).toEqual([401, 'signin.required']);
  }
});

test('a forged, ended or malformed proof is 401 and never a pass-through', async () => {
  expect((await call('GET', '/v1/me', { cookie: 'forged' })).body['code']).toBe('signin.over');
  expect((await call('GET', '/v1/me', { headers: { authorization: 'Bearer rv_nothing' } })).body['code']).toBe(
    'signin.over',
  );
  expect(
    (await call('GET', '/v1/me', { headers: { authorization: 'Basic cm9vdDpyb290' }, cookie: 'officer' })).body['code'],
  ).toBe('signin.malformed');
});

test('an unsafe call with the console cookie needs the header no form can send', async () => {
  const answer = await call('POST', '/v1/vault/secrets', { body: create('csrf/a'), cookie: 'officer', csrf: false });
  expect([answer.status, answer.body['code']]).toEqual([403, 'csrf.header_missing']);
});

test('who may not see a thing hears that it does not exist, in the same words as for one that does not', async () => {
  const made = await call('POST', '/v1/vault/secrets', { body: create('hidden/a'), cookie: 'officer' });
  expect(made.status).toBe(200);
  const hidden = await call('GET', `/v1/vault/secrets/${String(made.body['id'])}`, { cookie: 'nobody' });
  const missing = await call('GET', `/v1/vault/secrets/${newId()}`, { cookie: 'nobody' });
  expect([hidden.status, hidden.body['code']]).toEqual([missing.status, missing.body['code']]);
  expect(hidden.status).toBe(404);
  expect((await call('GET', '/v1/vault/secrets', { cookie: 'nobody' })).status).toBe(403);
});

test('a field nobody declared is refused by name with the known ones, and nothing is changed', async () => {
  const answer = await call('POST', '/v1/vault/secrets', {
    body: create('bad/a', { purpose: 'connection', ownerId: nobody }),
    cookie: 'officer',
  });
  expect(answer.status).toBe(422);
  expect(answer.body['errors']).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ pointer: '/purpose' }),
      expect.objectContaining({ pointer: '/ownerId' }),
    ]),
  );
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
});

test.each([
  ['prototype pollution', '{"__proto__":{"a":1},"name":"x/y","kind":"api_key","value":"v"}'],
  ['constructor pollution', '{"constructor":{"prototype":{"a":1}},"name":"x/y","kind":"api_key","value":"v"}'],
  ['a list for an object', '[1,2]'],
  ['a number for a text', '{"name":1,"kind":"api_key","value":"v"}'],
  ['broken JSON', '{"name":'],
  ['deep nesting', `{"name":${'['.repeat(200)}${']'.repeat(200)}}`],
])('%s is refused with a 4xx', async (_name, raw) => {
  const answer = await call('POST', '/v1/vault/secrets', { raw, cookie: 'officer' });
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.status).toBeLessThan(500);
  expect(({} as Record<string, unknown>)['a']).toBeUndefined();
});

test('an operation may take a larger body, from those who are signed in and up to its own limit', async () => {
  const body = { content: 'x'.repeat(2 * MIB) };
  const taken = await call('POST', '/v1/weigh', { body, cookie: 'nobody' });
  expect([taken.status, taken.body['length']]).toEqual([200, 2 * MIB]);
  const tooLarge = await call('POST', '/v1/weigh', { body: { content: 'x'.repeat(4 * MIB) }, cookie: 'nobody' });
  expect([tooLarge.status, tooLarge.body['detail']]).toEqual([413, `the body is larger than ${3 * MIB} bytes`]);
  // Refused by its headers alone, before the body is read.
  const anonymous = await call('POST', '/v1/weigh', { raw: '{"content": this is not even JSON' });
  expect([anonymous.status, anonymous.body['code']]).toEqual([401, 'signin.required']);
});

test('a body over the limit is 413 and of another type 415', async () => {
  expect(
    (await call('POST', '/v1/vault/secrets', { raw: `{"value":"${'x'.repeat(2_000_000)}"}`, cookie: 'officer' }))
      .status,
  ).toBe(413);
  expect(
    (
      await call('POST', '/v1/vault/secrets', {
        raw: 'a=1',
        cookie: 'officer',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      })
    ).status,
  ).toBe(415);
});

test('a path that climbs or hides its slashes never reaches another operation', async () => {
  for (const path of ['/v1/vault/secrets/..%2f..%2fme', '/v1/vault/secrets/%00', '/v1//me', '/v1/vault;x=/secrets']) {
    expect((await call('GET', path, { cookie: 'nobody' })).status, path).toBeGreaterThanOrEqual(400);
  }
});

test('a repeat under the same Idempotency-Key gets the first answer, with another body 422; fifty at once make one', async () => {
  const key = { 'idempotency-key': newId() };
  const all = await Promise.all(
    Array.from({ length: 50 }, () =>
      call('POST', '/v1/vault/secrets', { body: create('idem/one'), cookie: 'officer', headers: key }),
    ),
  );
  expect(new Set(all.map((a) => a.status))).toEqual(new Set([200]));
  expect(new Set(all.map((a) => a.body['id'])).size).toBe(1);
  expect(
    (await call('POST', '/v1/vault/secrets', { body: create('idem/two'), cookie: 'officer', headers: key })).body[
      'code'
    ],
  ).toBe('idempotency.key_reused');
  const shared = await call('POST', '/v1/vault/secrets', {
    body: create('idem/three'),
    cookie: 'nobody',
    headers: key,
  });
  expect(shared.status).toBe(403);
});

test('every change answers with the id of its audit event', async () => {
  const answer = await call('POST', '/v1/vault/secrets', { body: create('audit/one'), cookie: 'officer' });
  const event = await house.db.maybe<{ type: string }>(
    sql`select type from audit_event where id = ${answer.headers.get('audit-event')}`,
  );
  expect(event?.type).toBe('secret.created');
});

test('a refusal is recorded with who asked for what', async () => {
  await call('GET', '/v1/vault/secrets', { cookie: 'nobody' });
  const events = await house.db.many<{ data: Record<string, unknown> }>(
    sql`select data from audit_event where type = 'operation.refused' and actor_id = ${nobody}`,
  );
  expect(events.map((e) => e.data['action'])).toContain('secret.list');
  expect(officer).not.toBe(nobody);
});

test('answers cannot be framed, sniffed, cached or scripted', async () => {
  const { headers } = await call('GET', '/v1/me', { cookie: 'officer' });
  expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('cache-control')).toBe('no-store');
});
