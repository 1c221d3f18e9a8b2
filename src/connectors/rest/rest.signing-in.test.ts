import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Target } from '../port.ts';
import { described, fakeService, json, type FakeService } from './fake-service.fixture.ts';
import { restConnector as connector } from './index.ts';

let fake: FakeService;
beforeAll(async () => {
  fake = await fakeService();
});
beforeEach(() => {
  fake.asked.splice(0);
  fake.answer = ({ path, body, headers }) => {
    if (path === '/v1/session')
      return body.includes('"right"') ? json({ data: { token: 'given-token' } }) : { ...json({}), status: 401 };
    const taken = [`Basic ${Buffer.from('reeve:right').toString('base64')}`, 'given-token'];
    const shown = headers['authorization'] ?? headers['x-session'];
    if (!taken.includes(String(shown))) return { ...json({}), status: 401 };
    return json(path === '/v1/groups' ? { groups: [] } : { users: [{ id: 1, login: 'a', status: 'active' }] });
  };
});
afterAll(() => fake?.stop());

const target = (auth: string, password = 'right'): Target => ({
  ...fake.target(described('').replace('auth: { bearer: {} }', `auth: ${auth}`)),
  credential: { kind: 'password', username: 'reeve', password },
});
const LOGIN = `{ login: { call: POST /session, body: { u: { $from: /username }, p: { $from: /password } }, token: /data/token, name: x-session, prefix: '' } }`;

describe.each([
  ['basic authentication', '{ basic: {} }', 0],
  ['a log-in that gives a token', LOGIN, 1],
])('by %s', (_what, auth, logins) => {
  it('a service is read, with as many log-ins as it takes', async () => {
    expect((await connector.read(target(auth))).accounts.map(({ nativeId }) => nativeId)).toEqual(['a']);
    expect(fake.asked.filter(({ path }) => path === '/v1/session')).toHaveLength(logins);
    expect((await connector.probe(target(auth))).proved).toBe(true);
  });

  it('a wrong password is refused, and said nowhere', async () => {
    const wrong = target(auth, 'wrong-4711');
    for (const work of [connector.read(wrong), connector.probe(wrong)]) {
      const error: unknown = await work.catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'refused', message: expect.not.stringContaining('4711') as string });
    }
    expect(await connector.verify(target(auth), { ...wrong.credential })).toBe(false);
    expect(await connector.verify(wrong, target(auth).credential)).toBe(true);
  });

  it('a token is of no use', async () => {
    const credential = { kind: 'token', username: 'reeve', token: 'x' } as const;
    await expect(connector.read({ ...target(auth), credential })).rejects.toMatchObject({ code: 'unsupported' });
    expect(fake.asked).toEqual([]);
  });
});

it('a log-in that gives no token is a failure', async () => {
  fake.answer = () => json({ data: {} });
  await expect(connector.read(target(LOGIN))).rejects.toMatchObject({ code: 'failed' });
});
