import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TargetError, type Change, type Target } from '../port.ts';
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

let fake: FakeService;
beforeAll(async () => {
  fake = await fakeService();
});
afterAll(() => fake?.stop());

interface User {
  readonly id: string;
  readonly login: string;
  status: string;
  profile: { name?: string; mail?: string };
}
let users: User[];
let members: { user: string }[];
/** What a change is answered with instead of being done. */
let instead: ((asked: Asked) => Reply | undefined) | undefined;

beforeEach(() => {
  fake.asked.splice(0);
  users = [{ id: 'u/1', login: 'a/b%2F../c d?e#f', status: 'active', profile: {} }];
  members = [];
  instead = undefined;
  fake.answer = (asked) => (asked.method === 'GET' ? undefined : instead?.(asked)) ?? serve(asked);
});

const CREATED: Reply = { status: 201 };
const MISSING: Reply = { ...json({ message: 'not here' }), status: 404 };
function serve({ method, path, body }: Asked): Reply {
  const [, , what, one, part, other] = path.split('/').map(decodeURIComponent);
  const sent = (body === '' ? {} : JSON.parse(body)) as { login?: string; profile?: object; user?: string };
  if (what === 'groups' && method === 'GET') return json({ groups: [{ id: 'g 1/x', title: 'Admins', members }] });
  if (what === 'groups' && method === 'POST') return (members.push({ user: sent.user ?? '' }), CREATED);
  if (what === 'groups') return ((members = members.filter(({ user }) => user !== other)), CREATED);
  if (one === undefined && method === 'GET') return json({ users });
  if (one === undefined) {
    users.push({ id: `id of ${sent.login}`, login: sent.login ?? '', status: 'active', profile: sent.profile ?? {} });
    return CREATED;
  }
  const found = users.find(({ login, id }) => (method === 'GET' ? login : id) === one);
  if (found === undefined) return MISSING;
  if (part === 'block') found.status = 'blocked';
  if (method === 'DELETE') users = users.filter((user) => user !== found);
  return json(found);
}

const refusal = async (work: Promise<unknown>): Promise<TargetError> => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(TargetError);
  return error as TargetError;
};
const target = (more = ''): Target => fake.target(described('', more));
const apply = (change: Change, more = ''): Promise<{ changed: boolean }> => connector.apply(target(more), change);
const odd = 'a/b%2F../c d?e#f';
const changes = (): readonly string[] =>
  fake.asked.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`);

describe('names', () => {
  it('with slashes, percent signs and all else stay one segment of a path, as they are', async () => {
    const seen = await connector.readAccount(target(), odd);
    expect(seen?.account).toMatchObject({ nativeId: odd, state: 'active' });
    expect(fake.asked[0]?.path).toBe('/v1/users/a%2Fb%252F..%2Fc%20d%3Fe%23f');
    const group = { account: odd, entitlement: 'group:g 1/x' } as const;
    expect(await apply({ do: 'grant', ...group })).toEqual({ changed: true });
    expect(await apply({ do: 'grant', ...group })).toEqual({ changed: false });
    expect(members).toEqual([{ user: 'u/1' }]);
    expect((await connector.readAccount(target(), odd))?.account.privilegedBecause).toEqual([
      { reason: 'holds what is privileged', evidence: 'Admins' },
    ]);
    expect(await apply({ do: 'revoke', ...group })).toEqual({ changed: true });
    expect(await apply({ do: 'lock_account', account: odd })).toEqual({ changed: true });
    expect(await apply({ do: 'delete_account', account: odd })).toEqual({ changed: true });
    expect(changes()).toEqual([
      'POST /v1/groups/g%201%2Fx/members',
      'DELETE /v1/groups/g%201%2Fx/members/u%2F1',
      'POST /v1/users/u%2F1/block',
      'DELETE /v1/users/u%2F1',
    ]);
  });

  it.each(['..', '.', '', ' x', 'x\ny', 'x\u2028y', '\ud800', 'x'.repeat(251)])(
    'like %j are refused unasked',
    async (account) => {
      for (const work of [connector.readAccount(target(), account), apply({ do: 'lock_account', account })])
        expect((await refusal(work)).code).toBe('refused');
      expect(fake.asked).toEqual([]);
    },
  );

  it('are values in a body, whatever is in them', async () => {
    const fullName = '","owner":true,"x":"{/name}${1}';
    expect(await apply({ do: 'create_account', account: 'new', fullName })).toEqual({ changed: true });
    const sent = fake.asked.find(({ method }) => method === 'POST');
    expect(JSON.parse(sent?.body ?? '')).toEqual({ login: 'new', profile: { name: fullName } });
    expect(sent?.headers).toMatchObject({
      authorization: `Bearer ${TOKEN}`,
      'x-api-version': '2026-01-01',
      'content-type': 'application/json',
    });
  });

  it('of an id that steps up a path are refused, though the service gave it', async () => {
    users = [{ id: '..', login: 'climber', status: 'active', profile: {} }];
    expect((await refusal(apply({ do: 'delete_account', account: 'climber' }))).code).toBe('refused');
    expect(changes()).toEqual([]);
  });
});

it('a token that would be more than one header is not sent', async () => {
  const credential = { kind: 'token', username: '', token: 'x\r\nx-evil: yes' } as const;
  expect((await refusal(connector.read({ ...target(), credential }))).code).toBe('refused');
  expect(fake.asked).toEqual([]);
});

describe('a change the service answers with', () => {
  const grant = { do: 'grant', account: odd, entitlement: 'group:g 1/x' } as const;
  it.each<[string, Change, Reply, TargetError['code'], string]>([
    ['a yes that was a no', grant, CREATED, 'failed', 'took it and did not do it'],
    ['a done already that is not so', grant, { status: 409 }, 'failed', 'took it and did not do it'],
    ['nobody there', grant, MISSING, 'failed', 'changed meanwhile'],
    [
      'a refusal it is described to give',
      { do: 'create_account', account: 'n', fullName: '' },
      { status: 409 },
      'refused',
      '409',
    ],
    ['a refusal', grant, { ...json({ message: 'not you' }), status: 403 }, 'refused', 'not you'],
    ['a redirect', grant, { status: 302, headers: { location: '/' } }, 'refused', 'redirect'],
    ['a fault', grant, { status: 500 }, 'failed', '500'],
    ['a pause', grant, { status: 503 }, 'unreachable', '503'],
    ['a flood', grant, { status: 429 }, 'failed', 'too many'],
  ])('%s is no success', async (_what, change, reply, code, says) => {
    instead = () => reply;
    const error = await refusal(apply(change));
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(says)]);
    expect(changes()).toHaveLength(1);
  });

  it('gone already, when it was to be deleted, is done', async () => {
    instead = ({ method }) => (method === 'DELETE' ? ((users = []), MISSING) : undefined);
    expect(await apply({ do: 'delete_account', account: odd })).toEqual({ changed: true });
  });
});

it('what is not described is not done', async () => {
  for (const change of [
    { do: 'unlock_account', account: odd },
    { do: 'set_attributes', account: odd, attributes: { mail: 'x' } },
    { do: 'set_password', account: odd, password: 'p' },
    { do: 'set_keys', account: odd, add: [], remove: [] },
  ] as const) {
    expect((await refusal(connector.preview(target(), change))).code).toBe('unsupported');
    expect((await refusal(apply(change))).code).toBe('unsupported');
  }
  const password = { kind: 'password', username: odd, password: 'p' } as const;
  expect((await refusal(connector.verify(target(), password))).code).toBe('unsupported');
  expect(fake.asked).toEqual([]);
});

describe('passwords', () => {
  const more = `  set_password:
    - { call: 'PUT /users/{/account/id}', body: { password: { $from: /password } }, refused: [422] }
