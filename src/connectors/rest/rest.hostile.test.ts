import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TargetError, type Reading } from '../port.ts';
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
beforeEach(() => void fake.asked.splice(0));
afterAll(() => fake?.stop());

const refusal = async (work: Promise<unknown>): Promise<TargetError> => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(TargetError);
  return error as TargetError;
};
const user = (id: number, more: object = {}) => ({ id, login: `user${id}`, status: 'active', ...more });
/** Answers groups with none, and users with what is given. */
const users =
  (answer: (asked: Asked, url: URL) => Reply) =>
  (asked: Asked): Reply => {
    const url = new URL(asked.path, 'https://fake');
    return url.pathname === '/v1/groups' ? json({ groups: [] }) : answer(asked, url);
  };
const read = (paging = '', settings = {}): Promise<Reading> => connector.read(fake.target(described(paging), settings));
const PLAIN: Reply = { headers: { 'content-type': 'application/json' } };

describe('an answer that is no whole list', () => {
  it.each<[string, Reply, TargetError['code'], string]>([
    [
      'a redirect to a log-in page',
      { status: 302, headers: { location: 'https://sso.example/' } },
      'refused',
      'not followed',
    ],
    ['a redirect to the right place', { status: 307, headers: { location: '/v1/users/' } }, 'refused', 'not followed'],
    ['a log-in page', { headers: { 'content-type': 'text/html' }, body: '<form>' }, 'failed', 'no JSON (text/html)'],
    [
      'JSON that says it is text',
      { headers: { 'content-type': 'text/plain' }, body: '{"users":[]}' },
      'failed',
      'no JSON',
    ],
    ['nothing', PLAIN, 'failed', 'no JSON'],
    ['half of it', { ...PLAIN, body: '{"users":[{"id":1,"login":"us' }, 'failed', 'no JSON'],
    ['a connection cut in the middle', { ...json({ users: [user(1)] }), cutAfter: 20 }, 'unreachable', 'broke off'],
    ['no list', json({ users: null }), 'failed', 'no list at `/users`'],
    ['a list elsewhere', json([user(1)]), 'failed', 'no list at `/users`'],
    ['somebody without a name', json({ users: [user(1), { id: 2, status: 'active' }] }), 'failed', 'no id at `/login`'],
    ['somebody without a state', json({ users: [{ id: 1, login: 'a' }] }), 'failed', 'nothing at `/status`'],
    ['a state nobody described', json({ users: [user(1, { status: 'odd' })] }), 'failed', 'neither active nor locked'],
    ['a list of nothing', json({ users: [null] }), 'failed', 'no id'],
    ['an id that lost its digits', json({ users: [user(2 ** 60)] }), 'failed', 'keeps its digits'],
    ['one user twice', json({ users: [user(1), user(1)] }), 'failed', 'twice'],
    ['two users with one id', json({ users: [user(1), user(1, { login: 'other' })] }), 'failed', 'twice'],
    ['a time that is none', json({ users: [user(1, { seen: 'lately' })] }), 'failed', 'no instant'],
    ['a fault', { ...json({ message: 'oh' }), status: 500 }, 'failed', '500 (oh)'],
    ['a service that is away', { ...json({}), status: 503 }, 'unreachable', 'not there now'],
    ['a refused token', { ...json({ message: `no ${TOKEN}` }), status: 401 }, 'refused', 'credential (401) (no …)'],
  ])('%s throws', async (_what, answer, code, says) => {
    fake.answer = users(() => answer);
    const error = await refusal(read());
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(says)]);
    expect(error.message).not.toContain(TOKEN);
  });

  it('more than it may be ends', async () => {
    fake.answer = users(() => json({ users: [user(1, { profile: { name: 'x'.repeat(2_000_000) } })] }));
    const error = await refusal(read('', { maxMegabytes: 1 }));
    expect([error.code, error.message]).toEqual(['failed', expect.stringContaining('more than 1048576 bytes')]);
  });

  it('words of the service have no line breaks and no secret in them', async () => {
    fake.answer = users(() => ({ ...json({ error: { message: `bad ${TOKEN}\r\nX: y\u2028z` } }), status: 400 }));
    const { message } = await refusal(read());
    expect(message).toContain('bad … X: y z');
    expect(message).not.toMatch(/[\p{Cc}\u2028]/u);
  });
});

