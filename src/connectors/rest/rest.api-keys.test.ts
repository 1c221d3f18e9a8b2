import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import {
  described,
  fakeService,
  json,
  TOKEN,
  type Asked,
  type FakeService,
  type Reply,
} from './fake-service.fixture.ts';
import { restConnector as connector } from './index.ts';

const API_KEYS = `api_keys:
  list: { call: 'GET /users/{/account/id}/keys', items: /keys }
  id: /id
  label: /note
  issue: { call: 'POST /users/{/account/id}/keys', body: { note: { $from: /label } }, key: /secret }
  revoke: { call: 'DELETE /users/{/account/id}/keys/{/key_id}' }
  try: { call: GET /me }`;

let fake: FakeService;
let keys: { id: number; note: string; secret: string }[];
beforeAll(async () => {
  fake = await fakeService();
});
afterAll(() => fake?.stop());
beforeEach(() => {
  keys = [{ id: 1, note: 'by hand', secret: 'hand-secret' }];
  let made = 1;
  fake.answer = (asked: Asked): Reply => {
    const taken = asked.headers['authorization'];
    const known = [TOKEN, ...keys.map(({ secret }) => secret)].some((secret) => taken === `Bearer ${secret}`);
    if (!known) return { ...json({ message: 'no' }), status: 401 };
    if (asked.path === '/v1/me') return json({ login: 'robot' });
    if (taken !== `Bearer ${TOKEN}`) return { ...json({ message: 'not yours' }), status: 403 };
    if (asked.path === '/v1/groups') return json({ groups: [] });
    if (asked.path === '/v1/users/robot') return json({ id: 7, login: 'robot', status: 'active' });
    const one = /^\/v1\/users\/7\/keys(?:\/(\d+))?$/u.exec(asked.path);
    if (one === null) return { ...json({}), status: 404 };
    if (asked.method === 'GET') return json({ keys: keys.map(({ id, note }) => ({ id, note })) });
    if (asked.method === 'POST') {
      made += 1;
      const key = { id: made, note: (JSON.parse(asked.body) as { note: string }).note, secret: `made-${made}` };
      keys.push(key);
      return json({ id: key.id, secret: key.secret });
    }
    keys = keys.filter(({ id }) => id !== Number(one[1]));
    return { status: 204 };
  };
});

const target = () => fake.target(described('', API_KEYS));
const takes = (token: string): Promise<boolean> =>
  connector.verify(target(), { kind: 'token', username: 'robot', token });

it('a key is made under a label, logs in, and is taken back by it; one made by hand stays', async () => {
  const key = (await connector.apiKeys?.issue(target(), 'robot', 'reeve-1')) ?? '';
  expect(key).toBe('made-2');
  expect([await takes(key), await takes('never-made')]).toEqual([true, false]);
  await connector.apiKeys?.revokeLabelled(target(), 'robot', 'reeve-1');
  expect(await takes(key)).toBe(false);
  expect(keys.map(({ note }) => note)).toEqual(['by hand']);
  await connector.apiKeys?.revokeLabelled(target(), 'robot', 'reeve-1');
});

it('nothing is made for somebody who is not there, or where the description says nothing of keys', async () => {
  await expect(connector.apiKeys?.issue(target(), 'nobody', 'x')).rejects.toMatchObject({ code: 'refused' });
  await expect(connector.apiKeys?.issue(fake.target(described('')), 'robot', 'x')).rejects.toMatchObject({
    code: 'unsupported',
  });
});
