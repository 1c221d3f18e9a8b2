import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { malformedCalls } from './malformed.ts';
import { ERROR, scimHouse, type Directory, type ScimHouse } from './scim-house.ts';

let house: ScimHouse;
let entra: Directory;
let userId: string;
let groupId: string;
beforeAll(async () => {
  house = await scimHouse();
  entra = await house.directory('entra');
  const user = await entra.user('lena@larkspur.example', {
    displayName: 'Lena',
    emails: [{ value: 'lena@larkspur.example', type: 'work', primary: true }],
  });
  await entra.user('other@larkspur.example');
  userId = user.id;
  groupId = (await entra.group('Finance', [userId])).id;
  await house.settle(30_000);
});
afterAll(() => house?.close());

/** A digest of every row of every table, but for when a token was last used. */
async function digests(): Promise<Record<string, string>> {
  const tables = await house.db.many<{ name: string }>(sql`
    select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`);
  const out: Record<string, string> = {};
  for (const { name } of tables) {
    const row = await house.db.one<{ digest: string }>(sql`
      select md5(coalesce(string_agg(t.row, '|' order by t.row), '')) as digest
        from (select (to_jsonb(x) - 'last_used_at')::text as row from ${sql.id(name)} x) t`);
    out[name] = row.digest;
  }
  return out;
}

test('two hundred malformed bodies and filters are refused in SCIM’s words, and change nothing', async () => {
  const calls = malformedCalls(userId, groupId, { op: 'replace', path: 'externalId', value: 'changed' });
  expect(calls.length).toBeGreaterThanOrEqual(200);
  const before = await digests();
  const wrong: string[] = [];
  for (const call of calls) {
    const answer = await entra.call(call.method, call.path, call.body, call.raw === undefined ? {} : { raw: call.raw });
    const { schemas, scimType, status, detail } = answer.body;
    const right =
      answer.status >= 400 &&
      answer.status < 500 &&
      String(answer.headers.get('content-type')).startsWith('application/scim+json') &&
      JSON.stringify(schemas) === JSON.stringify([ERROR]) &&
      status === String(answer.status) &&
      typeof detail === 'string' &&
      call.scimType.includes(String(scimType));
    if (!right) wrong.push(`${call.name}: ${answer.status} ${answer.text.slice(0, 200)}`);
  }
  expect(wrong).toEqual([]);
  expect(await digests()).toEqual(before);
});

test('without a token, with a wrong one or one that may not, nothing is told and nothing changed', async () => {
  const reader = await house.directory('reader', { scopes: ['users.read'] });
  const made = await reader.call('GET', '/Users');
  expect(made.status).toBe(200);
  const tries = await Promise.all([
    house.stranger.call('GET', '/scim/v2/Users'),
    house.boss.call('GET', '/scim/v2/Users'),
    entra.call('GET', '/Users', undefined, { headers: { authorization: 'Bearer rvscim_wrong' } }),
    entra.call('GET', '/Users', undefined, { headers: { authorization: 'Basic eDp5' } }),
  ]);
  for (const answer of tries) {
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain('Bearer');
    expect(answer.body['schemas']).toEqual([ERROR]);
  }
  for (const [method, path, body] of [
    ['GET', '/Groups', undefined],
    ['POST', '/Users', {}],
    ['DELETE', `/Users/${userId}`, undefined],
    ['POST', '/Bulk', {}],
  ] as const)
    expect((await reader.call(method, path, body)).status, `${method} ${path}`).toBe(403);
  // One directory does not see another's.
  expect((await reader.call('GET', `/Users/${userId}`)).status).toBe(404);
  expect(made.body['totalResults']).toBe(0);
});

test('a token ends when it is rotated or its client removed, and nobody leaves by it', async () => {
  const okta = await house.directory('okta');
  const user = await okta.user('somebody.else@larkspur.example');
  const tokenEndsAt = new Date(house.clock.now().getTime() + 86_400_000).toISOString();
  const rotated = await house.boss.call('POST', `/v1/scim/clients/${okta.id}/token`, { tokenEndsAt });
  expect(rotated.status).toBe(200);
  expect((await okta.call('GET', '/Users')).status).toBe(401);
  const bearer = { headers: { authorization: `Bearer ${String(rotated.body['token'])}` } };
  expect((await okta.call('GET', `/Users/${user.id}`, undefined, bearer)).status).toBe(200);
  house.clock.advance(2 * 86_400_000);
  expect((await okta.call('GET', '/Users', undefined, bearer)).status).toBe(401);
  expect((await house.boss.call('DELETE', `/v1/scim/clients/${okta.id}`)).status).toBe(200);
  const { state } = await house.db.one<{ state: string }>(sql`
    select f.state from identity_facts f join scim_resource r on r.identity_id = f.identity_id
     where r.id = ${user.id} and f.valid_to is null`);
  expect(state).toBe('active');
  // Made anew under its name, it goes on where it stopped.
  const again = await house.directory('okta');
  expect((await again.call('GET', `/Users/${user.id}`)).status).toBe(200);
});