describe('pages', () => {
  const size = 'size_query: limit, size: 2';
  const slice = (url: URL, name: string, all: readonly object[], first = 0): readonly object[] => {
    const at = Number(url.searchParams.get(name)) - first;
    return all.slice(at, at + Number(url.searchParams.get('limit')));
  };
  const five = [1, 2, 3, 4, 5].map((id) => user(id));
  const names = async (paging: string): Promise<readonly string[]> =>
    (await read(paging)).accounts.map(({ nativeId }) => nativeId);
  const all = five.map(({ login }) => login);

  it.each([0, 1])('by offset from %d are read whole, each beginning with the end of the one before', async (first) => {
    fake.answer = users((_asked, url) => json({ users: slice(url, 'skip', five, first) }));
    expect(await names(`paging: { offset: { query: skip, first: ${first}, ${size} } }`)).toEqual(all);
  });

  it('that move while they are read throw', async () => {
    let people = five;
    fake.answer = users((_asked, url) => {
      const page = slice(url, 'skip', people);
      people = five.slice(1);
      return json({ users: page });
    });
    const error = await refusal(read(`paging: { offset: { query: skip, ${size} } }`));
    expect([error.retry, error.message]).toEqual([true, expect.stringContaining('changed while it was read')]);
  });

  it('by number are read until one is empty, even where the service shows fewer than it is asked for', async () => {
    fake.answer = users((_asked, url) => {
      const page = Number(url.searchParams.get('page')) - 1;
      return json({ users: five.slice(page * 2, page * 2 + 2) });
    });
    expect(await names('paging: { page: { query: page, size_query: limit, size: 100 } }')).toEqual(all);
  });

  it('that do not come to the number the service says throw', async () => {
    fake.answer = users((_asked, url) => json({ users: slice(url, 'skip', five), count: 6 }));
    const error = await refusal(read(`total: /count\n    paging: { offset: { query: skip, ${size} } }`));
    expect(error.message).toContain('says there are 6 and shows 5');
  });

  it('by cursor are read whole', async () => {
    fake.answer = users((_asked, url) => {
      const at = Number(url.searchParams.get('after') ?? '0');
      return json({ users: five.slice(at, at + 2), next: at + 2 < 5 ? String(at + 2) : '' });
    });
    expect(await names(`paging: { cursor: { query: after, next: /next, ${size} } }`)).toEqual(all);
  });

  it('in a Link header are followed', async () => {
    fake.answer = users((_asked, url) => {
      const at = Number(url.searchParams.get('at') ?? '0');
      const next = `</v1/users?at=0>; rel="first", <https://127.0.0.1:${fake.port}/v1/users?at=${at + 2}>; title="a, b; rel=prev"; rel="next last"`;
      return json({ users: five.slice(at, at + 2) }, at + 2 < 5 ? { link: next } : {});
    });
    expect(await names('paging: { link: { } }')).toEqual(all);
  });

  it.each([
    ['another host', 'https://evil.example/v1/users', 'another service'],
    ['another port', 'https://127.0.0.1:1/v1/users', 'another service'],
    ['clear text', 'http://127.0.0.1/v1/users', 'another service'],
    ['another host without its scheme', '//evil.example/v1/users', 'another service'],
    ['a name and password', 'https://a:b@127.0.0.1/v1/users', 'another service'],
    ['a place outside the API', '/admin/delete-all', 'outside `base_path`'],
    ['a way out of the API', '/v1/../admin', 'outside `base_path`'],
    ['no address', 'https://[', 'another service'],
  ])('whose next one is at %s throw, and nothing is asked there', async (_what, next, says) => {
    fake.answer = users(() => json({ users: [user(1)], next }));
    const error = await refusal(read('paging: { next_url: { at: /next } }'));
    expect([error.code, error.message]).toEqual(['failed', expect.stringContaining(says)]);
    expect(fake.asked).toHaveLength(1);
  });

  it.each([
    ['the same cursor', 'cursor: { query: after, next: /next }', () => 'again'],
    ['the same address', 'next_url: { at: /next }', () => '/v1/users?again'],
    ['always another cursor', 'cursor: { query: after, next: /next }', (n: number) => `c${n}`],
  ])('without end (%s) end', async (_what, paging, next) => {
    let asked = 0;
    fake.answer = users(() => json({ users: [user((asked += 1))], next: next(asked) }));
    expect((await refusal(read(`paging: { ${paging} }`, { maxPages: 20 }))).code).toBe('failed');
    expect(asked).toBeLessThan(25);
  });

  it.each([`offset: { query: skip, ${size} }`, `page: { query: page, ${size} }`])(
    'by %s of a service that heeds no paging throw',
    async (paging) => {
      fake.answer = users(() => json({ users: five }));
      expect((await refusal(read(`paging: { ${paging} }`))).code).toBe('failed');
      expect(fake.asked.length).toBeLessThan(5);
    },
  );
});

describe('a service that asks to come again later', () => {
  it('is waited for as long as the settings say', async () => {
    let asked = 0;
    fake.answer = users(() => {
      asked += 1;
      return asked === 1 ? { status: 429, headers: { 'retry-after': '1' } } : json({ users: [user(1)] });
    });
    expect((await read()).accounts).toHaveLength(1);
    expect(asked).toBe(2);
  });

  it.each([['3600'], ['Wed, 21 Oct 2099 07:28:00 GMT'], [undefined]])('and not longer (%s)', async (wait) => {
    fake.answer = users(() => ({ status: 429, headers: wait === undefined ? {} : { 'retry-after': wait } }));
    const error = await refusal(read());
    expect([error.code, error.retry]).toEqual(['failed', true]);
    expect(fake.asked).toHaveLength(1);
  });

  it('without end is given up', async () => {
    fake.answer = users(() => ({ status: 429, headers: { 'retry-after': '0' } }));
    expect((await refusal(read())).code).toBe('failed');
    expect(fake.asked).toHaveLength(6);
  });
});