try_password: { call: POST /login, body: { u: { $from: /name }, p: { $from: /password } }, opens: [{ status: 200, when: { at: /ok, is: true } }], refuses: [{ status: 200, when: { at: /ok, is: false } }] }
`;
  const secret = 'Pw "4711" \\ {/name} %s';
  const own = { kind: 'password', username: odd, password: secret } as const;
  let good: string | undefined;
  beforeEach(() => {
    good = undefined;
    instead = ({ path, body }) => {
      const sent = JSON.parse(body) as { p?: string; password?: string };
      if (path === '/v1/login') return json({ ok: sent.p === good });
      good = sent.password;
      return json({});
    };
  });

  it('are set once, tried, and never in an address or a summary', async () => {
    const change = { do: 'set_password', account: odd, password: secret } as const;
    const preview = await connector.preview(target(more), change);
    expect(preview).toEqual({ needed: true, summary: expect.not.stringContaining(secret) as string });
    expect(await apply(change, more)).toEqual({ changed: true });
    expect(await apply(change, more)).toEqual({ changed: false });
    expect(await connector.verify(target(more), own)).toBe(true);
    expect(await connector.verify(target(more), { ...own, password: 'other' })).toBe(false);
    expect(fake.asked.map(({ path }) => decodeURIComponent(path)).join(' ')).not.toContain('4711');
    // The log-in of a person is not helped along by what Reeve may do.
    expect(
      fake.asked
        .filter(({ path }) => path === '/v1/login')
        .every(({ headers }) => headers['authorization'] === undefined),
    ).toBe(true);
  });

  it('that a service repeats do not come into what is thrown', async () => {
    instead = ({ path, body }) =>
      path === '/v1/login'
        ? json({ ok: false })
        : { ...json({ message: `weak: ${(JSON.parse(body) as { password: string }).password}` }), status: 422 };
    const error = await refusal(apply({ do: 'set_password', account: odd, password: secret }, more));
    expect([error.code, error.message]).toEqual(['refused', expect.stringContaining('(weak: …)')]);
  });

  it('of which any opens prove nothing', async () => {
    instead = () => json({ ok: true });
    expect((await refusal(connector.verify(target(more), own))).message).toContain('takes any password');
  });

  it('that are neither taken nor refused throw', async () => {
    instead = () => json({ ok: 'perhaps' });
    expect((await refusal(connector.verify(target(more), own))).code).toBe('failed');
  });
});
